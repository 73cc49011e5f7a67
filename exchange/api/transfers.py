"""Offers to hand a dataset over to another organisation."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.blocks import OpaqueId
from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import transfer
from schemas.errors import Conflict, Denied, NotFound
from schemas.transfer import NewTransfer, Transfer

router = APIRouter(prefix="/api/v1", tags=["transfers"], responses=documented(Denied, NotFound, Conflict))
_OFFER = {"taker": "west", "keep_grants": False, "reason": "The line moves to West"}


@router.post("/datasets/{dataset}/transfer", status_code=201, summary="Offer a dataset")
def offer(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[NewTransfer, Body(examples=[_OFFER])]
) -> Transfer:
    """Nothing changes until a steward of the other organisation accepts."""
    return transfer.offer(services, caller, dataset, wanted)


@router.get("/transfers", summary="Offers by and to us")
def offers(caller: Caller, services: Live) -> list[Transfer]:
    """Answered ones included, oldest first."""
    return transfer.offers(services, caller)


@router.post("/transfers/{id}/accept", summary="Accept an offer")
def accept(caller: Caller, services: Live, id: OpaqueId) -> Transfer:
    """The dataset and its files are your organisation's from now on; the old owner keeps what you grant it."""
    return transfer.accept(services, caller, id)


@router.post("/transfers/{id}/decline", summary="Decline an offer")
def decline(caller: Caller, services: Live, id: OpaqueId) -> Transfer:
    """The dataset stays where it is."""
    return transfer.decline(services, caller, id)


@router.delete("/transfers/{id}", status_code=204, summary="Withdraw an offer")
def withdraw(caller: Caller, services: Live, id: OpaqueId) -> None:
    """One that your organisation made and nobody has answered."""
    transfer.withdraw(services, caller, id)
