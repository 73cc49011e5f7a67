"""Offboard: what an organisation holds, and how its stewards settle it before it leaves."""

from exchange import admit, guard
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.dataset import DatasetState
from schemas.errors import NotFound
from schemas.offboarding import Holdings
from storage import departures, organisations


def holdings(services: Services, who: Principal, organisation: str) -> Holdings:
    """How much it holds of everything: for its stewards, with the datasets to settle, and for the office, without."""
    said = "holdings"
    by_office = guard.require_within(services, who, organisation, Right.TRANSFER, NetworkRight.ADMIT, said)
    with services.sessions.read() as session:
        if organisations.find(session, organisation) is None:
            raise NotFound(f"There is no organisation {organisation}.")
        found = departures.holdings(session, organisation, services.now())
        if by_office:
            return found
        released = departures.datasets(session, organisation, DatasetState.RELEASED)
    return found.model_copy(update={"undecided": tuple(released)})


def withdraw_rest(services: Services, who: Principal, organisation: str, reason: str) -> int:
    """Withdraw everything that the caller's organisation still has released; returns how many datasets it was."""
    guard.require_within(services, who, organisation, Right.WITHDRAW, detail=f"withdraw all: {reason}")
    with services.sessions.begin() as session:
        organisations.lock(session, organisation)
        released = departures.datasets(session, organisation, DatasetState.RELEASED)
        departures.withdraw(session, released)
        admit.refresh(session, released)
    return len(released)
