"""Named collections of datasets, and what an organisation has given to them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.access import Contribution
from schemas.dataset import DatasetState
from storage.tables import CollectedRow, CollectionRow, DatasetRow


def add(session: Session, collection: str, name: str) -> None:
    """A new, empty collection."""
    session.add(CollectionRow(id=collection, name=name))
    session.flush()


def exists(session: Session, collection: str) -> bool:
    """True when there is such a collection."""
    return session.get(CollectionRow, collection) is not None


def put(session: Session, collection: str, dataset: str, now: datetime) -> None:
    """Put a dataset into a collection; being there already changes nothing."""
    if session.get(CollectedRow, (collection, dataset)) is None:
        session.add(CollectedRow(collection=collection, dataset=dataset, added_at=now))
        session.flush()


def contributed(session: Session, organisation: str) -> frozenset[Contribution]:
    """How many datasets of each kind the organisation has in each collection: released, read well, not withdrawn."""
    chosen = (
        select(CollectedRow.collection, DatasetRow.kind, func.count())
        .join(DatasetRow, DatasetRow.id == CollectedRow.dataset)
        .where(
            DatasetRow.owner == organisation, DatasetRow.state == DatasetState.RELEASED, DatasetRow.raw_only.is_(False)
        )
        .group_by(CollectedRow.collection, DatasetRow.kind)
    )
    return frozenset(
        Contribution(collection=collection, kind=kind, count=count)
        for collection, kind, count in session.execute(chosen)
        if kind is not None
    )
