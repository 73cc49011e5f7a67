"""Deliver: rows, series, CSV and Parquet out of a build's tables, each behind the guard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pyarrow as pa

from exchange import as_file, guard
from exchange.choose import Pin, chosen, reference
from exchange.services import Services
from schemas.access import Exit, Principal
from schemas.dataset import IngestRun
from schemas.delivery import Series, TablePage
from schemas.errors import NotFound
from schemas.ingested import Table
from storage import runs
from storage.query import TableReader
from storage.runs import StoredTable

TIMESERIES, CYCLES = "timeseries", "cycles"


@dataclass(frozen=True)
class Slice:
    """What of a table is wanted: columns (none named: all), one cycle, and a range of rows counted from 0."""

    columns: tuple[str, ...] = ()
    cycle: int | None = None
    start: int = 0
    stop: int | None = None


@dataclass(frozen=True)
class Opened:
    """A table behind the guard, narrowed to the rows that were asked for."""

    run: IngestRun
    stored: StoredTable
    reader: TableReader
    start: int
    stop: int


def tables(services: Services, who: Principal, dataset: str, pin: Pin) -> tuple[Table, ...]:
    """The tables of a build."""
    found = guard.allow(services, who, Exit.TABLE, dataset, detail="tables")
    with services.sessions.read() as session:
        return chosen(session, who, found, pin).tables


def page(services: Services, who: Principal, dataset: str, pin: Pin, name: str, part: Slice, limit: int) -> TablePage:
    """At most `limit` rows from `part.start` of the selection."""
    opened = _open(services, who, Exit.TABLE, dataset, pin, name, part)
    first = min(opened.start + part.start, opened.stop)
    last = min(first + limit, opened.stop)
    rows = opened.reader.rows(list(part.columns) or None, first, last)
    onward = part.start + limit if last < opened.stop else None
    units = {column.name: column.unit for column in opened.stored.table.columns}
    return TablePage(
        reference=reference(opened.run),
        table=name,
        columns=tuple(rows.column_names),
        units=tuple(units.get(column, "") for column in rows.column_names),
        start=part.start,
        rows=tuple(zip(*(_plain(rows.column(column)) for column in rows.column_names), strict=True)),
        total=opened.stop - opened.start,
        next=onward,
    )


def series(
    services: Services, who: Principal, dataset: str, pin: Pin, x: str, part: Slice, points: int, name: str = TIMESERIES
) -> Series:
    """Signals `part.columns` over `x`, in at most about `points` points each with every extreme kept."""
    opened = _open(services, who, Exit.SERIES, dataset, pin, name, part)
    start = min(opened.start + part.start, opened.stop)
    stop = opened.stop if part.stop is None else min(opened.start + part.stop, opened.stop)
    arrays = opened.reader.series(x, list(part.columns), start, max(start, stop), points)
    columns = {column: tuple(_finite(values.tolist())) for column, values in arrays.items()}
    return Series(
        reference=reference(opened.run), x=x, columns=columns, rows=max(0, stop - start), points=len(columns[x])
    )


def as_csv(
    services: Services, who: Principal, dataset: str, pin: Pin, name: str, part: Slice
) -> tuple[str, Iterator[bytes]]:
    """File name and CSV bytes of the selection; text cells that a spreadsheet would run as a formula are escaped."""
    opened = _open(services, who, Exit.TABLE, dataset, pin, name, part)
    batches = opened.reader.batches(list(part.columns) or None, *_range(opened, part))
    return f"{_stem(opened.run)}_{name}.csv", as_file.csv_bytes(batches)


def as_parquet(
    services: Services, who: Principal, dataset: str, pin: Pin, name: str, part: Slice
) -> tuple[str, Iterator[bytes]]:
    """File name and Parquet bytes: the stored file as it is, or a new one of the selection."""
    opened = _open(services, who, Exit.TABLE, dataset, pin, name, part)
    filename = f"{_stem(opened.run)}_{name}.parquet"
    if part == Slice():
        return filename, services.objects.stream(opened.stored.key)
    batches = opened.reader.batches(list(part.columns) or None, *_range(opened, part))
    return filename, as_file.parquet_bytes(batches)


def _open(services: Services, who: Principal, exit: Exit, dataset: str, pin: Pin, name: str, part: Slice) -> Opened:
    found = guard.allow(services, who, exit, dataset, detail=f"{name} {pin} {part}")
    with services.sessions.read() as session:
        run = chosen(session, who, found, pin)
        stored = _stored(runs.table(session, run.id, name), run, name)
        cycles = None if part.cycle is None else _stored(runs.table(session, run.id, CYCLES), run, CYCLES)
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    start, stop = 0, stored.table.rows
    if cycles is not None and part.cycle is not None:
        at, start, stop = _rows_of_cycle(services, cycles, part.cycle, reference(run))
        if name == CYCLES:
            start, stop = at, at + 1
    return Opened(run, stored, reader, start, stop)


def _stored(table: StoredTable | None, run: IngestRun, name: str) -> StoredTable:
    if table is None:
        there = ", ".join(one.name for one in run.tables) or "none"
        raise NotFound(f"{reference(run)} has no table '{name}'; it has: {there}.")
    return table


def _rows_of_cycle(services: Services, cycles: StoredTable, cycle: int, of: str) -> tuple[int, int, int]:
    """Where the cycle stands in the summary, and its rows in the time series: first, behind the last."""
    reader = TableReader(services.objects, cycles.key, cycles.table.bytes)
    rows = reader.rows(["cycle", "start_row", "end_row"], 0, cycles.table.rows).to_pydict()
    if cycle not in rows["cycle"]:
        have = f"{rows['cycle'][0]} to {rows['cycle'][-1]}" if rows["cycle"] else "none"
        raise NotFound(f"{of} has no cycle {cycle}; it has {have}.")
    at = rows["cycle"].index(cycle)
    return at, rows["start_row"][at], rows["end_row"][at] + 1


def _range(opened: Opened, part: Slice) -> tuple[int, int]:
    first = min(opened.start + part.start, opened.stop)
    last = opened.stop if part.stop is None else min(opened.start + part.stop, opened.stop)
    return first, max(first, last)


def _stem(run: IngestRun) -> str:
    return f"{run.dataset}_v{run.version}_b{run.build}"


def _plain(column: pa.ChunkedArray | pa.Array) -> list[float | int | str | None]:
    """Python values; JSON has no NaN nor infinity, they become null."""
    if pa.types.is_timestamp(column.type):
        return as_file.moments(column)
    values: list[float | int | str | None] = column.to_pylist()
    return [*_finite(values)] if pa.types.is_floating(column.type) else values


def _finite(values: Iterable[Any]) -> Iterator[float | None]:  # Any: floats and nulls of a column known as such
    return (value if value is not None and isfinite(value) else None for value in values)
