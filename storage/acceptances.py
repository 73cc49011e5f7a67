"""Accepted findings: only ever added."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.acceptance import AcceptedFinding
from storage.tables import AcceptedFindingRow, UserRow


def add(session: Session, id: str, dataset: str, accepted: AcceptedFinding, by: str) -> None:
    """Keep it for ever; `by` is the user who accepted."""
    facts = accepted.model_dump(exclude={"accepted_by"})
    session.add(AcceptedFindingRow(id=id, dataset=dataset, accepted_by=by, **facts))
    session.flush()


def of(session: Session, dataset: str, version: int) -> list[AcceptedFinding]:
    """All of a version, oldest first, each with the name of who accepted."""
    rows = session.execute(
        select(AcceptedFindingRow, UserRow.name)
        .join(UserRow, UserRow.id == AcceptedFindingRow.accepted_by)
        .where(AcceptedFindingRow.dataset == dataset, AcceptedFindingRow.version == version)
        .order_by(AcceptedFindingRow.accepted_at, AcceptedFindingRow.id)
    )
    return [_noun(row, name) for row, name in rows]


def _noun(row: AcceptedFindingRow, name: str) -> AcceptedFinding:
    facts = {field: getattr(row, field) for field in AcceptedFinding.model_fields if field != "accepted_by"}
    return AcceptedFinding(**facts, accepted_by=name)
