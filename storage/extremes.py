"""Thin out signals for a plot so that every bucket of rows keeps the least and the greatest value of each signal."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]  # Any: a column has its own type.
Columns = Mapping[str, Array]
"""Columns of equal length, one of which is the row number, counted from the first row wanted."""
ROW = "row number"


def thinned(batches: Iterable[Columns], signals: list[str], count: int, points: int) -> dict[str, Array]:
    """Rows that show `signals` in about `points` points out of `count`, in order; all columns at the same rows.

    The first and the last row are kept, and a bucket without any value keeps one row, so that gaps stay gaps.
    """
    buckets = max(1, (points - 2) // (2 * max(1, len(signals))))
    width = max(1, -(-count // buckets))
    # Batches cut buckets in two: what each keeps is put together and thinned once more.
    kept = [_kept(batch, signals, count, width) for batch in batches]
    together = {name: np.concatenate([one[name] for one in kept]) for name in kept[0]}
    return {name: values for name, values in _kept(together, signals, count, width).items() if name != ROW}


def _kept(columns: Columns, signals: list[str], count: int, width: int) -> dict[str, Array]:
    rows = columns[ROW].astype(np.int64)
    chosen = [np.flatnonzero((rows == 0) | (rows == count - 1))]
    edges = np.flatnonzero(np.diff(rows // width)) + 1
    for signal in signals:
        chosen.append(_extremes(columns[signal], [0, *edges.tolist(), len(rows)]))
    at = np.unique(np.concatenate(chosen))
    return {name: values[at] for name, values in columns.items()}


def _extremes(values: Array, edges: list[int]) -> npt.NDArray[np.int64]:
    low, high = _comparable(values)
    found: list[int] = []
    for first, end in pairwise(edges):
        if first < end:
            found += (first + int(low[first:end].argmin()), first + int(high[first:end].argmax()))
    return np.array(found, dtype=np.int64)


def _comparable(values: Array) -> tuple[Array, Array]:
    """The values as seen by a search for the least and for the greatest, where an unknown one is neither."""
    if not np.issubdtype(values.dtype, np.floating):
        return values, values
    unknown = np.isnan(values)
    if not unknown.any():
        return values, values
    return np.where(unknown, np.inf, values), np.where(unknown, -np.inf, values)
