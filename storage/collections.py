"""Named collections of datasets, and what an organisation has given to them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from schemas.access import Contribution
from schemas.collection import Collection
from schemas.dataset import DatasetState
from storage import seals
from storage.tables import CollectedRow, CollectionRow, DatasetRow


def add(session: Session, collection: str, name: str) -> None:
    """A new, empty collection."""
    session.add(CollectionRow(id=collection, name=name))
    session.flush()


def exists(session: Session, collection: str) -> bool:
    """True when there is such a collection."""
    return session.get(CollectionRow, collection) is not None


def every(session: Session) -> list[Collection]:
    """All collections, by name."""
    rows = session.scalars(select(CollectionRow).order_by(CollectionRow.name))
    return [Collection(id=row.id, name=row.name) for row in rows]


def named(session: Session, name: str) -> bool:
    """True when a collection has this name."""
    return session.scalar(select(CollectionRow.id).where(CollectionRow.name == name)) is not None


def of_dataset(session: Session, dataset: str) -> list[str]:
    """Ids of the collections that a dataset is in."""
    chosen = select(CollectedRow.collection).where(CollectedRow.dataset == dataset)
    return list(session.scalars(chosen.order_by(CollectedRow.collection)))


def take_out(session: Session, collection: str, dataset: str) -> None:
    """Take a dataset out of a collection; not being there changes nothing."""
    this = (CollectedRow.collection == collection, CollectedRow.dataset == dataset)
    session.execute(delete(CollectedRow).where(*this))


def put(session: Session, collection: str, dataset: str, now: datetime) -> None:
    """Put a dataset into a collection; being there already changes nothing."""
    if session.get(CollectedRow, (collection, dataset)) is None:
        session.add(CollectedRow(collection=collection, dataset=dataset, added_at=now))
        session.flush()


def contributed(session: Session, organisation: str, named: Iterable[str] | None = None) -> frozenset[Contribution]:
    """How many datasets of each kind the organisation has in each of these collections, or in all (None).

    Those count that are released, were read well and are not withdrawn. One that the organisation has handed in to a
    round counts once its seal has ended: before, nobody gets it, and the count would tell others of the hand-in.
    """
    chosen = (
        select(CollectedRow.collection, DatasetRow.kind, func.count())
        .join(DatasetRow, DatasetRow.id == CollectedRow.dataset)
        .where(
            DatasetRow.owner == organisation,
            DatasetRow.state == DatasetState.RELEASED,
            DatasetRow.raw_only.is_(False),
            ~seals.meets_own(),
        )
        .group_by(CollectedRow.collection, DatasetRow.kind)
    )
    if named is not None:
        chosen = chosen.where(CollectedRow.collection.in_(sorted(named)))
    return frozenset(
        Contribution(collection=collection, kind=kind, count=count)
        for collection, kind, count in session.execute(chosen)
        if kind is not None
    )
