"""Proposals to release, by contributors, and their answers, by stewards."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.blocks import OpaqueId
from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import proposing
from schemas.dataset import Dataset, Release
from schemas.errors import Conflict, Denied, NotFound
from schemas.proposal import Declined, NewProposal, Proposal, ProposalState

router = APIRouter(prefix="/api/v1", tags=["proposals"], responses=documented(Denied, NotFound, Conflict))
_NOTE = {"note": "Checked against the protocol"}


@router.post("/datasets/{dataset}/proposals", status_code=201, summary="Propose release")
def propose(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[NewProposal, Body(examples=[_NOTE])]
) -> Proposal:
    """For the stewards of your organisation."""
    return proposing.propose(services, caller, dataset, wanted)


@router.get("/proposals", summary="What is proposed")
def proposed(caller: Caller, services: Live, state: ProposalState | None = None) -> list[Proposal]:
    """Within your organisation, oldest first."""
    return proposing.proposed(services, caller, state)


@router.post("/proposals/{id}/approve", summary="Approve, and release")
def approve(
    caller: Caller, services: Live, id: OpaqueId, wanted: Annotated[Release, Body(examples=[{"visibility": "network"}])]
) -> Dataset:
    """As a release that the steward makes."""
    return proposing.approve(services, caller, id, wanted)


@router.post("/proposals/{id}/decline", summary="Decline")
def decline(
    caller: Caller,
    services: Live,
    id: OpaqueId,
    wanted: Annotated[Declined, Body(examples=[{"reason": "The record is not complete"}])],
) -> Proposal:
    """With a reason for whoever proposed."""
    return proposing.decline(services, caller, id, wanted.reason)
