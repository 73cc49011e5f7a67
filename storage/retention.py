"""What of the audit is personal, and how it is forgotten: by age, by person; a hold keeps it."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, delete, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from schemas.audit import CODED, Hold
from storage.tables import AuditActorRow, AuditHoldRow, AuditPersonRow, AuditRow, UserRow


def forget_addresses(session: Session, before: datetime, now: datetime) -> int:
    """Empty the addresses of events before then, but of persons on hold; returns how many."""
    old = AuditPersonRow.event.in_(_events(AuditRow.at < before, now))
    emptied = _count(session, update(AuditPersonRow).where(AuditPersonRow.address != "", old).values(address=""))
    session.execute(delete(AuditPersonRow).where(AuditPersonRow.address == "", AuditPersonRow.said == ""))
    return emptied


def forget_words(session: Session, before: datetime, now: datetime) -> int:
    """Remove what people typed in events before then, but persons on hold; returns how many."""
    old = AuditPersonRow.event.in_(_events(AuditRow.at < before, now))
    return _count(session, delete(AuditPersonRow).where(old))


def forget_ties(session: Session, before_month: str, now: datetime) -> int:
    """Remove whose the pseudonyms of months before this one were, but of persons on hold; returns how many."""
    old = AuditActorRow.month < before_month, AuditActorRow.user.not_in(_held(now))
    return _count(session, delete(AuditActorRow).where(*old))


def forget_strays(session: Session) -> int:
    """Remove ties to persons who are no longer there, of requests that were under way when they were erased."""
    return _count(session, delete(AuditActorRow).where(AuditActorRow.user.not_in(select(UserRow.id))))


def forget_person(session: Session, user: str) -> tuple[int, int]:
    """Remove everything personal of one person; returns how many events lose something, and how many ties are gone."""
    theirs = select(AuditRow.id).where(AuditRow.actor.in_(_pseudonyms(user)))
    events = _count(session, delete(AuditPersonRow).where(AuditPersonRow.event.in_(theirs)))
    return events, _count(session, delete(AuditActorRow).where(AuditActorRow.user == user))


def events_of(session: Session, user: str) -> list[dict[str, object]]:
    """What the audit can still tell of a person, oldest first."""
    chosen = (
        select(AuditRow, AuditPersonRow.address, AuditPersonRow.said)
        .outerjoin(AuditPersonRow, AuditPersonRow.event == AuditRow.id)
        .where(AuditRow.actor.in_(_pseudonyms(user)))
        .order_by(AuditRow.id)
    )
    return [
        {
            "at": row.at.isoformat(),
            "organisation": row.organisation,
            "roles": row.roles,
            "action": row.action,
            # Whoever read by a code must not learn which dataset it is, from here neither.
            "target": None if row.action.startswith(CODED) else row.target,
            "allowed": row.allowed,
            "detail": row.detail,
            "address": address or "",
            "said": said or "",
        }
        for row, address, said in session.execute(chosen)
    ]


def add_hold(session: Session, hold: Hold) -> None:
    """Keep what the audit knows of a person until then."""
    session.add(AuditHoldRow(**hold.model_dump()))
    session.flush()


def holds(session: Session, user: str, now: datetime) -> list[Hold]:
    """The holds on a person that have not ended."""
    rows = session.scalars(
        select(AuditHoldRow).where(AuditHoldRow.user == user, AuditHoldRow.until > now).order_by(AuditHoldRow.until)
    )
    return [Hold.model_validate(row, from_attributes=True) for row in rows]


def end_holds(session: Session, user: str | None, now: datetime) -> int:
    """Remove all holds on a person, or (None) those that have ended; returns how many."""
    which = AuditHoldRow.until <= now if user is None else AuditHoldRow.user == user
    return _count(session, delete(AuditHoldRow).where(which))


def personal(session: Session) -> tuple[int, int]:
    """How many events have an address or words kept, and how many ties there are."""
    events = session.scalar(select(func.count()).select_from(AuditPersonRow)) or 0
    return events, session.scalar(select(func.count()).select_from(AuditActorRow)) or 0


def _pseudonyms(user: str) -> Select[str]:
    return select(AuditActorRow.pseudonym).where(AuditActorRow.user == user)


def _held(now: datetime) -> Select[str]:
    return select(AuditHoldRow.user).where(AuditHoldRow.until > now)


def _events(which: ColumnElement[bool], now: datetime) -> Select[int]:
    held = select(AuditActorRow.pseudonym).where(AuditActorRow.user.in_(_held(now)))
    return select(AuditRow.id).where(which, func.coalesce(AuditRow.actor, "").not_in(held))


def _count(session: Session, statement: UpdateBase) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], done).rowcount  # Any: rows of no columns
