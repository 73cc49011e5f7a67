"""Naming: which datasets of an organisation are meant by a file's name, or by kind, cell and title."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from schemas.dataset import DatasetState
from storage.tables import DatasetRow, VersionFileRow

_NAMES = 500
"""So many names stand in one query."""


@dataclass(frozen=True)
class Named:
    """What a dataset is named by."""

    dataset: str
    draft: bool
    kind: str | None
    cell: str | None
    title: str | None


def of_files(session: Session, owner: str, names: Collection[str]) -> dict[str, list[Named]]:
    """The owner's datasets, withdrawn ones left out, into which files of these names were uploaded, by the name."""
    found: dict[str, list[Named]] = defaultdict(list)
    for some in _cut(sorted(names)):
        chosen = (
            select(VersionFileRow.filename, DatasetRow)
            .join(DatasetRow, DatasetRow.id == VersionFileRow.dataset)
            .where(VersionFileRow.filename.in_(some), *_theirs(owner))
            .order_by(DatasetRow.id)
            .distinct()
        )
        for filename, row in session.execute(chosen):
            found[filename].append(_named(row))
    return found


def of_cells(session: Session, owner: str, cells: Collection[str]) -> list[Named]:
    """The owner's datasets of these cells, withdrawn ones left out."""
    return [
        _named(row)
        for some in _cut(sorted(cells))
        for row in session.scalars(select(DatasetRow).where(DatasetRow.cell.in_(some), *_theirs(owner)))
    ]


def of_titles(session: Session, owner: str, titles: Collection[str]) -> list[Named]:
    """The owner's datasets with these titles, withdrawn ones left out."""
    return [
        _named(row)
        for some in _cut(sorted(titles))
        for row in session.scalars(select(DatasetRow).where(DatasetRow.title.in_(some), *_theirs(owner)))
    ]


def _theirs(owner: str) -> tuple[ColumnElement[bool], ...]:
    return DatasetRow.owner == owner, DatasetRow.state != DatasetState.WITHDRAWN


def _named(row: DatasetRow) -> Named:
    return Named(row.id, row.state == DatasetState.DRAFT, row.kind, row.cell, row.title)


def _cut(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(names), _NAMES):
        yield names[first : first + _NAMES]
