"""Words of records that are no terms yet, and the answers of vocabulary editors."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.blocks import OpaqueId
from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.vocabulary import propose, settle
from schemas.errors import Conflict, Denied, NotFound
from schemas.term import SaidWord
from schemas.term_proposal import TermAccepted, TermDeclined, TermMapped, TermProposal, TermProposalState

of_datasets = APIRouter(prefix="/api/v1/datasets", tags=["vocabularies"], responses=documented(Denied, NotFound))
router = APIRouter(
    prefix="/api/v1/term-proposals", tags=["vocabularies"], responses=documented(Denied, NotFound, Conflict)
)
_ACCEPTED = {
    "id": "fast-charging",
    "label": "Fast charging",
    "definition": "How fast a cell takes charge without damage",
    "why": "no term found in EMMO",
    "reason": "Three lines do it",
    "public": False,
}


@of_datasets.get("/{dataset}/terms", summary="Words that are meant as terms")
def of_dataset(caller: Caller, services: Live, dataset: DatasetId) -> list[SaidWord]:
    """Of the newest record: which are terms, which are deprecated, which still have to be settled; for its writers."""
    return settle.words_of(services, caller, dataset)


@router.get("", summary="Words that are no terms yet", responses=documented(Denied))
def every(caller: Caller, services: Live, state: TermProposalState | None = None) -> list[TermProposal]:
    """Those of your organisation's records, oldest first; a vocabulary editor gets all."""
    return propose.every(services, caller, state)


@router.post("/{id}/accept", summary="Make it a term")
def accept(
    caller: Caller, services: Live, id: OpaqueId, wanted: Annotated[TermAccepted, Body(examples=[_ACCEPTED])]
) -> TermProposal:
    """By a vocabulary editor; the same word of other organisations is answered with it."""
    return propose.accept(services, caller, id, wanted)


@router.post("/{id}/map", summary="Say which term it is")
def map_to(
    caller: Caller,
    services: Live,
    id: OpaqueId,
    wanted: Annotated[
        TermMapped, Body(examples=[{"term": "cycling", "public": True, "reason": "Another word for the same"}])
    ],
) -> TermProposal:
    """By a vocabulary editor; the word becomes a synonym for everybody only where that is said."""
    return propose.map_to(services, caller, id, wanted)


@router.post("/{id}/decline", summary="Decline it")
def decline(
    caller: Caller,
    services: Live,
    id: OpaqueId,
    wanted: Annotated[TermDeclined, Body(examples=[{"reason": "A product's name, not a material"}])],
) -> TermProposal:
    """By a vocabulary editor; records with the word stay valid."""
    return propose.decline(services, caller, id, wanted)
