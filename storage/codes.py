"""Which letters stand for which dataset, in each collection."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import CodeRow, CollectionRow


def of(session: Session, collection: str) -> dict[str, str]:
    """Every code of a collection and its dataset, in the order of the alphabet."""
    chosen = select(CodeRow).where(CodeRow.collection == collection).order_by(CodeRow.code)
    return {row.code: row.dataset for row in session.scalars(chosen)}


def held(session: Session, collection: str) -> dict[str, str]:
    """The same, and nobody else gives a code in this collection until commit."""
    session.get(CollectionRow, collection, with_for_update=True, populate_existing=True)
    return of(session, collection)


def dataset_of(session: Session, collection: str, code: str) -> str | None:
    """The dataset that goes by a code; None when there is none."""
    row = session.get(CodeRow, (collection, code))
    return None if row is None else row.dataset


def keep(session: Session, collection: str, code: str, dataset: str, now: datetime) -> None:
    """From now on the dataset goes by this code, for ever."""
    session.add(CodeRow(collection=collection, code=code, dataset=dataset, made_at=now))
    session.flush()
