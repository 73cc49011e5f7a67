"""Results that were left out of the evaluation of a round; what is ended stays on record."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.exclusion import Kept
from storage.tables import RoundExclusionRow


def add(session: Session, exclusion: Kept) -> None:
    """Leave out results from now on."""
    session.add(RoundExclusionRow(**exclusion.model_dump(mode="python")))
    session.flush()


def of(session: Session, round: str) -> list[Kept]:
    """Every exclusion of a round, ended ones included, in the order in which they were made."""
    chosen = select(RoundExclusionRow).where(RoundExclusionRow.round == round)
    ordered = chosen.order_by(RoundExclusionRow.at, RoundExclusionRow.id)
    return [Kept.model_validate(row, from_attributes=True) for row in session.scalars(ordered)]


def end(session: Session, exclusion: str, by: str, now: datetime) -> None:
    """From now on these results count again."""
    row = session.get_one(RoundExclusionRow, exclusion)
    row.ended_at, row.ended_by = now, by
    session.flush()
