"""Objects made of a build for a view: found, kept, and let go when the build's tables are gone."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.access import View
from schemas.ingested import Column, Table
from storage.runs import StoredTable
from storage.tables import AggregateRow, TableRow, ViewRow


@dataclass(frozen=True)
class Wanted:
    """Which object is meant: a table of a run in a view with these columns, made in this way."""

    run: str
    table: str
    view: View
    columns: tuple[str, ...]
    how: str = ""

    @property
    def columns_hash(self) -> str:
        """SHA-256 of the columns, whatever their order, and of how it is made."""
        return hashlib.sha256("\n".join((self.how, *sorted(self.columns))).encode()).hexdigest()


def find(session: Session, wanted: Wanted) -> StoredTable | None:
    """The object that is kept; None before it is made."""
    row = session.get(ViewRow, (wanted.run, wanted.table, wanted.view.value, wanted.columns_hash))
    if row is None:
        return None
    facts = {name: getattr(row, name) for name in ("rows", "bytes", "sha256")}
    columns = tuple(Column.model_validate(one) for one in row.columns["columns"])
    return StoredTable(row.key, Table(name=row.table, file=f"{row.table}.parquet", columns=columns, **facts))


def keep(session: Session, wanted: Wanted, key: str, made: Table, now: datetime) -> StoredTable:
    """Keep an object that stands in the store; where another was quicker, that one is the one."""
    row = ViewRow(
        run=wanted.run,
        table=wanted.table,
        view=wanted.view.value,
        columns_hash=wanted.columns_hash,
        key=key,
        columns={"columns": [one.model_dump() for one in made.columns]},
        made_at=now,
        **made.model_dump(include={"rows", "bytes", "sha256"}),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = find(session, wanted)
        if found is None:
            raise
        return found
    return StoredTable(key, made)


def outlived(session: Session) -> list[str]:
    """Forget the objects of runs that have no table any more; returns their keys."""
    rows = list(session.scalars(select(ViewRow).where(~exists().where(TableRow.run == ViewRow.run))))
    for row in rows:
        session.delete(row)
    session.flush()
    return [row.key for row in rows]


def in_use(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the keys that a row names."""
    wanted = list(keys)
    found = set(session.scalars(select(ViewRow.key).where(ViewRow.key.in_(wanted))))
    return found | set(session.scalars(select(AggregateRow.key).where(AggregateRow.key.in_(wanted))))
