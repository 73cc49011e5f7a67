"""Which datasets point to which registered objects, kept equal to their present records."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from schemas.access import Level, Scope
from schemas.metadata import Metadata
from schemas.record.field import FieldClass
from schemas.record.pointers import loosest, pointers
from storage.tables import DatasetRow, PointerRow, RegisteredRow
from storage.visible import visible

_MOST = 2000
"""So many datasets that open no tables are looked at for what they open of objects."""


@dataclass(frozen=True)
class Pointed:
    """A dataset that points to an object, from a field of this class."""

    dataset: str
    of: FieldClass


def refresh(session: Session, dataset: str, record: Metadata) -> None:
    """Enter what the record points to, in place of what it pointed to before."""
    found: dict[str, FieldClass] = {}
    for one in pointers(record):
        found[one.object] = loosest(one.of, found.get(one.object, one.of))
    session.execute(delete(PointerRow).where(PointerRow.dataset == dataset))
    if found:
        rows = [{"dataset": dataset, "object": object, "field_class": of} for object, of in found.items()]
        session.execute(insert(PointerRow), rows)


def opening(session: Session, within: Scope, objects: Collection[str]) -> dict[str, list[Pointed]]:
    """By object, datasets of its own owner that point to it and whose record the scope opens.

    Where one opens its tables as well, it stands alone: none opens more.
    """
    found: dict[str, list[Pointed]] = defaultdict(list)
    of_owner = (
        select(PointerRow.object, func.min(PointerRow.dataset), func.min(PointerRow.field_class))
        .join(DatasetRow, DatasetRow.id == PointerRow.dataset)
        .join(RegisteredRow, RegisteredRow.id == PointerRow.object)
        .where(PointerRow.object.in_(objects), RegisteredRow.owner == DatasetRow.owner)
    )
    whole = of_owner.where(visible(within, Level.TABLES)).group_by(PointerRow.object)
    for object, dataset, _ in session.execute(whole):
        found[object].append(Pointed(dataset, FieldClass.CORE))
    rest = (
        of_owner.where(visible(within, Level.METADATA), PointerRow.object.not_in(found))
        .group_by(PointerRow.object, PointerRow.dataset)
        .limit(_MOST)
    )
    for object, dataset, of in session.execute(rest):
        found[object].append(Pointed(dataset, FieldClass(of)))
    return found


def at(session: Session, within: Scope, object: str, limit: int) -> list[Pointed]:
    """The newest datasets of any owner that point to an object and whose record the scope opens."""
    chosen = (
        select(PointerRow.dataset, PointerRow.field_class)
        .join(DatasetRow, DatasetRow.id == PointerRow.dataset)
        .where(PointerRow.object == object, visible(within, Level.METADATA))
        .order_by(DatasetRow.created_at.desc(), DatasetRow.id)
        .limit(limit)
    )
    return [Pointed(dataset, FieldClass(of)) for dataset, of in session.execute(chosen)]


def unknown(session: Session, objects: Iterable[str]) -> set[str]:
    """Those of these ids that no object has."""
    wanted = set(objects)
    return wanted - set(session.scalars(select(RegisteredRow.id).where(RegisteredRow.id.in_(wanted))))
