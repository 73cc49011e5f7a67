"""Look: who looked, for owners without the person; the audit for the network's auditor; the person for a reason."""

import hashlib
import hmac
from datetime import datetime

from exchange import cursors, guard
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.audit import AccessPage, AuditPage, AuditQuery, PersonBehind
from schemas.errors import Refused, Trouble
from storage import audit


def accesses(
    services: Services, who: Principal, dataset: str | None, outside: bool, cursor: str | None, limit: int
) -> AccessPage:
    """Who looked at a dataset of the caller's organisation, or at any of them: organisation and roles, newest first."""
    if dataset is None:
        guard.require_general(services, who, Right.SEE_ACCESSES)
    else:
        guard.require(services, who, Right.SEE_ACCESSES, dataset)
    before = _opened(services, cursor) if cursor else None
    with services.sessions.read() as session:
        found = audit.accesses(
            session, who.organisation, dataset=dataset, outside=outside, before=before, limit=limit + 1
        )
    shown = found[:limit]
    onward = None
    if len(found) > limit:
        event, last = shown[-1]
        onward = _sealed(services, last.at, event, last.dataset)
    return AccessPage(items=tuple(one for _, one in shown), next=onward)


def events(services: Services, who: Principal, sought: AuditQuery, cursor: str | None, limit: int) -> AuditPage:
    """Events of the whole network under pseudonyms, newest first, for its auditor."""
    guard.require_in_network(services, who, NetworkRight.READ_AUDIT, said=sought.model_dump_json(exclude_none=True))
    before = _opened(services, cursor)[0] if cursor else None
    with services.sessions.read() as session:
        found = audit.search(session, sought, before, limit + 1)
    shown = found[:limit]
    onward = _sealed(services, shown[-1].at, shown[-1].id, "") if len(found) > limit else None
    return AuditPage(items=tuple(shown), next=onward)


def person(services: Services, who: Principal, event: int, reason: str) -> PersonBehind:
    """The person behind an event, for a reason that stays on record; `NotFound` when there is no such event."""
    guard.require_in_network(services, who, NetworkRight.IDENTIFY_PERSONS, f"event {event}", said=reason)
    with services.sessions.read() as session:
        return audit.person_behind(session, event)


def _sealed(services: Services, at: datetime, event: int, dataset: str) -> str:
    return cursors.sealed(services.secret, (at, f"{event ^ _mask(services, at)}/{dataset}"))


def _opened(services: Services, cursor: str) -> tuple[int, str]:
    at, position = cursors.opened(services.secret, cursor)
    masked, _, dataset = position.partition("/")
    if "/" not in position or not masked.isdecimal():
        trouble = Trouble(pointer="/query/cursor", message="is a cursor of another list")
        raise Refused("The cursor was given out for another list; start again without it.", errors=(trouble,))
    return int(masked) ^ _mask(services, at), dataset


def _mask(services: Services, at: datetime) -> int:
    """Hides the number of an event, from which an owner could tell how much the others do."""
    digest = hmac.new(services.secret, b"event:" + at.isoformat().encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:7])
