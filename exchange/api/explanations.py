"""Why can I reach a dataset, who can, and how does it look to another organisation."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from exchange import explain
from exchange.api.doors import Anyone, Caller, DatasetId, Live
from exchange.api.errors import documented
from schemas.access import Level, View
from schemas.errors import Denied, NotFound
from schemas.explanation import Access, Preview, WhoCan
from schemas.policy import LevelName
from schemas.request import NamedView

router = APIRouter(prefix="/api/v1/datasets/{dataset}/access", tags=["access"], responses=documented(Denied, NotFound))


@router.get("", summary="Why can I, or can I not?")
def access(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    level: Annotated[LevelName, Query(description="The level that is wanted")] = "tables",
    view: Annotated[NamedView, Query(description="… in this view")] = View.FULL,
) -> Access:
    """What opens the dataset to the caller and until when, what closes it, and what a level would take."""
    return explain.access(services, caller, dataset, Level[level.upper()], view)


@router.get("/who", summary="Who can?")
def who_can(caller: Caller, services: Live, dataset: DatasetId) -> WhoCan:
    """For the owner's stewards: every rule, and what they come to for everybody in the network and the world."""
    return explain.who_can(services, caller, dataset)


@router.get("/as/{organisation}", summary="Look with another's eyes")
def preview(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    organisation: Annotated[str, Path(max_length=32, pattern="^[a-z0-9][a-z0-9-]{0,31}$")],
) -> Preview:
    """For the owner's stewards: the dataset exactly as viewers of another organisation get it; on record."""
    return explain.preview(services, caller, dataset, organisation)
