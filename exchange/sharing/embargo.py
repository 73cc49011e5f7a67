"""Embargo: nobody else gets more than the record until a day; what was given before opens then only if confirmed."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from access import policy
from exchange import guard
from exchange.services import Services
from exchange.telling import notices, notify
from schemas.access import Principal, Right
from schemas.change import Embargo
from schemas.dataset import Dataset
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.notification import Holders, NotificationKind
from schemas.organisation import Role
from schemas.policy import Grant
from storage import catalogue, embargoes, grants, policies, stamps


def embargo(services: Services, who: Principal, dataset: str, wanted: Embargo) -> Dataset:
    """Set, move or (None) lift it; lifted by hand, what was given holds at once, without being confirmed."""
    until = wanted.until.isoformat() if wanted.until else "lifted"
    guard.require(services, who, Right.GRANT, dataset, detail=f"embargo {until}")
    check(wanted, services.now())
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        policies.set_embargo(session, dataset, wanted.until)
        stamps.touch(session, [dataset], services.now())
        return catalogue.lock(session, dataset)


def check(wanted: Embargo, now: datetime) -> None:
    """`Refused` for an end that is past."""
    if wanted.until is not None and wanted.until <= now:
        trouble = Trouble(pointer="/until", message="is in the past", value=wanted.until.isoformat())
        raise Refused("The embargo has problems.", errors=(trouble,))


def unconfirmed(services: Services, who: Principal, dataset: str) -> list[Grant]:
    """Grants that the embargo caps, or will go on to cap after its end, until they are confirmed."""
    guard.require(services, who, Right.GRANT, dataset, detail="embargo")
    with services.sessions.read() as session:
        return _waiting(services, session, dataset)


def confirm(services: Services, who: Principal, dataset: str, wanted: Collection[str]) -> list[Grant]:
    """Let these grants (none named: all that wait) open at the embargo's end; what still waits is returned.

    `Conflict` before the reminder: nobody confirms years ahead what may have changed by then.
    """
    guard.require(services, who, Right.GRANT, dataset, detail="confirm for the end of the embargo")
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        on = policies.find(session, dataset)
        end = on.embargo_until if on else None
        if end is None:
            raise Conflict(f"Dataset {dataset} is under no embargo; its grants need no confirmation.")
        opens = end - timedelta(days=services.settings.embargo_reminder_days)
        if services.now() < opens:
            raise Conflict(f"The embargo ends on {end.isoformat()}; its grants are confirmed from {opens.isoformat()}.")
        waiting = {one.id for one in _waiting(services, session, dataset)}
        unknown = sorted(set(wanted) - waiting)
        if unknown:
            raise NotFound(f"No grant {unknown[0]} on {dataset} waits to be confirmed.")
        for grant in sorted(wanted or waiting):
            grants.confirm(session, dataset, grant, end)
        return _waiting(services, session, dataset)


def remind(services: Services) -> list[str]:
    """Tell owners once of each embargo that ends within the days of the reminder; returns the datasets."""
    before = services.now() + timedelta(days=services.settings.embargo_reminder_days)
    with services.sessions.begin() as session:
        found = embargoes.remind(session, services.now(), before)
        for one in found:
            present = catalogue.lock(session, one)
            to = Holders(organisation=present.owner, roles=frozenset({Role.STEWARD}))
            facts = {"until": notices.when(present.embargo_until)}
            notify.notify(services, session, to=to, kind=NotificationKind.EMBARGO_ENDING, about=one, facts=facts)
    return found


def _waiting(services: Services, session: Session, dataset: str) -> list[Grant]:
    on = policies.find(session, dataset)
    if on is None or on.embargo_until is None:
        return []
    at = max(services.now(), on.embargo_until)
    return [one for one in on.grants if _in_use(one, services.now()) and policy.waits(one, on, at)]


def _in_use(grant: Grant, now: datetime) -> bool:
    ended = grant.expires_at is not None and grant.expires_at <= now
    return grant.revoked_at is None and not ended and not grant.break_glass
