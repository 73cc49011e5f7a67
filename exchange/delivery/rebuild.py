"""Rebuild: rows of a table as a view shows them, made anew from allowed columns; pure, knows no dataset."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from access.views import BLINDED, FROM_THE_BEGINNING, ROW, TIME, WORDS
from schemas.errors import Conflict
from schemas.quantities import QUANTITIES

VERSION = "1"
"""Raised when this makes other rows: what an older one made is not handed out any more."""
TIMESERIES = "timeseries"
Batches = Iterator[pa.RecordBatch]
_DECIMALS = 6
"""Microseconds: the last digits of a float would tell of the former beginning."""
_DIGITS = 9
"""Significant ones of what was worked out; a measured value keeps those that it has."""
_MEASURED = frozenset(QUANTITIES)


def numbered(batches: Iterable[pa.RecordBatch], columns: Sequence[str]) -> Batches:
    """These columns; `row`, where it is asked for, counts the rows from 0."""
    first = 0
    for batch in batches:
        arrays = [
            pa.array(np.arange(first, first + len(batch), dtype=np.int64)) if name == ROW else batch.column(name)
            for name in columns
        ]
        yield pa.RecordBatch.from_arrays(arrays, names=list(columns))
        first += len(batch)


def blinded(batches: Iterable[pa.RecordBatch], table: str, begin_s: float) -> Batches:
    """The columns that a blinded table of this name has; those that are not there are empty numbers.

    Times count from `begin_s`, text is one of the known words or empty.
    """
    for batch in _in_order(batches) if table == TIMESERIES else batches:
        there = set(batch.schema.names)
        arrays = [
            _neutral(name, batch.column(name), begin_s) if name in there else pa.nulls(len(batch), pa.float64())
            for name in BLINDED[table]
        ]
        yield pa.RecordBatch.from_arrays(arrays, names=list(BLINDED[table]))


def _in_order(batches: Iterable[pa.RecordBatch]) -> Batches:
    """The same; `Conflict` where a test time goes back, since the order would tell how the file was put together."""
    last = -np.inf
    for batch in batches:
        times = batch.column(TIME).to_numpy(zero_copy_only=False).astype(np.float64)
        known = times[~np.isnan(times)]
        if len(known) and (known[0] < last or (np.diff(known) < 0).any()):
            raise Conflict("The rows are not in order of test time, so that there is no blinded form of them.")
        last = known[-1] if len(known) else last
        yield batch


def _neutral(name: str, column: pa.Array, begin_s: float) -> pa.Array:
    if name in FROM_THE_BEGINNING:
        return pc.round(pc.subtract(column.cast(pa.float64()), begin_s), _DECIMALS)
    if name in WORDS:
        words = column.cast(pa.string())
        return pc.if_else(pc.is_in(words, pa.array(sorted(WORDS[name]))), words, pa.scalar(None, pa.string()))
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_timestamp(column.type):
        return pa.nulls(len(column), pa.string())
    return _rounded(column) if pa.types.is_floating(column.type) and name not in _MEASURED else column


def _rounded(column: pa.Array) -> pa.Array:
    """To so many significant digits; nothing known stays so."""
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.abs(values))))
        round_ = np.round(values * scale) / scale
    return pa.array(np.where(np.isfinite(round_), round_, values), mask=np.asarray(column.is_null()))
