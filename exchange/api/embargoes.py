"""Embargoes of datasets, and the confirmation of what opens when they end."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import embargo
from schemas.block import SomebodysId
from schemas.change import Embargo
from schemas.dataset import Dataset
from schemas.errors import Conflict, Denied, NotFound
from schemas.policy import Grant

router = APIRouter(
    prefix="/api/v1/datasets/{dataset}/embargo", tags=["datasets"], responses=documented(Denied, NotFound, Conflict)
)


class Confirmation(BaseModel, frozen=True, extra="forbid"):
    """Which grants open at the embargo's end; none named: all that wait."""

    grants: tuple[SomebodysId, ...] = Field(default=(), max_length=200)


@router.put("", summary="Set, move or lift an embargo")
def impose(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    wanted: Annotated[Embargo, Body(examples=[{"until": "2027-06-30T00:00:00Z"}])],
) -> Dataset:
    """Before its end nobody else gets more than the record, but by grants that are valid during it. null lifts it."""
    return embargo.embargo(services, caller, dataset, wanted)


@router.get("/unconfirmed", summary="What waits to be confirmed")
def unconfirmed(caller: Caller, services: Live, dataset: DatasetId) -> list[Grant]:
    """Grants that open no more than the record after the embargo's end either, until you confirm them."""
    return embargo.unconfirmed(services, caller, dataset)


@router.post("/confirmations", summary="Confirm what opens at the end")
def confirm(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[Confirmation, Body(examples=[{"grants": []}])]
) -> list[Grant]:
    """From the reminder on, some days before the end; what still waits is returned."""
    return embargo.confirm(services, caller, dataset, wanted.grants)
