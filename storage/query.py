"""Read a table back from its object: some columns, some rows, without fetching the whole."""

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import Refused, Trouble
from storage.objects import ObjectStore

_TAIL = 64 * 1024
_NEAR = 256 * 1024
"""Two wanted ranges nearer than this are fetched as one: a request costs more than these bytes."""


class TableReader:
    """A Parquet object of `size` bytes; its footer is read at once (one request), columns when they are asked for."""

    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        self._source = _Ranges(store, key, size)
        self._file = pq.ParquetFile(pa.PythonFile(self._source, mode="r"), pre_buffer=False)
        self._metadata = self._file.metadata
        groups = (self._metadata.row_group(group).num_rows for group in range(self._metadata.num_row_groups))
        self._starts = [0, *accumulate(groups)]

    @property
    def num_rows(self) -> int:
        """Rows of the whole table."""
        return int(self._metadata.num_rows)

    def columns(self) -> list[str]:
        """Names in the table's order."""
        return list(self._file.schema_arrow.names)

    def rows(self, columns: Sequence[str] | None, start: int, stop: int) -> pa.Table:
        """Rows from `start` to before `stop`, in order; `Refused` names a column that is not there."""
        batches = list(self.batches(columns, start, stop))
        return pa.Table.from_batches(batches, schema=self._schema(self._known(columns)))

    def batches(
        self, columns: Sequence[str] | None, start: int = 0, stop: int | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The same row group by row group, so that memory does not grow with the table; at least one, if empty."""
        names = self._known(columns)
        stop = self.num_rows if stop is None else min(stop, self.num_rows)
        if start >= stop:
            yield pa.RecordBatch.from_pylist([], schema=self._schema(names))
            return
        for group in range(bisect_right(self._starts, start) - 1, bisect_right(self._starts, stop - 1)):
            first = self._starts[group]
            read = self._group(group, names)
            part = read.slice(max(0, start - first), min(stop, self._starts[group + 1]) - max(start, first))
            yield from part.combine_chunks().to_batches()

    def series(
        self, x: str, ys: Sequence[str], start: int, stop: int, points: int
    ) -> dict[str, npt.NDArray[np.float64]]:
        """`x` and each of `ys` at the rows that keep every extreme: per bucket of rows the minimum and maximum of each.

        About `points` rows, all of one length and in row order; the first and the last row are always among them.
        """
        table = self.rows(list(dict.fromkeys([x, *ys])), start, stop)
        rows = table.num_rows
        arrays = {name: table.column(name).to_numpy().astype(np.float64, copy=False) for name in table.column_names}
        if rows <= points:
            return arrays
        signals = [name for name in arrays if name != x] or [x]
        buckets = max(1, points // (2 * len(signals)))
        kept = np.unique(np.concatenate([[0, rows - 1], *(_extremes(arrays[name], buckets) for name in signals)]))
        return {name: values[kept] for name, values in arrays.items()}

    def _group(self, group: int, names: list[str]) -> pa.Table:
        chunks = [self._metadata.row_group(group).column(self._position[name]) for name in names]
        self._source.prepare([_span(chunk) for chunk in chunks])
        return self._file.read_row_group(group, columns=names, use_threads=False).select(names)

    @property
    def _position(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.columns())}

    def _known(self, columns: Sequence[str] | None) -> list[str]:
        there = self.columns()
        if columns is None:
            return there
        unknown = [name for name in columns if name not in there]
        if unknown:
            hint = "one of " + ", ".join(there)
            troubles = tuple(
                Trouble(pointer="/query/columns", message="is no column of this table", value=name[:200], hint=hint)
                for name in unknown
            )
            raise Refused(f"The table has no column {', '.join(unknown)[:300]}.", errors=troubles)
        return list(dict.fromkeys(columns))

    def _schema(self, names: list[str]) -> pa.Schema:
        whole = self._file.schema_arrow
        return pa.schema([whole.field(name) for name in names])


def _extremes(values: npt.NDArray[np.float64], buckets: int) -> npt.NDArray[np.int64]:
    """Row numbers of the minimum and the maximum of each bucket; rows that are not finite are left out."""
    width = -(-len(values) // buckets)
    whole = len(values) // width
    body = values[: whole * width].reshape(whole, width)
    offsets = np.arange(whole, dtype=np.int64) * width
    low = (
        np.where(np.isfinite(body), body, np.inf).argmin(axis=1) if not np.isfinite(body).all() else body.argmin(axis=1)
    )
    high = (
        np.where(np.isfinite(body), body, -np.inf).argmax(axis=1)
        if not np.isfinite(body).all()
        else body.argmax(axis=1)
    )
    found = [offsets + low, offsets + high]
    rest = values[whole * width :]
    if np.isfinite(rest).any():
        found.append(whole * width + np.array([np.nanargmin(rest), np.nanargmax(rest)], dtype=np.int64))
    return np.concatenate(found)


def _span(chunk: pq.ColumnChunkMetaData) -> tuple[int, int]:
    begin = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset is not None:
        begin = min(begin, chunk.dictionary_page_offset)
    return begin, begin + chunk.total_compressed_size


class _Ranges(io.RawIOBase):
    """A file whose bytes are fetched by range: the end at once, the rest where `prepare` says, joined when near."""

    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        self._store, self._key, self._size = store, key, size
        self._at = 0
        begin = max(0, size - _TAIL)
        self._held: list[tuple[int, bytes]] = [(begin, store.get(key, begin, size - begin))]

    def prepare(self, spans: list[tuple[int, int]]) -> None:
        """Fetch these ranges in as few requests as is sensible, in place of what was fetched before."""
        joined: list[list[int]] = []
        for begin, end in sorted(spans):
            if joined and begin - joined[-1][1] < _NEAR:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([begin, end])
        del self._held[1:]
        for begin, end in joined:
            if self._part(begin, end - begin) is None:
                self._held.append((begin, self._store.get(self._key, begin, end - begin)))

    def read(self, size: int = -1) -> bytes:
        size = self._size - self._at if size < 0 else min(size, self._size - self._at)
        found = self._part(self._at, size)
        if found is None:
            found = self._store.get(self._key, self._at, size)
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def _part(self, begin: int, length: int) -> bytes | None:
        for at, held in self._held:
            if at <= begin and begin + length <= at + len(held):
                return held[begin - at : begin - at + length]
        return None
