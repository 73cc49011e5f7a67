"""Opened: a table that the guard has let out, and how its rows leave: as a page, a series, CSV or Parquet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pyarrow as pa

from access.views import ROW, TIME
from exchange.delivery import as_file
from exchange.services import Services
from schemas.access import View
from schemas.delivery import Series, TablePage
from schemas.errors import NotFound, Refused, Trouble
from storage.query import TableReader
from storage.runs import StoredTable

TIMESERIES, CYCLES = "timeseries", "cycles"


@dataclass(frozen=True)
class Slice:
    """What of a table is wanted: columns (none named: all), one cycle, a range of rows from 0; in which view."""

    columns: tuple[str, ...] = ()
    cycle: int | None = None
    start: int = 0
    stop: int | None = None
    view: View = View.FULL

    @property
    def whole(self) -> bool:
        """True when the object is wanted as it is."""
        return self == Slice(view=self.view)

    @property
    def named(self) -> str:
        """The columns as they were typed, of which the audit keeps its distance: they may be any text."""
        return " ".join(self.columns)

    def __str__(self) -> str:
        """What the audit says of it."""
        rows = f"rows {self.start} to {'the end' if self.stop is None else self.stop}"
        return f"{'' if self.cycle is None else f'cycle {self.cycle}, '}{rows}, {len(self.columns) or 'all'} columns"


@dataclass(frozen=True)
class Opened:
    """A table and the rows of it that were asked for; `reference` cites it, `stem` begins names of files."""

    reference: str
    stem: str
    stored: StoredTable
    reader: TableReader
    start: int
    stop: int


def opened(
    services: Services,
    reference: str,
    stem: str,
    stored: StoredTable,
    cycles: StoredTable | None = None,
    cycle: int | None = None,
) -> Opened:
    """The table, whole or narrowed to one cycle, whose rows stand in the summary `cycles`."""
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    if cycle is None or cycles is None:
        return Opened(reference, stem, stored, reader, 0, stored.table.rows)
    at, start, stop = _rows_of_cycle(services, cycles, cycle, reference)
    if stored.table.name == CYCLES:
        start, stop = at, at + 1
    return Opened(reference, stem, stored, reader, start, stop)


def page(one: Opened, part: Slice, limit: int) -> TablePage:
    """At most `limit` rows from `part.start` of the selection."""
    first = min(one.start + part.start, one.stop)
    last = min(first + limit, one.stop)
    rows = one.reader.rows(list(part.columns) or None, first, last)
    onward = part.start + limit if last < one.stop else None
    units = {column.name: column.unit for column in one.stored.table.columns}
    return TablePage(
        reference=one.reference,
        table=one.stored.table.name,
        columns=tuple(rows.column_names),
        units=tuple(units.get(column, "") for column in rows.column_names),
        start=part.start,
        rows=tuple(zip(*(_plain(rows.column(column)) for column in rows.column_names), strict=True)),
        total=one.stop - one.start,
        next=onward,
    )


def series(one: Opened, x: str | None, part: Slice, points: int) -> Series:
    """Signals `part.columns` over `x`, in at most about `points` points each with every extreme kept.

    Without `x` the test time is the axis, or the row where the view has no time.
    """
    axis = x or (TIME if TIME in one.reader.columns() or ROW not in one.reader.columns() else ROW)
    start, stop = _range(one, part)
    arrays = one.reader.series(axis, list(part.columns), start, stop, points)
    columns = {column: tuple(_finite(values.tolist())) for column, values in arrays.items()}
    return Series(
        reference=one.reference, x=axis, columns=columns, rows=max(0, stop - start), points=len(columns[axis])
    )


def csv(one: Opened, part: Slice) -> tuple[str, Iterator[bytes]]:
    """File name and CSV bytes of the selection; text cells that a spreadsheet would run as a formula are escaped."""
    batches = one.reader.batches(list(part.columns) or None, *_range(one, part))
    return f"{one.stem}_{one.stored.table.name}.csv", as_file.csv_bytes(batches)


def parquet(services: Services, one: Opened, part: Slice) -> tuple[str, Iterator[bytes]]:
    """File name and Parquet bytes: the kept file as it is, or a new one of the selection."""
    filename = f"{one.stem}_{one.stored.table.name}.parquet"
    if part.whole:
        return filename, services.objects.stream(one.stored.key)
    batches = one.reader.batches(list(part.columns) or None, *_range(one, part))
    return filename, as_file.parquet_bytes(batches)


def no_cycles_in_view(cycle: int) -> Refused:
    """What is said where a view does not tell which rows belong to a cycle."""
    hint = "the columns cycle, start_row and end_row would have to be open"
    trouble = Trouble(pointer="/query/cycle", message="is not told by this view", value=str(cycle), hint=hint)
    return Refused("This view does not tell the cycles; leave `cycle` out.", errors=(trouble,))


def _rows_of_cycle(services: Services, cycles: StoredTable, cycle: int, of: str) -> tuple[int, int, int]:
    """Where the cycle stands in the summary, and its rows in the time series: first, behind the last."""
    reader = TableReader(services.objects, cycles.key, cycles.table.bytes)
    rows = reader.rows(["cycle", "start_row", "end_row"], 0, cycles.table.rows).to_pydict()
    if cycle not in rows["cycle"]:
        have = f"{rows['cycle'][0]} to {rows['cycle'][-1]}" if rows["cycle"] else "none"
        raise NotFound(f"{of} has no cycle {cycle}; it has {have}.")
    at = rows["cycle"].index(cycle)
    return at, rows["start_row"][at], rows["end_row"][at] + 1


def _range(one: Opened, part: Slice) -> tuple[int, int]:
    first = min(one.start + part.start, one.stop)
    last = one.stop if part.stop is None else min(one.start + part.stop, one.stop)
    return first, max(first, last)


def _plain(column: pa.ChunkedArray | pa.Array) -> list[float | int | str | None]:
    """Python values; JSON has no NaN nor infinity, they become null."""
    if pa.types.is_timestamp(column.type):
        return as_file.moments(column)
    values: list[float | int | str | None] = column.to_pylist()
    return [*_finite(values)] if pa.types.is_floating(column.type) else values


def _finite(values: Iterable[Any]) -> Iterator[float | None]:  # Any: floats and nulls of a column known as such
    return (value if value is not None and isfinite(value) else None for value in values)
