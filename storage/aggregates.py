"""Aggregates of collections that were published; only ever added, since later ones are held against them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.aggregate import Member, Published
from storage.tables import AggregateRow, CollectedRow, CollectionRow


def of(session: Session, collection: str) -> list[Published]:
    """Every one of a collection, oldest first."""
    chosen = select(AggregateRow).where(AggregateRow.collection == collection)
    return [_noun(row) for row in session.scalars(chosen.order_by(AggregateRow.made_at, AggregateRow.state))]


def held(session: Session, collection: str) -> list[Published]:
    """The same, and nobody else publishes one of this collection until commit."""
    session.get(CollectionRow, collection, with_for_update=True, populate_existing=True)
    return of(session, collection)


def keep(session: Session, made: Published) -> None:
    """Keep one whose object stands in the store."""
    facts = made.model_dump(exclude={"members"})
    members = {"members": [one.model_dump() for one in made.members]}
    session.add(AggregateRow(**facts, members=members))
    session.flush()


def collected(session: Session, collection: str) -> list[str]:
    """Ids of all datasets of a collection, in their order."""
    chosen = select(CollectedRow.dataset).where(CollectedRow.collection == collection)
    return list(session.scalars(chosen.order_by(CollectedRow.dataset)))


def _noun(row: AggregateRow) -> Published:
    facts = {name: getattr(row, name) for name in Published.model_fields if name != "members"}
    return Published(**facts, members=tuple(Member.model_validate(one) for one in row.members["members"]))
