"""Datasets: drafts, search, detail, metadata, release, grants."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel

from exchange import describe, find
from exchange.api.doors import Anyone, Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import release as releasing
from exchange.sharing import share
from schemas.dataset import Dataset, DatasetState, Release, Visibility, Withdrawal
from schemas.delivery import DatasetDetail, DatasetPage
from schemas.errors import Conflict, Denied, NotFound
from schemas.metadata import DatasetKind, Metadata
from schemas.policy import Grant, GrantInEffect, NewGrant
from schemas.record.field import Text

router = APIRouter(prefix="/api/v1/datasets", tags=["datasets"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_change = documented(Denied, NotFound, Conflict)
NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps every character but this."""
_EXAMPLE = {
    "title": "Formation and rate test, cell N-01",
    "kind": "round-robin-test",
    "line": "North 1",
    "cell": {"id": "N-01", "configuration": "full", "nominal_capacity_ah": 5.0},
    "test": {
        "lower_voltage_v": 2.7,
        "upper_voltage_v": 4.2,
        "protocol": {"name": "RR-2026-1", "version": "2"},
        "instrument": {"maker": "Arbin", "model": "LBT21084"},
    },
    "time_zone": "Europe/Berlin",
    "creators": [{"name": "Ada Example", "orcid": "0000-0002-1825-0097"}],
    "licence": "CC-BY-4.0",
}

_RELEASE = {"version": 1, "visibility": "network"}
_SHOWN = {"visibility": "organisation"}
_GRANT = {"grantee": "west", "level": "tables", "expires_at": "2027-12-31T23:59:59Z"}


_TITLE = {"title": "Cell test"}
GrantId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]


class Shown(BaseModel, frozen=True, extra="forbid"):
    """To whom a released dataset is listed."""

    visibility: Visibility


class PublicTitle(BaseModel, frozen=True, extra="forbid"):
    """A neutral title, or none."""

    title: Text | None


@router.get("", summary="Search")
def search(
    caller: Anyone,
    services: Live,
    text: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="Sought in titles")] = "",
    kind: DatasetKind | None = None,
    owner: Annotated[str | None, Query(max_length=32, pattern=NO_NUL, description="Id of an organisation")] = None,
    state: DatasetState | None = None,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DatasetPage:
    """Every dataset that the caller may know of, newest first."""
    return find.search(services, caller, find.Query(text, kind, owner, state), cursor, limit)


@router.post("", status_code=201, summary="Create a draft")
def create(caller: Caller, services: Live, metadata: Annotated[Metadata, Body(examples=[_EXAMPLE])]) -> Dataset:
    """A draft, seen by the caller's organisation alone; every field can be filled in later."""
    return describe.create(services, caller, metadata)


@router.get("/{dataset}", summary="One dataset", responses=_one)
def detail(caller: Anyone, services: Live, dataset: DatasetId) -> DatasetDetail:
    """As far as the caller's level opens it."""
    return find.detail(services, caller, dataset)


@router.patch("/{dataset}/metadata", summary="Fill in or correct metadata", responses=_change)
def change(
    caller: Caller, services: Live, dataset: DatasetId, metadata: Annotated[Metadata, Body(examples=[_EXAMPLE])]
) -> Dataset:
    """The fields sent replace those of the newest record, null empties one; the result is a new revision."""
    return describe.describe(services, caller, dataset, metadata.model_dump(mode="json", exclude_unset=True))


@router.post("/{dataset}/release", summary="Release", responses=_change)
def release(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[Release, Body(examples=[_RELEASE])]
) -> Dataset:
    """Show a version to others; needs complete metadata and a build that was read with them and is ready."""
    return releasing.release(services, caller, dataset, wanted)


@router.put("/{dataset}/visibility", summary="List to others", responses=_change)
def show(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[Shown, Body(examples=[_SHOWN])]
) -> Dataset:
    """Change to whom a released dataset is listed, and nothing else."""
    return releasing.show(services, caller, dataset, wanted.visibility)


@router.post("/{dataset}/withdraw", summary="Withdraw", responses=_change)
def withdraw(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    wanted: Annotated[
        Withdrawal | None, Body(examples=[{"note": "The current had the wrong sign; see version 2"}])
    ] = None,
) -> Dataset:
    """Close a released dataset to others; its entry remains. Whoever has read its data is told."""
    return releasing.withdraw(services, caller, dataset, wanted.note if wanted else "")


@router.get("/{dataset}/grants", summary="Who has been given what", responses=_one)
def granted(caller: Caller, services: Live, dataset: DatasetId) -> list[GrantInEffect]:
    """All grants, ended and revoked ones included, each with the effect that it has now."""
    return share.granted(services, caller, dataset)


@router.post("/{dataset}/grants", status_code=201, summary="Grant", responses=_change)
def grant(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[NewGrant, Body(examples=[_GRANT])]
) -> Grant:
    """Give an organisation or a group a level, until a date where one is set."""
    return share.grant(services, caller, dataset, wanted)


@router.put("/{dataset}/grants/{grant}", summary="Edit a grant", responses=_change)
def edit(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    grant: GrantId,
    wanted: Annotated[NewGrant, Body(examples=[_GRANT])],
) -> Grant:
    """Another one in its place, with an id of its own: the old one ends in the same moment and stays on record."""
    return share.edit(services, caller, dataset, grant, wanted)


@router.put("/{dataset}/public-title", summary="Neutral title", responses=_change)
def entitle(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[PublicTitle, Body(examples=[_TITLE])]
) -> Dataset:
    """Shown instead of the record's title to whoever sees the entry alone; null takes it away."""
    return releasing.entitle(services, caller, dataset, wanted.title)


@router.delete("/{dataset}/grants/{grant}", status_code=204, summary="Revoke a grant", responses=_one)
def revoke(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    grant: GrantId,
) -> None:
    """It ends at once."""
    share.revoke(services, caller, dataset, grant)
