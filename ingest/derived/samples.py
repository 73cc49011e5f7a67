"""The rows nearest to given times after a current began, for the resistance of pulses; and rows thinned to a few."""

import numpy as np

from ingest.derived.pieces import TIMES_S, Pieces
from ingest.derived.rows import Places, Reals, Rows

NEAR = 0.05
"""How far from a time, as a part of it, the row may be that stands for it."""
LONGEST_S = 120.0
"""A longer piece is no pulse."""
KEPT = 1024


def sample(rows: Rows, pieces: Pieces, begins: Places, last: Places) -> None:
    """Writes for pieces that may be pulses the row of this block that is nearest to each of `TIMES_S`, where one is."""
    longest = TIMES_S[-1] * (1 + NEAR)
    began = pieces["began"]
    young = (pieces["time_last"] - began <= LONGEST_S) & (pieces["time_first"] - began <= longest)
    young = (young & (pieces["sign"] != 0)).nonzero()[0]
    if not len(young):
        return
    times = np.array(TIMES_S)[:, np.newaxis]
    target = began[young] + times
    begin = begins[young]
    after = np.minimum(np.maximum(rows.time.searchsorted(target), begin), last[young])
    ahead = np.maximum(after - 1, begin)
    at = np.where(np.abs(rows.time[ahead] - target) <= np.abs(rows.time[after] - target), ahead, after)
    off = rows.time[at] - target
    found = np.stack((off, rows.voltage[at], rows.current[at]), axis=1)
    pieces.near[..., young] = np.where((np.abs(off) <= NEAR * times)[:, np.newaxis], found, np.nan)


def nearer(open_piece: Pieces, later: Pieces) -> None:
    """Takes over into an open piece what its continuation has nearer to the wanted times."""
    if np.isnan(later.near).all():
        return
    ours, other = np.abs(open_piece.near[:, :1]), np.abs(later.near[:, :1])
    np.copyto(open_piece.near, later.near, where=~np.isnan(other) & ~(ours <= other))


class Thinned:
    """Columns of a run of rows: all of them, or every 2nd, 4th … once there are more than 2048."""

    def __init__(self, columns: int) -> None:
        self._parts: list[tuple[Reals, ...]] = []
        self._columns = columns
        self._stride = 1
        self._seen = 0

    def add(self, *columns: Reals) -> None:
        """The next rows."""
        count = len(columns[0])
        stride = self._stride
        while self._seen + count > 2 * KEPT * stride:
            stride *= 2
        if stride > self._stride:
            self._parts = [tuple(column[:: stride // self._stride] for column in self.columns())]
            self._stride = stride
        offset = -self._seen % self._stride
        # A copy, as a view would keep the whole block in memory.
        self._parts.append(tuple(column[offset :: self._stride].copy() for column in columns))
        self._seen += count

    def columns(self) -> tuple[Reals, ...]:
        """What was kept, in order."""
        if not self._parts:
            return tuple(np.empty(0) for _ in range(self._columns))
        return tuple(np.concatenate(parts) for parts in zip(*self._parts, strict=True))
