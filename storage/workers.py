"""Workers and their signs of life, by the database's own clock: those of machines differ."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from storage.tables import WorkerRow

_LOCK = 7_203_711
"""Number of the advisory lock of those who queue stray runs again."""


def enter(session: Session, id: str) -> None:
    """A worker begins."""
    now = _clock(session)
    session.add(WorkerRow(id=id, started_at=now, seen_at=now))


def beat(session: Session, id: str) -> None:
    """A worker shows that it lives; one whose row is gone enters anew."""
    row = session.get(WorkerRow, id)
    if row is None:
        return enter(session, id)
    row.seen_at, row.ended_at = _clock(session), None
    return None


def leave(session: Session, id: str) -> None:
    """A worker has ended."""
    ended = update(WorkerRow).where(WorkerRow.id == id, WorkerRow.ended_at.is_(None))
    session.execute(ended.values(ended_at=_clock(session)))


def present(session: Session) -> set[str]:
    """Workers that have not left, however long they have been silent."""
    return set(session.scalars(select(WorkerRow.id).where(WorkerRow.ended_at.is_(None))))


def heard(session: Session, within: timedelta) -> set[str]:
    """Workers that have not left and showed within this time that they live."""
    since = _clock(session) - within
    return set(session.scalars(select(WorkerRow.id).where(WorkerRow.ended_at.is_(None), WorkerRow.seen_at >= since)))


def forget(session: Session, silent: timedelta) -> None:
    """Remove the rows of workers not heard of for so long."""
    session.execute(delete(WorkerRow).where(WorkerRow.seen_at < _clock(session) - silent))


def alone(session: Session) -> bool:
    """Be the only one who queues stray runs until commit; False while another is. SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": _LOCK}))


def _clock(session: Session) -> datetime:
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    now = session.scalar(select(func.now()))
    assert isinstance(now, datetime)
    return now
