"""Named collections of datasets."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import collect
from schemas.collection import Collection, Collections, NewCollection
from schemas.errors import Conflict, Denied, NotFound

router = APIRouter(prefix="/api/v1", tags=["collections"], responses=documented(Denied))
_of_dataset = documented(Denied, NotFound, Conflict)
Id = Annotated[str, Path(max_length=32, pattern="^[a-z0-9][a-z0-9-]{0,31}$", examples=["rr-2026"])]


@router.get("/collections", summary="Collections")
def every(caller: Caller, services: Live) -> Collections:
    """Their names, and what your own organisation has given to each."""
    return collect.every(services, caller)


@router.post("/collections", status_code=201, summary="Found a collection", responses=documented(Denied, Conflict))
def found(
    caller: Caller,
    services: Live,
    wanted: Annotated[NewCollection, Body(examples=[{"id": "rr-2026", "name": "Round robin 2026"}])],
) -> Collection:
    """By the network's office."""
    return collect.found(services, caller, wanted)


@router.get("/datasets/{dataset}/collections", summary="In which collections", responses=_of_dataset)
def holding(caller: Caller, services: Live, dataset: DatasetId) -> list[str]:
    """Those that a dataset of your organisation is in."""
    return collect.holding(services, caller, dataset)


@router.put(
    "/datasets/{dataset}/collections/{collection}",
    status_code=204,
    summary="Put into a collection",
    responses=_of_dataset,
)
def put(caller: Caller, services: Live, dataset: DatasetId, collection: Id) -> None:
    """Once it is released it counts for what depends on reciprocity."""
    collect.put(services, caller, dataset, collection)


@router.delete(
    "/datasets/{dataset}/collections/{collection}",
    status_code=204,
    summary="Take out of a collection",
    responses=_of_dataset,
)
def take_out(caller: Caller, services: Live, dataset: DatasetId, collection: Id) -> None:
    """What rested on it ends at once."""
    collect.take_out(services, caller, dataset, collection)
