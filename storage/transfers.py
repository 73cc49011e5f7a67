"""Offers to hand a dataset over."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from schemas.errors import Conflict
from schemas.transfer import Transfer, TransferState
from storage.tables import TransferRow


def add(session: Session, transfer: Transfer) -> None:
    """Keep an offer."""
    session.add(TransferRow(**transfer.model_dump()))
    session.flush()


def of(session: Session, organisation: str) -> list[Transfer]:
    """Offers by and to an organisation, oldest first."""
    theirs = or_(TransferRow.giver == organisation, TransferRow.taker == organisation)
    chosen = select(TransferRow).where(theirs).order_by(TransferRow.offered_at, TransferRow.id)
    return [_transfer(row) for row in session.scalars(chosen)]


def find(session: Session, transfer: str) -> Transfer | None:
    """One offer; None when there is none."""
    row = session.get(TransferRow, transfer)
    return None if row is None else _transfer(row)


def offered(session: Session, dataset: str) -> Transfer | None:
    """The offer of a dataset that is not answered yet."""
    this = (TransferRow.dataset == dataset, TransferRow.state == TransferState.OFFERED)
    row = session.scalar(select(TransferRow).where(*this).limit(1))
    return None if row is None else _transfer(row)


def answer(session: Session, transfer: str, state: TransferState, by: str, now: datetime) -> Transfer:
    """Answer an offer; `Conflict` when it was answered already."""
    row = session.get_one(TransferRow, transfer, with_for_update=True, populate_existing=True)
    if row.state != TransferState.OFFERED:
        raise Conflict(f"The offer {transfer} is {row.state} already.")
    row.state, row.answered_by, row.answered_at = state, by, now
    session.flush()
    return _transfer(row)


def _transfer(row: TransferRow) -> Transfer:
    return Transfer.model_validate(row, from_attributes=True)
