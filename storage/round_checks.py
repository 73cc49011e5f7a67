"""Checks of a round's cells, with their data; none is ever changed or deleted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.check import KeptCheck
from storage.tables import RoundCheckRow


def add(session: Session, check: KeptCheck) -> None:
    """Keep a check."""
    facts = check.model_dump(mode="json", include={"data", "result"})
    session.add(RoundCheckRow(**check.model_dump(exclude={"data", "result"}) | facts))
    session.flush()


def of(session: Session, round: str) -> list[KeptCheck]:
    """Every check of a round, in the order in which they were made."""
    chosen = select(RoundCheckRow).where(RoundCheckRow.round == round)
    rows = session.scalars(chosen.order_by(RoundCheckRow.made_at, RoundCheckRow.id))
    return [KeptCheck.model_validate(row, from_attributes=True) for row in rows]
