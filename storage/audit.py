"""The audit: insert-only events; personal fields stand apart so that they can be erased."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.audit import AuditEvent
from storage.tables import AuditPersonRow, AuditRow


def record(session: Session, event: AuditEvent, address: str = "") -> None:
    """Add one event."""
    row = AuditRow(**event.model_dump())
    session.add(row)
    if address:
        session.flush()
        session.add(AuditPersonRow(event=row.id, address=address))


def events(session: Session, target: str | None = None) -> Iterable[AuditEvent]:
    """All events in order, or those about one target."""
    chosen = select(AuditRow).order_by(AuditRow.id)
    if target is not None:
        chosen = chosen.where(AuditRow.target == target)
    for row in session.scalars(chosen):
        yield AuditEvent.model_validate(row, from_attributes=True)
