"""The guard of what goes without a dataset's id: blinded datasets by their codes, aggregates of whole collections.

A refusal never tells which dataset a code is, nor which of a collection is closed; the audit knows.
"""

from collections.abc import Sequence

from access import aggregates, policy
from access.exits import LEVEL_OF_EXIT
from exchange import guard, reach
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, Exit, Level, Principal, View
from schemas.aggregate import Member
from schemas.audit import CODED
from schemas.dataset import Dataset
from schemas.errors import Denied, NotFound
from schemas.policy import Policy
from storage import catalogue, codes, policies

_NOT_THERE = Decision(allowed=False, discoverable=False, reasons=("no such code, or not open",))


def allow_coded(
    services: Services, who: Principal, exit: Exit, collection: str, code: str, detail: str = "", said: str = ""
) -> Dataset:
    """The dataset behind a code, when the caller may leave with its blinded view; else `NotFound` or `Denied`."""
    with services.sessions.read() as session:
        id = codes.dataset_of(session, collection, code)
        found = catalogue.find(session, id) if id is not None else None
        on = policies.find(session, id) if id is not None else None
        within = reach.asking(session, who, services.now())
    decision = guard.not_reading(who)
    if decision is None:
        asked = LEVEL_OF_EXIT[exit]
        decision = policy.decide(_within(on, collection), within, asked, View.BLINDED) if on else _NOT_THERE
    facts: dict[str, str | int] = {"view": View.BLINDED.value, "collection": collection, "code": code}
    if detail:
        facts["what"] = detail[:500]
    with services.sessions.begin() as session:
        touched = () if found is None else (found,)
        record(services, session, who, Told(f"{CODED}{exit.value}", id, decision, facts, touched, said))
    if found is not None and decision.allowed:
        return found
    if decision.discoverable:
        raise Denied(decision.needed)
    raise NotFound(f"There is no {code} in a collection {collection} that you may see.")


def coded(services: Services, who: Principal, collection: str) -> dict[str, Level]:
    """Every code of a collection that the caller may know of, with the level that is open; `NotFound` for none."""
    decision = guard.not_reading(who)
    open_: dict[str, Level] = {}
    if decision is None:
        with services.sessions.read() as session:
            every = codes.of(session, collection)
            found, within = policies.of(session, every.values()), reach.asking(session, who, services.now())
        for code, id in every.items():
            held = policy.permits(_within(found[id], collection), within)
            level = max((one.level for one in held if one.view is View.BLINDED), default=Level.NONE)
            if level > Level.NONE:
                open_[code] = level
        decision = Decision(allowed=True, discoverable=True) if open_ else _NOT_THERE
    facts: dict[str, str | int] = {"view": View.BLINDED.value, "collection": collection, "count": len(open_)}
    with services.sessions.begin() as session:
        record(services, session, who, Told(f"read:{Exit.CODED.value}", None, decision, facts))
    if decision.allowed:
        return open_
    if decision.discoverable:
        raise Denied(decision.needed)
    raise NotFound(f"There are no codes in a collection {collection} that you may see.")


def allow_aggregate(
    services: Services, who: Principal, collection: str, members: Sequence[Member], minimum: int
) -> None:
    """Refused, on record, unless all members are open in the aggregate view, of enough organisations."""
    decision = guard.not_reading(who)
    with services.sessions.begin() as session:
        if decision is None:
            within = reach.asking(session, who, services.now())
            found = policies.of(session, [one.dataset for one in members])
            permits = {id: policy.permits(on, within) for id, on in found.items()}
            decision = aggregates.decide(members, permits, minimum)
        touched = [one for one in (catalogue.find(session, member.dataset) for member in members) if one is not None]
        facts: dict[str, str | int] = {"view": View.AGGREGATE.value, "collection": collection, "count": len(members)}
        record(services, session, who, Told(f"read:{Exit.AGGREGATE.value}", None, decision, facts, tuple(touched)))
    if decision.allowed:
        return
    if decision.discoverable:
        raise Denied(decision.needed)
    raise NotFound(f"There is no aggregate of a collection {collection} that you may see.")


def _within(on: Policy, collection: str) -> Policy:
    """Without blinded grants of other collections: two codes of one dataset must not be told to be one."""
    given = (one for one in on.grants if one.view is not View.BLINDED or one.collection == collection)
    return on.model_copy(update={"grants": tuple(given)})
