"""The one guard: ask the access rule, record the decision in its own committed transaction, then act or refuse."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from access import policy, rights
from access.exits import LEVEL_OF_EXIT, NAMED, views_of
from exchange import reach
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, Exit, Level, NetworkRight, Permit, Principal, Right, Scope, TokenScope, View
from schemas.dataset import Dataset, DatasetState
from schemas.errors import Conflict, Denied, ExchangeError, NotFound
from schemas.policy import Policy
from storage import catalogue, policies


@dataclass(frozen=True)
class Allowed:
    """What the guard let out: a dataset, by an exit in a view, and the permits that the caller holds on it."""

    dataset: Dataset
    exit: Exit
    view: View
    permits: frozenset[Permit]

    @property
    def columns(self) -> frozenset[str]:
        """What the view of chosen columns opens here: of all grants together."""
        level = LEVEL_OF_EXIT[self.exit]
        return frozenset(name for one in self.permits if one.covers(level, View.COLUMNS) for name in one.columns)


def allow(services: Services, who: Principal, exit: Exit, dataset: str, detail: str = "") -> Dataset:
    """The dataset, when the caller may leave with it by this exit in full; else `NotFound` or `Denied`, on record."""
    return allow_in_view(services, who, exit, dataset, View.FULL, detail).dataset


def allow_in_view(
    services: Services, who: Principal, exit: Exit, dataset: str, view: View, detail: str = ""
) -> Allowed:
    """The same in a view in which a dataset goes by its id, with what the view shows."""
    return allow_all(services, who, exit, [dataset], view, detail)[0]


def allow_all(
    services: Services, who: Principal, exit: Exit, datasets: Sequence[str], view: View = View.FULL, detail: str = ""
) -> list[Allowed]:
    """All of these datasets, or none: the first refusal is raised; one event covers the request."""
    found: list[Allowed] = []
    asked_for: list[Dataset] = []
    decision, refusal = _ALLOWED, None
    with services.sessions.begin() as session:
        for id in datasets:
            dataset = catalogue.find(session, id)
            decision = not_reading(who) or _decide(session, who, services, dataset, exit, view)
            asked_for += [dataset] if dataset is not None else []
            if dataset is None or not decision.allowed:
                refusal = _refusal(decision, id)
                break
            found.append(Allowed(dataset, exit, view, decision.permits))
        target = datasets[0] if len(datasets) == 1 else None
        facts: dict[str, str | int] = {"view": view.value}
        if detail:
            facts["what"] = detail[:500]
        if target is None:
            facts |= {"datasets": ",".join(datasets)[:2000], "count": len(datasets)}
        told = Told(f"read:{exit.value}", target, decision, facts, tuple(asked_for))
        record(services, session, who, told)
    if refusal is not None:
        raise refusal
    return found


def on_the_machine(services: Services, action: str, dataset: Dataset | None, target: str, detail: str) -> None:
    """Put on record what was read on the machine itself, where nobody is asked."""
    touched = (dataset,) if dataset is not None else ()
    decision = _ALLOWED if dataset is not None else _UNKNOWN
    with services.sessions.begin() as session:
        record(services, session, None, Told(action, target, decision, {"what": detail[:500]}, touched))


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
            decision = _UNKNOWN
        else:
            known = bool(policy.permits(policy.by_id(on), reach.asking(session, who, services.now())))
            owed = reach.owed(session, who, services.now())
            decision = rights.may(who, right, on, known, owed, standing)
            if decision.allowed and also:
                decision = rights.may(who, also, None, owed=owed)
            if decision.allowed and reading:
                decision = not_reading(who) or decision
        facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
        touched = () if found is None else (found,)
        record(services, session, who, Told(f"right:{right.value}", dataset, decision, facts, touched, said))
    if found is None or not decision.allowed:
        raise _refusal(decision, dataset)
    return found


def require_all(services: Services, who: Principal, right: Right, datasets: Sequence[str], detail: str) -> None:
    """Refused, on record as one event, unless the caller may exercise the right on every one of these datasets."""
    refusal, touched, decision = None, [], _ALLOWED
    with services.sessions.begin() as session:
        on, within = policies.of(session, datasets), reach.asking(session, who, services.now())
        owed = reach.owed(session, who, services.now())
        for id in datasets:
            found = catalogue.find(session, id)
            if found is None or id not in on:
                decision = _UNKNOWN
            else:
                decision = rights.may(who, right, on[id], bool(policy.permits(on[id], within)), owed)
            if found is None or not decision.allowed:
                refusal = _refusal(decision, id)
                break
            touched.append(found)
        facts: dict[str, str | int] = {"what": detail[:2000], "count": len(datasets)}
        target = datasets[0] if len(datasets) == 1 else None
        record(services, session, who, Told(f"right:{right.value}", target, decision, facts, tuple(touched)))
    if refusal is not None:
        raise refusal


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
        raise _refusal(decision, dataset)
    return found


def unknown(services: Services, who: Principal, right: Right, target: str, message: str) -> NotFound:
    """The refusal, put on record, of something that the caller may not know of, or that does not exist."""
    with services.sessions.begin() as session:
        record(services, session, who, Told(f"right:{right.value}", target, _UNKNOWN))
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
        raise _refusal(decision, "")


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
        raise _refusal(decision, "")


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
    own, decision = right if organisation == who.organisation else None, _ELSEWHERE
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
        raise _refusal(decision, "")
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


def listing(services: Services, who: Principal) -> Scope:
    """The scope within which a list may be made; `listed` records it once the count is known."""
    refusal = not_reading(who)
    if refusal is not None:
        with services.sessions.begin() as session:
            record(services, session, who, Told("read:list", None, refusal))
        raise Denied(refusal.needed)
    with services.sessions.read() as session:
        return reach.searching(session, who, services.now())


def listed(services: Services, who: Principal, query: str, count: int) -> None:
    """Put a list on record: its query and how many entries the caller got."""
    with services.sessions.begin() as session:
        record(services, session, who, Told("read:list", None, _ALLOWED, {"count": count}, said=query[:500]))


def judge(who: Principal, within: Scope, dataset: Dataset, on: Policy, exit: Exit, view: View = View.FULL) -> Decision:
    """Whether a caller of this scope may leave with the dataset by this exit; nothing is put on record."""
    decision = policy.decide(on, within, LEVEL_OF_EXIT[exit], view)
    if decision.allowed and exit is Exit.RAW and dataset.owner != who.organisation and dataset.metadata.reading.picks:
        # The file holds cells of which no grant on this dataset speaks.
        return _OTHER_CELLS
    return decision


def level_of(on: Policy, within: Scope) -> Level:
    """The best level in full view that the scope opens on a dataset."""
    return max((one.level for one in policy.permits(on, within) if one.view is View.FULL), default=Level.NONE)


_ALLOWED = Decision(allowed=True, discoverable=True)
_ELSEWHERE = Decision(
    allowed=False,
    discoverable=True,
    reasons=("another organisation's",),
    needed="This is for the organisation's own people alone.",
)
_OTHER_CELLS = Decision(
    allowed=False,
    discoverable=True,
    reasons=("the raw file holds other cells",),
    needed="The raw file holds more than this dataset, so that its owner alone gets it whole. Take the tables, or ask "
    "the owner for the file of this cell.",
)
_NO_SUCH_FORM = Decision(
    allowed=False,
    discoverable=True,
    reasons=("no such view at this exit",),
    needed="There is no such view of this. The blinded view goes by a code, and the aggregate by a collection.",
)
_UNKNOWN = Decision(allowed=False, discoverable=False, reasons=("no such dataset",))


def _decide(
    session: Session, who: Principal, services: Services, dataset: Dataset | None, exit: Exit, view: View
) -> Decision:
    if view not in NAMED & views_of(exit):
        return _NO_SUCH_FORM
    on = policies.find(session, dataset.id) if dataset is not None else None
    if dataset is None or on is None:
        return _UNKNOWN
    return judge(who, reach.asking(session, who, services.now()), dataset, on, exit, view)


def not_reading(who: Principal) -> Decision | None:
    """The refusal of a token that may not read; None for one that may."""
    if TokenScope.READ in who.scopes:
        return None
    needed = "Reading needs a token with the scope 'read'."
    return Decision(allowed=False, discoverable=True, reasons=("token scope",), needed=needed)


def _refusal(decision: Decision, dataset: str) -> ExchangeError:
    if decision.discoverable:
        return Denied(decision.needed)
    return NotFound(f"There is no dataset {dataset} that you may see.")
