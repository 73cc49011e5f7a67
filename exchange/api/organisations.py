"""Organisations of the network, their states and what is known of them."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live, ShortPath
from exchange.api.errors import documented
from exchange.members import admit, offboard
from schemas.errors import Conflict, Denied, NotFound
from schemas.member import NewOrganisation, NewState, OrganisationFacts, ShownOrganisation
from schemas.offboarding import HandOver, Holdings, Rest, Settled, TakenOver
from schemas.organisation import Organisation, OrganisationChange, OrganisationState

router = APIRouter(prefix="/api/v1/organisations", tags=["network"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_change = documented(Denied, NotFound, Conflict)
_NEW = {
    "id": "east",
    "name": "East Cell Institute",
    "standing": "member",
    "country": "PL",
    "reason": "Signed the declaration of adherence",
}


@router.get("", summary="Who takes part")
def every(caller: Caller, services: Live, state: OrganisationState | None = None) -> list[ShownOrganisation]:
    """By name, with state, country, ROR id and contact; those that have only applied are shown to the office."""
    return admit.every(services, caller, state)


@router.post("", status_code=201, summary="Enter an organisation", responses=documented(Denied, Conflict))
def enter(caller: Caller, services: Live, wanted: Annotated[NewOrganisation, Body(examples=[_NEW])]) -> Organisation:
    """By the office, for one that has applied on paper; it is admitted by a step of its own."""
    return admit.enter(services, caller, wanted)


@router.get("/{organisation}", summary="One organisation", responses=_one)
def one(caller: Caller, services: Live, organisation: ShortPath) -> ShownOrganisation:
    """Its entry in the directory."""
    return admit.one(services, caller, organisation)


@router.patch("/{organisation}", summary="Correct what is known of it", responses=_change)
def correct(
    caller: Caller,
    services: Live,
    organisation: ShortPath,
    facts: Annotated[OrganisationFacts, Body(examples=[{"contact": "data@north.example"}])],
) -> Organisation:
    """The fields sent replace those there are: the contact by its own steward or admin, the others by the office."""
    return admit.correct(services, caller, organisation, facts)


@router.get("/{organisation}/history", summary="States it was in", responses=_one)
def history(caller: Caller, services: Live, organisation: ShortPath) -> list[OrganisationChange]:
    """Oldest first; reasons and persons are for its own steward and admin, and for the office."""
    return admit.history(services, caller, organisation)


@router.post("/{organisation}/state", summary="Admit, suspend, let go", responses=_change)
def bring_into(
    caller: Caller,
    services: Live,
    organisation: ShortPath,
    wanted: Annotated[NewState, Body(examples=[{"state": "suspended", "reason": "No agreement in force"}])],
) -> Organisation:
    """By the office, with a reason; it takes effect at once."""
    return admit.bring_into(services, caller, organisation, wanted.state, wanted.reason, wanted.withdraw_rest)


@router.get("/{organisation}/holdings", summary="What would have to be settled", responses=_one)
def holdings(caller: Caller, services: Live, organisation: ShortPath) -> Holdings:
    """Before it leaves: for its stewards, with the datasets that are released still, and for the office, in numbers."""
    return offboard.holdings(services, caller, organisation)


@router.post("/{organisation}/withdrawal", summary="Withdraw everything released", responses=_one)
def withdraw_rest(
    caller: Caller,
    services: Live,
    organisation: ShortPath,
    given: Annotated[Rest, Body(examples=[{"reason": "We leave the network at the end of the year"}])],
) -> Settled:
    """By the organisation's own steward; entries stay, files are kept."""
    return Settled(datasets=offboard.withdraw_rest(services, caller, organisation, given.reason))


@router.post("/{organisation}/handover", summary="Offer many datasets", responses=_change)
def offer(
    caller: Caller,
    services: Live,
    organisation: ShortPath,
    wanted: Annotated[HandOver, Body(examples=[{"taker": "west", "reason": "The line moves to West"}])],
) -> Settled:
    """By the organisation's own steward: each dataset becomes an offer that the other one accepts or declines."""
    return Settled(datasets=offboard.offer(services, caller, organisation, wanted))


@router.post("/takeover", summary="Accept all offers of an organisation", responses=_change)
def take_over(
    caller: Caller, services: Live, given: Annotated[TakenOver, Body(examples=[{"giver": "north"}])]
) -> Settled:
    """By a steward of the organisation to which the datasets were offered."""
    return Settled(datasets=offboard.take_over(services, caller, given.giver))
