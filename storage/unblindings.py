"""Unblindings: asked for, agreed to, open to one person, ended; none is ever deleted."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.unblinding import AgreeingAs, Unblinding
from storage.tables import UnblindingRow


def add(session: Session, asked: Unblinding) -> None:
    """Keep what is asked for."""
    session.add(UnblindingRow(**asked.model_dump()))
    session.flush()


def of(session: Session, round: str) -> list[Unblinding]:
    """Every unblinding of a round, in the order in which they were asked for."""
    chosen = select(UnblindingRow).where(UnblindingRow.round == round)
    return [_one(row) for row in session.scalars(chosen.order_by(UnblindingRow.asked_at, UnblindingRow.id))]


def find(session: Session, round: str, unblinding: str, lock: bool = False) -> Unblinding | None:
    """One of them; `lock`: its row is held until commit. None when the round has none of this id."""
    row = session.get(UnblindingRow, unblinding, with_for_update=lock or None, populate_existing=lock)
    return None if row is None or row.round != round else _one(row)


def shown_to(session: Session, round: str, user: str) -> frozenset[str]:
    """Those of a round that are open to this person now."""
    chosen = select(UnblindingRow.id).where(
        UnblindingRow.round == round,
        UnblindingRow.to == user,
        UnblindingRow.shown_at.is_not(None),
        UnblindingRow.ended_at.is_(None),
    )
    return frozenset(session.scalars(chosen))


def agree(session: Session, unblinding: str, role: AgreeingAs, by: str, now: datetime) -> None:
    """One of the two agrees; once both have, the person may read it."""
    row = session.get_one(UnblindingRow, unblinding)
    if role is AgreeingAs.CUSTODIAN:
        row.custodian_at, row.custodian_by = now, by
    else:
        row.office_at, row.office_by = now, by
    if row.custodian_at is not None and row.office_at is not None:
        row.shown_at = now
    session.flush()


def end(session: Session, unblinding: str, now: datetime) -> None:
    """Nobody may read it, or agree to it, any more."""
    session.get_one(UnblindingRow, unblinding).ended_at = now
    session.flush()


def _one(row: UnblindingRow) -> Unblinding:
    return Unblinding.model_validate(row, from_attributes=True)
