"""Offboard: what an organisation holds, and how its stewards settle it before it leaves."""

from collections.abc import Sequence

from exchange import guard
from exchange.members import admit
from exchange.services import Services
from exchange.sharing import handing, transfer
from schemas.access import NetworkRight, Principal, Right
from schemas.dataset import DatasetState
from schemas.errors import Conflict, NotFound
from schemas.offboarding import HandOver, Holdings
from schemas.transfer import NewTransfer, Transfer, TransferState
from storage import departures, organisations, transfers


def holdings(services: Services, who: Principal, organisation: str) -> Holdings:
    """How much it holds of everything: for its stewards, with the datasets to settle, and for the office, without."""
    by_office = guard.require_within(services, who, organisation, Right.TRANSFER, NetworkRight.ADMIT, "holdings")
    with services.sessions.read() as session:
        if organisations.find(session, organisation) is None:
            raise NotFound(f"There is no organisation {organisation}.")
        found = departures.holdings(session, organisation, services.now())
        if by_office:
            return found
        released = departures.datasets(session, organisation, DatasetState.RELEASED)
    return found.model_copy(update={"undecided": tuple(released)})


def offer(services: Services, who: Principal, organisation: str, wanted: HandOver) -> int:
    """Offer datasets of the caller's organisation to another one, each as an offer of its own; returns how many.

    One after the other, and those offered already are left out: after a refusal in between it can be sent again.
    """
    guard.require_within(services, who, organisation, Right.TRANSFER, detail=f"offer to {wanted.taker}")
    with services.sessions.read() as session:
        unsettled = departures.unsettled(session, organisation)
    chosen = [one for one in unsettled if wanted.datasets is None or one in wanted.datasets]
    for dataset in chosen:
        facts = wanted.model_dump(include={"taker", "keep_grants", "reason"})
        transfer.offer(services, who, dataset, NewTransfer(**facts))
    return len(chosen)


def take_over(services: Services, who: Principal, giver: str) -> int:
    """Accept everything that an organisation has offered to the caller's; returns how many datasets it was."""
    guard.require_within(services, who, who.organisation, Right.TRANSFER, detail=f"accept all of {giver}")
    with services.sessions.read() as session:
        offers = transfers.of(session, who.organisation)
    mine = [one for one in offers if one.giver == giver and one.taker == who.organisation]
    waiting = [one for one in mine if one.state is TransferState.OFFERED]
    for keep in (True, False):
        _accept(services, who, [one for one in waiting if one.keep_grants is keep], keep)
    return len(waiting)


def _accept(services: Services, who: Principal, offers: Sequence[Transfer], keep_grants: bool) -> None:
    """All of these together, so that a raw file with several cells goes along as a whole."""
    datasets = [one.dataset for one in offers]
    with handing.copies(services, datasets) as copied, services.sessions.begin() as session:
        for one in offers:
            transfers.answer(session, one.id, TransferState.ACCEPTED, who.user, services.now())
            if guard.hold(session, one.dataset).owner != one.giver:
                raise Conflict(f"Dataset {one.dataset} has changed hands meanwhile; its offer is void.")
        taker = who.organisation
        orphans = handing.hand_over(
            services, session, datasets, taker, who.user, keep_grants=keep_grants, copied=copied
        )
    for key in orphans:
        services.objects.delete(key)
    for dataset in datasets:
        guard.acted(services, "transfer:accept", who, dataset)


def withdraw_rest(services: Services, who: Principal, organisation: str, reason: str) -> int:
    """Withdraw everything that the caller's organisation still has released; returns how many datasets it was."""
    guard.require_within(services, who, organisation, Right.WITHDRAW, detail="withdraw all", said=reason)
    with services.sessions.begin() as session:
        organisations.lock(session, organisation)
        released = departures.datasets(session, organisation, DatasetState.RELEASED)
        admit.withdraw(services, session, released, who.user, reason)
    return len(released)
