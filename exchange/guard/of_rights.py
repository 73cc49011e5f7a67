"""The guard of rights: what somebody may do with datasets, or in their organisation."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from access import policy, rights
from exchange import reach
from exchange.guard.exits import _decide
from exchange.guard.verdicts import ALLOWED, UNKNOWN, not_reading, refusal_of
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, Exit, Level, Principal, Right, Scope, View
from schemas.dataset import Dataset, DatasetState
from schemas.errors import Conflict, ExchangeError, NotFound
from schemas.policy import Policy
from storage import catalogue, policies


def require(
    services: Services,
    who: Principal,
    right: Right,
    dataset: str,
    *,
    also: Right | None = None,
    reading: bool = False,
    standing: bool = False,
    detail: str = "",
    said: str = "",
) -> Dataset:
    """The dataset, when the caller may exercise the right on it; else `NotFound` or `Denied`, on record.

    `also` is a right in general that is needed besides, `reading` asks for a token that may read, `standing` says that
    a steward's template lets contributors release it; there is one event. `detail` is a fact without anything
    personal; what the caller typed is `said`, which can be erased.
    """
    with services.sessions.begin() as session:
        found, on = catalogue.find(session, dataset), policies.find(session, dataset)
        if found is None or on is None:
            decision = UNKNOWN
        else:
            within, owed = reach.asking(session, who, services.now()), reach.owed(session, who, services.now())
            decision = _may(who, right, on, within, owed, standing)
            if decision.allowed and also:
                decision = rights.may(who, also, None, owed=owed)
            if decision.allowed and reading:
                decision = not_reading(who) or decision
        facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
        touched = () if found is None else (found,)
        record(services, session, who, Told(f"right:{right.value}", dataset, decision, facts, touched, said))
    if found is None or not decision.allowed:
        raise refusal_of(decision, dataset)
    return found


def require_all(services: Services, who: Principal, right: Right, datasets: Sequence[str], detail: str) -> None:
    """Refused, on record as one event, unless the caller may exercise the right on every one of these datasets."""
    refusal, touched, decision = None, [], ALLOWED
    with services.sessions.begin() as session:
        on, within = policies.of(session, datasets), reach.asking(session, who, services.now())
        owed = reach.owed(session, who, services.now())
        for id in datasets:
            found = catalogue.find(session, id)
            decision = UNKNOWN if found is None or id not in on else _may(who, right, on[id], within, owed)
            if found is None or not decision.allowed:
                refusal = refusal_of(decision, id)
                break
            touched.append(found)
        facts: dict[str, str | int] = {"what": detail[:2000], "count": len(datasets)}
        target = datasets[0] if len(datasets) == 1 else None
        record(services, session, who, Told(f"right:{right.value}", target, decision, facts, tuple(touched)))
    if refusal is not None:
        raise refusal


def require_each(
    services: Services, who: Principal, right: Right, datasets: Sequence[str], detail: str
) -> dict[str, ExchangeError]:
    """The refusal of each dataset on which the caller may not exercise the right; each is an event of its own."""
    refused: dict[str, ExchangeError] = {}
    with services.sessions.begin() as session:
        on, within = policies.of(session, datasets), reach.asking(session, who, services.now())
        owed = reach.owed(session, who, services.now())
        found = {one.id: one for one in catalogue.of(session, datasets)}
        for id in datasets:
            known = id in found and id in on
            decision = _may(who, right, on[id], within, owed) if known else UNKNOWN
            touched = (found[id],) if known else ()
            record(services, session, who, Told(f"right:{right.value}", id, decision, {"what": detail[:2000]}, touched))
            if not decision.allowed:
                refused[id] = refusal_of(decision, id)
    return refused


def created(services: Services, session: Session, who: Principal, datasets: Sequence[Dataset], detail: str) -> None:
    """Put on record, in the transaction that makes them, new drafts that the caller was allowed to make."""
    for one in datasets:
        told = Told(f"right:{Right.CREATE.value}", one.id, ALLOWED, {"what": detail[:2000]}, (one,))
        record(services, session, who, told)


def may_at_all(services: Services, who: Principal, right: Right, detail: str) -> None:
    """Refused, on record, for whoever has the right on nothing; else nothing is recorded yet."""
    if not rights.may(who, right, None).allowed:
        require_general(services, who, right, detail=detail)


def require_to_ask(services: Services, who: Principal, dataset: str, detail: str = "") -> Dataset:
    """The dataset, when the caller may see that it exists and may ask for access; else refused, on record."""
    with services.sessions.begin() as session:
        found = catalogue.find(session, dataset)
        decision = _decide(session, who, services, found, Exit.LIST, View.FULL)
        if decision.allowed:
            decision = rights.may(who, Right.REQUEST, None, owed=reach.owed(session, who, services.now()))
        facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
        touched = () if found is None else (found,)
        record(services, session, who, Told(f"right:{Right.REQUEST.value}", dataset, decision, facts, touched))
    if found is None or not decision.allowed:
        raise refusal_of(decision, dataset)
    return found


def unknown(services: Services, who: Principal, right: Right, target: str, message: str) -> NotFound:
    """The refusal, put on record, of something that the caller may not know of, or that does not exist."""
    with services.sessions.begin() as session:
        record(services, session, who, Told(f"right:{right.value}", target, UNKNOWN))
    return NotFound(message)


def hold(session: Session, dataset: str) -> Dataset:
    """The dataset, its row held until commit; `Conflict` when it was withdrawn after the guard had been asked."""
    found = catalogue.lock(session, dataset)
    if found.state is DatasetState.WITHDRAWN:
        raise Conflict(f"Dataset {dataset} was withdrawn meanwhile; nothing of it is changed any more.")
    return found


def require_general(
    services: Services,
    who: Principal,
    right: Right,
    target: str | None = None,
    detail: str = "",
    *,
    said: str = "",
    touched: tuple[Dataset, ...] = (),
) -> None:
    """Refused, on record, unless the caller has the right where no dataset is meant; `target` is what else is.

    `target` and `detail` hold nothing personal; what the caller typed is `said`, which can be erased.
    """
    facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
    with services.sessions.begin() as session:
        decision = rights.may(who, right, None, owed=reach.owed(session, who, services.now()))
        record(services, session, who, Told(f"right:{right.value}", target, decision, facts, touched, said))
    if not decision.allowed:
        raise refusal_of(decision, "")


def _may(
    who: Principal, right: Right, on: Policy, within: Scope, owed: Sequence[str], standing: bool = False
) -> Decision:
    """Whoever may not know of the dataset is told nothing of it: the owner's people who have no data, too."""
    known = policy.decide(on, within, Level.LISTED).discoverable
    decision = rights.may(who, right, on, known, owed, standing)
    return decision if decision.allowed else decision.model_copy(update={"discoverable": known})
