"""Applications of organisations."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.errors import NotFound
from schemas.registration import NewRegistration, Registration, RegistrationState
from storage.tables import RegistrationRow


def add(session: Session, id: str, wanted: NewRegistration, now: datetime) -> None:
    """Keep an application."""
    facts = wanted.model_dump()
    session.add(RegistrationRow(id=id, **facts, applied_at=now, state=RegistrationState.OPEN))
    session.flush()


def every(session: Session, state: RegistrationState | None) -> list[Registration]:
    """All applications, or those in a state, oldest first."""
    chosen = select(RegistrationRow).order_by(RegistrationRow.applied_at, RegistrationRow.id)
    if state is not None:
        chosen = chosen.where(RegistrationRow.state == state)
    return [_registration(row) for row in session.scalars(chosen)]


def find(session: Session, id: str) -> Registration:
    """One application; `NotFound` when there is none."""
    row = session.get(RegistrationRow, id)
    if row is None:
        raise NotFound(f"There is no registration {id}.")
    return _registration(row)


def decide(
    session: Session, id: str, state: RegistrationState, reason: str, by: str, now: datetime, organisation: str | None
) -> bool:
    """Answer an open application; False when it was answered already, so that of two at once only one does."""
    this = (RegistrationRow.id == id, RegistrationRow.state == RegistrationState.OPEN)
    facts = {"state": state, "reason": reason, "decided_by": by, "decided_at": now, "organisation": organisation}
    return (
        session.execute(update(RegistrationRow).where(*this).values(**facts).returning(RegistrationRow.id)).first()
        is not None
    )


def _registration(row: RegistrationRow) -> Registration:
    return Registration.model_validate(row, from_attributes=True)
