"""Mails on their way: written in the transaction of what they tell, sent later, each by one sender at a time."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from schemas.notification import Due, Kept, NotificationKind
from storage import notifications
from storage.tables import MailRow


def add(
    session: Session,
    id: str,
    kind: NotificationKind,
    now: datetime,
    *,
    told: Kept | None = None,
    address: str = "",
    facts: Mapping[str, str] | None = None,
) -> None:
    """A mail that waits to be sent: of a notification, or to an address with facts of its own."""
    row = MailRow(
        id=id,
        notification=told.id if told else None,
        user=told.user if told else None,
        kind=kind,
        address=address,
        facts=dict(facts or {}),
        state="waiting",
        attempts=0,
        created_at=now,
        due_at=now,
    )
    session.add(row)
    session.flush()


def take(session: Session, now: datetime, until: datetime, limit: int) -> list[Due]:
    """Mails that are due, counted as tried; nobody else gets them before `until`."""
    waiting = (MailRow.state == "waiting", MailRow.due_at <= now)
    chosen = select(MailRow).where(*waiting).order_by(MailRow.due_at, MailRow.id).limit(limit)
    rows = list(session.scalars(chosen.with_for_update(skip_locked=True)))
    for row in rows:
        row.attempts += 1
        row.due_at = until
    session.flush()
    return [
        Due(
            id=row.id,
            told=notifications.kept(session, row.notification) if row.notification else None,
            kind=NotificationKind(row.kind),
            address=row.address,
            facts=row.facts,
            attempts=row.attempts,
        )
        for row in rows
    ]


def end(session: Session, id: str, state: str, now: datetime, error: str = "") -> None:
    """`sent`, `dead` after too many attempts, or `dropped` for want of a reader; address and facts go."""
    values = {"state": state, "ended_at": now, "error": error[:500], "facts": {}, "address": ""}
    session.execute(update(MailRow).where(MailRow.id == id, MailRow.state == "waiting").values(**values))


def postpone(session: Session, id: str, until: datetime, error: str) -> None:
    """Not sent; the next attempt is then."""
    values = {"due_at": until, "error": error[:500]}
    session.execute(update(MailRow).where(MailRow.id == id, MailRow.state == "waiting").values(**values))


def forget(session: Session, before: datetime) -> None:
    """Forget mails that were written before then."""
    session.execute(delete(MailRow).where(MailRow.created_at < before))
