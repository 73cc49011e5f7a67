"""Read tables back: some rows and columns of a Parquet object, or a series for a plot, without fetching it whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import Refused, Trouble
from storage.extremes import ROW, Array, Columns, thinned
from storage.objects import ObjectStore
from storage.ranges import Range, RangeFile

_WINDOW_BYTES = 16 << 20
"""Compressed bytes of row groups that are held at once."""
_REQUESTS = 4
"""For up to four row groups, which is one cycle; with the end of the file and a long footer these are six."""


@dataclass(frozen=True)
class ColumnRange:
    """Least and greatest value of a column of numbers (null for text), and how many of its cells are empty."""

    bounds: tuple[float | None, float | None]
    empty: int


def ranges(footer: pq.FileMetaData) -> dict[str, ColumnRange]:
    """The range of every column by the statistics in a Parquet footer; NaN is not among them."""
    found: dict[str, ColumnRange] = {}
    for at in range(footer.num_columns):
        groups = [footer.row_group(group).column(at).statistics for group in range(footer.num_row_groups)]
        known = [one for one in groups if one is not None and one.has_min_max and isinstance(one.min, int | float)]
        low, high = min((one.min for one in known), default=None), max((one.max for one in known), default=None)
        empty = sum(one.null_count or 0 for one in groups if one is not None)
        found[footer.schema.column(at).name] = ColumnRange((low, high), empty)
    return found


class TableReader:
    """One Parquet object of `size` bytes; rows are counted from 0, ranges end before `stop` and are cut to the table.

    `Refused` names a column that the table does not have, `NotFound` an object that is gone.
    """

    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        self._store, self._key, self._size = store, key, size

    @property
    def num_rows(self) -> int:
        """Rows of the whole table."""
        return int(self._parquet.metadata.num_rows)

    def columns(self) -> list[str]:
        """Names of all columns, in the order of the file."""
        return list(self._positions)

    def ranges(self) -> dict[str, ColumnRange]:
        """Least and greatest value of every column, from the footer alone."""
        return ranges(self._parquet.metadata)

    def rows(self, columns: Sequence[str] | None, start: int, stop: int) -> pa.Table:
        """Rows `start` to `stop` of the named columns, in their order; None: all columns."""
        pieces = list(self._pieces(self._named(columns), max(0, start), min(stop, self.num_rows)))
        return pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces)

    def batches(self, columns: Sequence[str] | None, start: int, stop: int) -> Iterator[pa.RecordBatch]:
        """The same piece by piece, of any length; unknown columns are refused before the first is asked for."""
        return self._batches(self._named(columns), max(0, start), min(stop, self.num_rows))

    def series(self, x: str, ys: Sequence[str], start: int, stop: int, points: int) -> dict[str, Array]:
        """`x` and the signals `ys` at the same rows, about `points` of them, every extreme of each signal kept."""
        names = self._named([x, *ys])
        signals = [name for name in names if name in ys]
        self._refuse_text(names)
        start, stop = max(0, start), min(stop, self.num_rows)
        if stop - start <= max(points, 2):
            rows = self.rows(names, start, stop)
            return {name: _array(rows.column(name)) for name in names}
        return thinned(self._numbered(names, start, stop), signals, stop - start, points)

    @cached_property
    def _file(self) -> RangeFile:
        return RangeFile(self._store, self._key, self._size)

    @cached_property
    def _parquet(self) -> pq.ParquetFile:
        # Arrow reads of its own memory without asking Python for each piece.
        held = self._file.held
        return pq.ParquetFile(self._file if held is None else pa.BufferReader(held), pre_buffer=False)

    @cached_property
    def _fields(self) -> pa.Schema:
        # Made anew at each call, and a row group may be read in less time.
        return self._parquet.schema_arrow

    def _batches(self, names: list[str], start: int, stop: int) -> Iterator[pa.RecordBatch]:
        for piece in self._pieces(names, start, stop):
            # A piece without rows, which there is where nothing is selected, would make no batch.
            yield from piece.to_batches() or [pa.RecordBatch.from_pylist([], schema=piece.schema)]

    def _pieces(self, names: list[str], start: int, stop: int) -> Iterator[pa.Table]:
        """At least one, as the columns are told where no row is selected too."""
        if start >= stop:
            yield self._schema(names).empty_table()
            return
        first_rows = np.cumsum([0, *(self._parquet.metadata.row_group(i).num_rows for i in self._groups())]).tolist()
        wanted = [i for i in self._groups() if first_rows[i] < stop and start < first_rows[i + 1]]
        for window in self._fetched(wanted, names):
            for group in window:
                first = first_rows[group]
                table = self._up_to(group, names, stop - first).select(names)
                yield table.slice(max(0, start - first), min(stop - first, len(table)) - max(0, start - first))

    def _up_to(self, group: int, names: list[str], count: int) -> pa.Table:
        """The columns of a row group, at least its first `count` rows: what comes after is not decoded."""
        rows_in = self._parquet.metadata.row_group(group).num_rows
        if not names or count >= rows_in:
            return self._parquet.read_row_group(group, columns=names, use_threads=False)
        batches, rows = [], 0
        for batch in self._parquet.iter_batches(count, row_groups=[group], columns=names, use_threads=False):
            batches.append(batch)
            rows += len(batch)
            if rows >= count:
                break
        return pa.Table.from_batches(batches)

    def _schema(self, names: list[str]) -> pa.Schema:
        return pa.schema([self._fields.field(name) for name in names])

    def _numbered(self, names: list[str], start: int, stop: int) -> Iterator[Columns]:
        row = 0
        for batch in self.batches(names, start, stop):
            if len(batch):
                columns = {name: _array(batch.column(name)) for name in names}
                yield columns | {ROW: np.arange(row, row + len(batch))}
                row += len(batch)

    def _groups(self) -> range:
        return range(self._parquet.metadata.num_row_groups)

    def _fetched(self, groups: list[int], names: list[str]) -> Iterator[list[int]]:
        """Row groups that are brought into memory together: as many as fit, at least one; all where they are there."""
        if self._file.held is not None:
            yield groups
            return
        ranges = {group: list(self._ranges(group, names)) for group in groups}
        for window in _windows(groups, [sum(end - first for first, end in ranges[group]) for group in groups]):
            wanted = [byte_range for group in window for byte_range in ranges[group]]
            self._file.fetch(wanted, max(_REQUESTS, len(window)))
            yield window

    def _ranges(self, group: int, names: list[str]) -> Iterator[Range]:
        """Where a row group keeps the columns."""
        described = self._parquet.metadata.row_group(group)
        for position in (at for name in names for at in self._positions[name]):
            column = described.column(position)
            first = column.data_page_offset
            if column.has_dictionary_page:
                first = min(first, column.dictionary_page_offset)
            yield first, first + column.total_compressed_size

    @cached_property
    def _positions(self) -> dict[str, list[int]]:
        """Where each column stands in a row group; one that holds lists or structs takes several places."""
        # Arrow's own schema takes longer to make than a short table to read.
        schema = self._parquet.metadata.schema
        found: dict[str, list[int]] = {}
        for position in range(len(schema)):
            column = schema.column(position)
            name = column.path if column.path == column.name else column.path.split(".")[0]
            found.setdefault(name, []).append(position)
        return found

    def _named(self, columns: Sequence[str] | None) -> list[str]:
        there = self.columns()
        if columns is None:
            return there
        unknown = [name for name in dict.fromkeys(columns) if name not in there]
        if not unknown:
            return list(dict.fromkeys(columns))
        raise Refused(
            f"The table has no column {', '.join(unknown)[:300]}.",
            errors=tuple(_unknown(name, there) for name in unknown),
        )

    def _refuse_text(self, signals: list[str]) -> None:
        types = {name: self._fields.field(name).type for name in signals}
        wrong = [
            Trouble(pointer="/query/columns", message="is not a number", value=name, hint="Name columns of numbers.")
            for name, type in types.items()
            if not (pa.types.is_integer(type) or pa.types.is_floating(type))
        ]
        if wrong:
            raise Refused("A series shows numbers.", errors=tuple(wrong))


def _windows(groups: list[int], needed: list[int]) -> Iterator[list[int]]:
    """Row groups in windows of at most so many bytes, of which each needs as many as given."""
    window: list[int] = []
    held = 0
    for group, more in zip(groups, needed, strict=True):
        if window and held + more > _WINDOW_BYTES:
            yield window
            window, held = [], 0
        window.append(group)
        held += more
    if window:
        yield window


def _unknown(name: str, there: list[str]) -> Trouble:
    near = get_close_matches(name, there, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"It has {', '.join(there)}."
    return Trouble(pointer="/query/columns", message="is no column of this table", value=name[:100], hint=hint)


def _array(column: pa.Array | pa.ChunkedArray) -> Array:
    values: Array = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return values
