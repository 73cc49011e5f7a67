"""What was recorded of cells on their way; insert-only."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.custody import CustodyEntry, KeptCustody, RecordedBy
from storage.tables import CustodyRow, RoundCellRow


def add(session: Session, id: str, cell: str, entry: CustodyEntry, who: tuple[RecordedBy, str], now: datetime) -> None:
    """Keep an entry of a cell (its id); `who` is for whom it is recorded, and by which user."""
    facts = {"entry": entry.model_dump(mode="json"), "by": who[0].value}
    row = CustodyRow(id=id, cell=cell, what=entry.what, facts=facts, at=entry.at, recorded_at=now, recorded_by=who[1])
    session.add(row)
    session.flush()


def of(session: Session, round: str, line: str | None = None) -> list[KeptCustody]:
    """Everything that was recorded in a round, or of one line's cells, by line, cell, and as it happened."""
    chosen = (
        select(CustodyRow, RoundCellRow)
        .join(RoundCellRow, RoundCellRow.id == CustodyRow.cell)
        .where(RoundCellRow.round == round)
    )
    if line is not None:
        chosen = chosen.where(RoundCellRow.line == line)
    order = (RoundCellRow.line, RoundCellRow.number, CustodyRow.at, CustodyRow.recorded_at, CustodyRow.id)
    return [
        KeptCustody.model_validate(
            {"id": row.id, "line": cell.line, "number": cell.number, "recorded_at": row.recorded_at} | row.facts
        )
        for row, cell in session.execute(chosen.order_by(*order))
    ]
