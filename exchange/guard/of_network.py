"""The guard of what is about no dataset: rights of the network, and within organisations."""

from access import rights
from exchange import reach
from exchange.guard.verdicts import ELSEWHERE, refusal_of
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, NetworkRight, Principal, Right
from schemas.dataset import Dataset
from schemas.errors import ExchangeError


def require_in_network(
    services: Services,
    who: Principal,
    right: NetworkRight,
    target: str | None = None,
    detail: str = "",
    *,
    said: str = "",
    person: str | None = None,
    touched: tuple[Dataset, ...] = (),
) -> None:
    """Refused, on record, unless the caller has the right by a role of the network.

    `target` and `detail` hold nothing personal; the user whom it is about is `person`, what was typed is `said`. Owners
    of what is `touched` see the event.
    """
    decision = rights.may_in_network(who, right)
    facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
    with services.sessions.begin() as session:
        told = Told(f"network:{right.value}", target, decision, facts, touched, said, person)
        record(services, session, who, told)
    if not decision.allowed:
        raise refusal_of(decision, "")


def require_within(
    services: Services,
    who: Principal,
    organisation: str,
    right: Right | None,
    by_network: NetworkRight | None = None,
    detail: str = "",
    *,
    said: str = "",
    person: str | None = None,
) -> bool:
    """Refused, on record, unless the caller may do it in this organisation: by a role there, or by one of the network.

    Returns whether it was by a role of the network. Of another organisation nothing is told, not even that it exists.
    """
    own, decision = right if organisation == who.organisation else None, ELSEWHERE
    facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
    with services.sessions.begin() as session:
        if own is not None:
            decision = rights.may(who, own, None, owed=reach.owed(session, who, services.now()))
        network = by_network is not None and not decision.allowed
        if by_network is not None and not decision.allowed:
            through = rights.may_in_network(who, by_network)
            decision = through if through.allowed or own is None else decision
        action = f"network:{by_network}" if network or right is None else f"right:{right.value}"
        record(services, session, who, Told(action, organisation, decision, facts, said=said, person=person))
    if not decision.allowed:
        raise refusal_of(decision, "")
    return network


def acted(
    services: Services,
    action: str,
    who: Principal | None,
    target: str | None = None,
    refused: str = "",
    person: str | None = None,
) -> None:
    """Put on record what somebody did, or (refused: why) could not do, by a door that needs no right.

    Without `who` it was done on the machine of the installation.
    """
    decision = Decision(allowed=not refused, discoverable=True, reasons=(refused,) if refused else ())
    with services.sessions.begin() as session:
        record(services, session, who, Told(action, target, decision, person=person))


def settle(
    services: Services, who: Principal, action: str, target: str | None, decision: Decision, refusal: ExchangeError
) -> None:
    """Put a decision on record that is about no dataset; raises `refusal` when it was no."""
    with services.sessions.begin() as session:
        record(services, session, who, Told(action, target, decision))
    if not decision.allowed:
        raise refusal


def is_office(who: Principal) -> bool:
    """True for whoever publishes agreements: they see how all stand to them, and no data."""
    return rights.may_in_network(who, NetworkRight.PUBLISH_AGREEMENTS).allowed
