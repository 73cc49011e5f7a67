"""Conflicts of interest that were declared in rounds; they stay when the role goes to somebody else."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from schemas.round.round import Conflict, RoundRole
from storage.tables import RoundConflictRow


def add(session: Session, id: str, round: str, declared: Conflict, by: str) -> None:
    """Somebody with a role declares a conflict."""
    facts = declared.model_dump() | {"role": declared.role.value, "organisation": declared.organisation or None}
    session.add(RoundConflictRow(id=id, round=round, declared_by=by, **facts))
    session.flush()


def end(session: Session, round: str, holder: tuple[RoundRole, str], organisation: str, now: datetime) -> None:
    """The role has gone from who declared it, who acted for this organisation: the conflict stays, with the moment."""
    role, user = holder
    standing = (RoundConflictRow.round == round) & (RoundConflictRow.role == role.value)
    theirs = standing & (RoundConflictRow.declared_by == user) & RoundConflictRow.ended_at.is_(None)
    acted_for = func.coalesce(RoundConflictRow.organisation, organisation or None)
    session.execute(update(RoundConflictRow).where(theirs).values(ended_at=now, organisation=acted_for))


def of(session: Session, round: str) -> list[tuple[str, Conflict]]:
    """Every conflict that was declared in a round, in order, with who declared it.

    `organisation` is empty where none of theirs took part when it was declared.
    """
    chosen = select(RoundConflictRow).where(RoundConflictRow.round == round)
    rows = session.scalars(chosen.order_by(RoundConflictRow.declared_at, RoundConflictRow.id))
    return [(row.declared_by, _conflict(row)) for row in rows]


def _conflict(row: RoundConflictRow) -> Conflict:
    return Conflict(
        role=RoundRole(row.role),
        organisation=row.organisation or "",
        statement=row.statement,
        declared_at=row.declared_at,
        ended_at=row.ended_at,
    )
