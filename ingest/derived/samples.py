"""The rows nearest to given times after a current began, for the resistance of pulses; and rows thinned to a few."""

import numpy as np

from ingest.derived.pieces import TIMES_S, Pieces
from ingest.derived.rows import Places, Reals, Rows

NEAR = 0.05
"""How far from a time, as a part of it, the row may be that stands for it."""
KEPT = 1024


def sample(rows: Rows, pieces: Pieces, begins: Places) -> None:
    """Writes for pieces under current the row of this block that is nearest to each of `TIMES_S`, where one is near."""
    ends = np.append(begins[1:], len(rows))
    longest = TIMES_S[-1] * (1 + NEAR)
    young = np.flatnonzero((pieces["sign"] != 0) & (rows.time[begins] <= pieces["began"] + longest))
    if not len(young):
        return
    times = np.array(TIMES_S)[:, np.newaxis]
    target = pieces["began"][young] + times
    after = np.clip(np.searchsorted(rows.time, target), begins[young], ends[young] - 1)
    ahead = np.maximum(after - 1, begins[young])
    off_after, off_ahead = rows.time[after] - target, rows.time[ahead] - target
    at = np.where(np.abs(off_ahead) <= np.abs(off_after), ahead, after)
    off = rows.time[at] - target
    near = np.abs(off) <= NEAR * times
    for seconds, places, distance, known in zip(TIMES_S, at, off, near, strict=True):
        if known.any():
            which, where = young[known], places[known]
            pieces[f"off_at_{seconds:g}s"][which] = distance[known]
            pieces[f"voltage_at_{seconds:g}s"][which] = rows.voltage[where]
            pieces[f"current_at_{seconds:g}s"][which] = rows.current[where]


def nearer(open_piece: Pieces, later: Pieces) -> None:
    """Takes over into an open piece what its continuation has nearer to the wanted times."""
    for seconds in TIMES_S:
        name = f"{seconds:g}s"
        ours, other = float(open_piece[f"off_at_{name}"][0]), float(later[f"off_at_{name}"][0])
        if np.isnan(other) or abs(ours) <= abs(other):
            continue
        for what in ("off", "voltage", "current"):
            open_piece[f"{what}_at_{name}"] = later[f"{what}_at_{name}"][:1]


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
