"""Derive: say from which datasets one was made; it inherits the strictest of what holds for them."""

from sqlalchemy.orm import Session

from access import policy
from exchange import guard, reach, visibility
from exchange.services import Services
from exchange.sharing import terms
from schemas.access import Exit, Level, Principal, Right, View
from schemas.dataset import DatasetState
from schemas.derived import Received, Source, Sources
from schemas.errors import Conflict
from storage import catalogue, derivations, grants, policies


def declare(services: Services, who: Principal, dataset: str, sources: tuple[str, ...]) -> Sources:
    """The sources of one's own dataset, each open to the caller at level tables in some view.

    Of a draft they are replaced, of a released dataset only added to. Grants that are weaker than what is inherited
    are made as strict, or end where a source forbids them; of whatever was made from the dataset, too.
    """
    wanted = list(dict.fromkeys(sources))
    guard.require(services, who, Right.DESCRIBE, dataset, detail=f"made from {', '.join(wanted) or 'nothing'}")
    held = {one: _held(services, who, one) for one in wanted}
    now = services.now()
    with services.sessions.begin() as session:
        present = guard.hold(session, dataset)
        before = {one.dataset for one in derivations.sources(session, dataset) if one.direct}
        if present.state is not DatasetState.DRAFT and not before <= held.keys():
            kept = ", ".join(sorted(before - held.keys()))
            raise Conflict(f"Dataset {dataset} was released; its sources can only be added to. Left out: {kept}.")
        _no_circle(session, dataset, wanted)
        for one in sorted(derivations.made_of(session, [dataset])):
            catalogue.lock(session, one)
        affected = derivations.declare(session, dataset, held, who.user, now)
        changed = {one: terms.narrow(session, one) for one in affected}
        for _, ended in changed.values():
            for grant in ended:
                grants.end(session, grant, who.user, now)
        visibility.refresh(session, affected)
        narrowed, ended = changed[dataset]
        found = _of_owner(session, dataset)
    return found.model_copy(update={"narrowed": tuple(narrowed), "revoked": tuple(ended)})


def sources(services: Services, who: Principal, dataset: str) -> Sources:
    """From which datasets one was made, as far as the caller may know of them; the owner sees what it binds to."""
    found = guard.allow(services, who, Exit.SOURCES, dataset)
    with services.sessions.read() as session:
        within = reach.asking(session, who, services.now())
        if found.owner == within.own:
            return _of_owner(session, dataset)
        every = derivations.sources(session, dataset)
        on = policies.of(session, [one.dataset for one in every])
        known = [one for one in every if policy.decide(on[one.dataset], within, Level.LISTED).allowed]
    return Sources(dataset=dataset, sources=tuple(known))


def _held(services: Services, who: Principal, source: str) -> list[Received]:
    """How the caller holds a source, asked through the guard in a view that is open to them."""
    with services.sessions.read() as session:
        within, on = reach.asking(session, who, services.now()), policies.find(session, source)
        permits = policy.permits(on, within) if on is not None else frozenset()
    # A view without the id is no way to a source: asking by the id would tell whose it is.
    views = [view for view in (View.FULL, View.COLUMNS) if any(one.covers(Level.TABLES, view) for one in permits)]
    guard.allow_in_view(services, who, Exit.TABLE, source, views[0] if views else View.FULL, detail="as a source")
    with services.sessions.read() as session:
        on = policies.of(session, [source])[source]
        held = terms.held_by(session, who, within, on)
    if not held and on.owner != who.organisation:
        raise Conflict(f"Dataset {source} is open to you for an emergency alone; nothing can be made from it.")
    return held


def _no_circle(session: Session, dataset: str, wanted: list[str]) -> None:
    below = {dataset, *derivations.made_of(session, [dataset])}
    circle = sorted(below & set(wanted))
    if circle:
        raise Conflict(f"Dataset {dataset} cannot be made from {circle[0]}, which is itself or was made from it.")


def _of_owner(session: Session, dataset: str) -> Sources:
    """The owner named the direct sources; those on the way to them may be others' secrets."""
    direct = [Source(dataset=one.dataset, direct=True) for one in derivations.sources(session, dataset) if one.direct]
    return Sources(dataset=dataset, sources=tuple(direct), inherited=terms.inherits(session, dataset))
