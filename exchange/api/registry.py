"""Registered objects: cells, lots, protocols, equipment and materials with ids of their own."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from exchange.api.datasets import NO_NUL
from exchange.api.doors import Anyone, Caller, Live
from exchange.api.errors import documented
from exchange.registry import breed, look, publish, register, sheet
from schemas.errors import Conflict, Denied, NotFound
from schemas.identifiers import OBJECT_PATTERN
from schemas.passport import Passport
from schemas.registered import (
    FromGenealogy,
    NewObject,
    NewVersion,
    ObjectChange,
    ObjectList,
    ObjectPage,
    ObjectRevision,
    ObjectShown,
    ObjectState,
    ProtocolVersion,
    RegisteredFromRun,
    RegisteredKind,
    ShownObject,
)

router = APIRouter(prefix="/api/v1/registry", tags=["registered objects"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_change = documented(Denied, NotFound, Conflict)
ObjectPath = Annotated[
    str, Path(pattern=OBJECT_PATTERN, max_length=13, description="Id of an object", examples=["CEL-7Q4K-M2XP"])
]
Number = Annotated[int, Path(ge=1, le=1_000_000)]
_CELL = {
    "kind": "cell",
    "name": "L05-C0231",
    "record": {"cell": {"id": "L05-C0231", "chemistry": "NMC811", "nominal_capacity_ah": 5.0}},
}
_CHANGE = {"record": {"cell": {"grade": "A", "specification": {"mass_g": 98.4}}}}
_VERSION = {
    "protocol": {
        "name": "RR-2026-1",
        "steps": [
            {"number": 1, "kind": "charge", "rate_c": 0.333, "until_voltage_v": 4.2},
            {"number": 2, "kind": "rest", "for_s": 1800},
        ],
        "targets": [
            {"step": "coating", "parameter": "dry_loading", "target": 12.5, "unit": "mg/cm²", "minus": 0.2, "plus": 0.2}
        ],
    },
    "note": "Rest of 30 min instead of 10 min",
}


@router.get("", summary="Find registered objects")
def find(
    caller: Caller,
    services: Live,
    text: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="Sought in names")] = "",
    kind: RegisteredKind | None = None,
    owner: Annotated[str | None, Query(max_length=32, pattern=NO_NUL, description="Id of an organisation")] = None,
    state: ObjectState | None = None,
    after: Annotated[str, Query(max_length=13, pattern="^[A-Z0-9-]*$", description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ObjectList:
    """Your own, those that are shown to you, and those to which data point that you may read; by their ids."""
    return look.find(services, caller, look.Wanted(text, kind, owner, state), after, limit)


@router.post("", status_code=201, summary="Register an object", responses=_change)
def add(caller: Caller, services: Live, wanted: Annotated[NewObject, Body(examples=[_CELL])]) -> ShownObject:
    """It gets an id of its own and is seen by the caller's organisation alone until data or a steward show it."""
    return register.register(services, caller, wanted)


@router.post("/from-genealogy", summary="Register the cells of a production run", responses=_change)
def from_genealogy(
    caller: Caller, services: Live, wanted: Annotated[FromGenealogy, Body(examples=[{"dataset": "PLX-7Q4K-M2XD"}])]
) -> RegisteredFromRun:
    """Each cell that the run made gets an id, as far as it has none; sent again it changes nothing."""
    return breed.from_run(services, caller, wanted.dataset)


@router.get("/{object}", summary="One registered object", responses=_one)
def one(caller: Anyone, services: Live, object: ObjectPath) -> ObjectPage:
    """With published versions, the datasets that point to it, tests, and what it was made from, as far as shown."""
    return look.one(services, caller, object)


@router.patch("/{object}", summary="Describe an object", responses=_change)
def describe(
    caller: Caller, services: Live, object: ObjectPath, change: Annotated[ObjectChange, Body(examples=[_CHANGE])]
) -> ShownObject:
    """The fields sent replace those of the newest record, null empties one; the result is a new revision."""
    return register.describe(services, caller, object, change.model_dump(mode="json", exclude_unset=True))


@router.put("/{object}/visibility", summary="Show an object", responses=_one)
def show(
    caller: Caller,
    services: Live,
    object: ObjectPath,
    wanted: Annotated[ObjectShown, Body(examples=[{"visibility": "network"}])],
) -> ShownObject:
    """To the network or the world, besides those who read data that point to it; by a steward."""
    return register.show(services, caller, object, wanted.visibility)


@router.post("/{object}/retire", summary="Retire an object", responses=_change)
def retire(caller: Caller, services: Live, object: ObjectPath) -> ShownObject:
    """Nothing of it is changed any more; its page stays."""
    return register.retire(services, caller, object)


@router.get("/{object}/revisions", summary="Earlier records of an object", responses=_one)
def revisions(caller: Caller, services: Live, object: ObjectPath) -> list[ObjectRevision]:
    """Oldest first, for its owner's people."""
    return look.revisions(services, caller, object)


@router.post("/{object}/versions", status_code=201, summary="Publish a version of a protocol", responses=_change)
def publish_version(
    caller: Caller, services: Live, object: ObjectPath, wanted: Annotated[NewVersion, Body(examples=[_VERSION])]
) -> ProtocolVersion:
    """It never changes; `sha256` is what `test.protocol.sha256` of a record names."""
    return publish.publish(services, caller, object, wanted)


@router.get("/{object}/versions/{number}", summary="One version of a protocol", responses=_one)
def version(caller: Anyone, services: Live, object: ObjectPath, number: Number) -> ProtocolVersion:
    """As it was published, with the fields that the caller may see."""
    return look.version(services, caller, object, number)


@router.get("/{object}/passport", summary="Draft of a battery passport's data sheet", responses=_change)
def passport(caller: Anyone, services: Live, object: ObjectPath) -> Passport:
    """Of a cell or a lot of cells, from what the caller may see; with what is not known, and where values come from."""
    return sheet.of_object(services, caller, object)


@router.get("/{object}/passport/json", summary="The same as a file", responses=_change)
def passport_file(caller: Anyone, services: Live, object: ObjectPath) -> Response:
    """JSON for keeping."""
    made = sheet.of_object(services, caller, object).model_dump_json(indent=2, exclude_none=True)
    headers = {"Content-Disposition": f'attachment; filename="{object}-passport-draft.json"'}
    return Response(made, media_type="application/json", headers=headers | {"Cache-Control": "private, no-store"})
