"""The guard of exits: with which datasets somebody may leave, in which view; and of lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from access import policy
from access.exits import LEVEL_OF_EXIT, NAMED, views_of
from access.scopes import home
from exchange import reach
from exchange.guard.verdicts import ALLOWED, NO_SUCH_FORM, OTHER_CELLS, UNKNOWN, not_reading, refusal_of
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, Exit, Level, Permit, Principal, Scope, View
from schemas.dataset import Dataset
from schemas.errors import Denied
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
    services: Services, who: Principal, exit: Exit, dataset: str, view: View, detail: str = "", said: str = ""
) -> Allowed:
    """The same in a view in which a dataset goes by its id, with what the view shows."""
    return allow_all(services, who, exit, [dataset], view, detail, said)[0]


def allow_all(
    services: Services,
    who: Principal,
    exit: Exit,
    datasets: Sequence[str],
    view: View = View.FULL,
    detail: str = "",
    said: str = "",
) -> list[Allowed]:
    """All of these datasets, or none: the first refusal is raised; one event covers the request.

    `detail` is a fact without anything personal; what the caller typed is `said`, which can be erased.
    """
    found: list[Allowed] = []
    asked_for: list[Dataset] = []
    decision, refusal = ALLOWED, None
    with services.sessions.begin() as session:
        for id in datasets:
            dataset = catalogue.find(session, id)
            decision = not_reading(who) or _decide(session, who, services, dataset, exit, view)
            asked_for += [dataset] if dataset is not None else []
            if dataset is None or not decision.allowed:
                refusal = refusal_of(decision, id)
                break
            found.append(Allowed(dataset, exit, view, decision.permits))
        target = datasets[0] if len(datasets) == 1 else None
        facts: dict[str, str | int] = {"view": view.value}
        if detail:
            facts["what"] = detail[:500]
        if target is None:
            facts |= {"datasets": ",".join(datasets)[:2000], "count": len(datasets)}
        told = Told(f"read:{exit.value}", target, decision, facts, tuple(asked_for), said)
        record(services, session, who, told)
    if refusal is not None:
        raise refusal
    return found


def on_the_machine(services: Services, action: str, dataset: Dataset | None, target: str, detail: str) -> None:
    """Put on record what was read on the machine itself, where nobody is asked."""
    touched = (dataset,) if dataset is not None else ()
    decision = ALLOWED if dataset is not None else UNKNOWN
    with services.sessions.begin() as session:
        record(services, session, None, Told(action, target, decision, {"what": detail[:500]}, touched))


def listing(services: Services, who: Principal, within: Session | None = None, exit: Exit = Exit.LIST) -> Scope:
    """The scope within which a list may be made; `listed` records it once the count is known.

    It is gathered in the transaction `within`, where there is one already.
    """
    refusal = not_reading(who)
    if refusal is not None:
        with services.sessions.begin() as session:
            record(services, session, who, Told(f"read:{exit.value}", None, refusal))
        raise Denied(refusal.needed)
    if within is not None:
        return reach.searching(within, who, services.now())
    with services.sessions.read() as session:
        return reach.searching(session, who, services.now())


def listed(services: Services, who: Principal, query: str, count: int, exit: Exit = Exit.LIST) -> None:
    """Put a list on record: its query and how many entries the caller got."""
    with services.sessions.begin() as session:
        record(services, session, who, Told(f"read:{exit.value}", None, ALLOWED, {"count": count}, said=query[:500]))


def judge(who: Principal, within: Scope, dataset: Dataset, on: Policy, exit: Exit, view: View = View.FULL) -> Decision:
    """Whether a caller of this scope may leave with the dataset by this exit; nothing is put on record."""
    decision = policy.decide(on, within, LEVEL_OF_EXIT[exit], view)
    if decision.allowed and exit is Exit.RAW and dataset.owner != home(who) and dataset.metadata.reading.picks:
        # The file holds cells of which no grant on this dataset speaks.
        return OTHER_CELLS
    return decision


def level_of(on: Policy, within: Scope) -> Level:
    """The best level in full view that the scope opens on a dataset."""
    return max((one.level for one in policy.permits(on, within) if one.view is View.FULL), default=Level.NONE)


def _decide(
    session: Session, who: Principal, services: Services, dataset: Dataset | None, exit: Exit, view: View
) -> Decision:
    if view not in NAMED & views_of(exit):
        return NO_SUCH_FORM
    on = policies.find(session, dataset.id) if dataset is not None else None
    if dataset is None or on is None:
        return UNKNOWN
    return judge(who, reach.asking(session, who, services.now()), dataset, on, exit, view)
