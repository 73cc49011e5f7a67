"""The guard of registered objects: who sees them, who may name them in a record, who may change them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from access import objects, rights
from access.objects import Pointing, Sight, Standing
from exchange import reach
from exchange.guard.verdicts import ALLOWED, not_reading
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, Exit, Principal, Right, Scope
from schemas.errors import Denied, ExchangeError, NotFound
from schemas.registered import RegisteredObject
from storage import catalogue, pointers, policies, registry, registry_search

_ACTION = f"read:{Exit.OBJECT.value}"
_UNKNOWN = Decision(allowed=False, discoverable=False, reasons=("no such object",))
_HIDDEN = Decision(allowed=False, discoverable=False, reasons=("nothing opens this object",))


@dataclass(frozen=True)
class AllowedObject:
    """An object that the guard let out, and what of it the caller sees."""

    object: RegisteredObject
    sight: Sight


def allow_object(services: Services, who: Principal, object: str, detail: str = "") -> AllowedObject:
    """The object, when the caller may see it at all; else `NotFound` or `Denied`, on record.

    Owners of the datasets by which it was opened see the event.
    """
    with services.sessions.begin() as session:
        within = reach.searching(session, who, services.now())
        found = registry.find(session, object)
        seen = sights(session, within, [found] if found else []).get(object)
        decision = not_reading(who) or (ALLOWED if seen else _HIDDEN if found else _UNKNOWN)
        facts: dict[str, str | int] = {"what": detail[:500]} if detail else {}
        touched = tuple(catalogue.of(session, seen.by[:1])) if seen and decision.allowed else ()
        record(services, session, who, Told(_ACTION, object, decision, facts, touched))
    if found is None or seen is None or not decision.allowed:
        raise _refusal(decision, object)
    return AllowedObject(found, seen)


def require_object(services: Services, who: Principal, right: Right, object: str, detail: str = "") -> RegisteredObject:
    """The object, when the caller may exercise the right on it; else `NotFound` or `Denied`, on record."""
    with services.sessions.begin() as session:
        found = registry.find(session, object)
        decision = _UNKNOWN if found is None else _may(services, session, who, right, found)
        facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
        record(services, session, who, Told(f"right:{right.value}", object, decision, facts))
    if found is None or not decision.allowed:
        raise _refusal(decision, object)
    return found


def nameable(services: Services, who: Principal, named: Collection[str]) -> frozenset[str]:
    """Those of these ids that the caller may write into a record: objects of their own, and others that they see."""
    with services.sessions.begin() as session:
        within = reach.searching(session, who, services.now())
        found = registry.of(session, named)
        if not_reading(who):
            found = [one for one in found if one.owner == who.organisation]
        seen = frozenset(sights(session, within, found))
        facts: dict[str, str | int] = {"what": "named in a record", "count": len(seen)}
        hidden = "" if len(seen) == len(set(named)) else f"{len(set(named)) - len(seen)} not to be seen"
        decision = Decision(allowed=not hidden, discoverable=True, reasons=(hidden,) if hidden else ())
        record(services, session, who, Told(_ACTION, None, decision, facts))
    return seen


def sights(session: Session, within: Scope, found: Iterable[RegisteredObject]) -> dict[str, Sight]:
    """What the scope (one for searching) sees of these objects, by id; those that it does not see are left out."""
    every = list(found)
    others = [one.id for one in every if one.owner != within.own]
    pointed = pointers.opening(session, within, others) if others else {}
    on = policies.of(session, {each.dataset for some in pointed.values() for each in some})
    blocks = registry_search.blocked_by(session, {one.owner for one in every})
    seen: dict[str, Sight] = {}
    for one in every:
        standing = Standing(one.owner, one.visibility, blocks[one.owner])
        pointing = [Pointing(on[each.dataset], each.of) for each in pointed.get(one.id, ()) if each.dataset in on]
        sight = objects.sight(standing, pointing, within)
        if sight is not None:
            seen[one.id] = sight
    return seen


def _may(services: Services, session: Session, who: Principal, right: Right, found: RegisteredObject) -> Decision:
    now = services.now()
    known = found.id in sights(session, reach.searching(session, who, now), [found])
    if found.owner != who.organisation:
        needed = f"Only {found.owner_name}, who owns this object, may {right.value}."
        return Decision(allowed=False, discoverable=known, reasons=("another organisation's",), needed=needed)
    decision = rights.may(who, right, None, owed=reach.owed(session, who, now))
    return decision if decision.allowed else decision.model_copy(update={"discoverable": known})


def _refusal(decision: Decision, object: str) -> ExchangeError:
    if decision.discoverable:
        return Denied(decision.needed)
    return NotFound(f"There is no object {object} that you may see.")
