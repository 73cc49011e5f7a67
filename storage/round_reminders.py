"""Of what lines were reminded in a round: of missing cells, so many days before their last moment."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import RoundReminderRow


def told(session: Session, round: str) -> frozenset[tuple[str, datetime, int]]:
    """Line, last moment and days of every reminder in a round."""
    chosen = select(RoundReminderRow).where(RoundReminderRow.round == round)
    return frozenset((row.line, row.until, row.days) for row in session.scalars(chosen))


def tell(session: Session, round: str, line: str, until: datetime, days: Iterable[int], now: datetime) -> None:
    """That the line was reminded now, so many days before."""
    session.add_all(RoundReminderRow(round=round, line=line, until=until, days=one, at=now) for one in days)
    session.flush()
