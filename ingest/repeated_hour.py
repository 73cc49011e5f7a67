"""Clock times in the hour that the end of daylight saving repeats: which pass of it each row stands in."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.daylight import Flags, Reals, changes
from ingest.findings import LISTED
from ingest.steps import Columns
from schemas.report import Problem, Severity

Ahead = Callable[[], Generator[Columns, None, None]]
Places = npt.NDArray[np.intp]

CLOCK, TIME = "unix_time_second", "test_time_second"
_SET_BACK_S = 60.0
"""A clock that is set falls by this much at most; one that falls further within the repeated hour begins it anew."""


@dataclass(frozen=True)
class _Before:
    """Clock and test time of the last row that has a clock time, NaN where there is none; s."""

    clock: float = np.nan
    time: float = np.nan


@dataclass(frozen=True)
class _Rows:
    """The rows of a batch that have a clock time, each read as the first pass.

    `hour` is the instant at which a row's repeated hour is over and `shift` its length in s; both 0 elsewhere.
    """

    places: Places
    clock: Reals
    time: Reals
    hour: Reals
    shift: Reals
    before: _Before

    @property
    def last(self) -> _Before:
        return _Before(float(self.clock[-1]), float(self.time[-1]))

    @property
    def moved(self) -> Reals:
        """Seconds that the clock went on since the row before."""
        steps: Reals = np.nan_to_num(np.diff(self.clock, prepend=self.before.clock))
        return steps

    @property
    def behind(self) -> Reals:
        """Seconds that the test time went on by more than the clock; where it is absent or starts anew it stood."""
        ran = np.nan_to_num(np.diff(self.time, prepend=self.before.time))
        behind: Reals = np.maximum(ran, 0.0) - self.moved
        return behind

    @property
    def anew(self) -> Flags:
        """Rows at which the test time, or a clock that falls, shows that the second pass has begun."""
        found: Flags = (self.shift > 0) & ((self.behind > self.shift / 2) | (self.moved < -_SET_BACK_S))
        return found


class RepeatedHour:
    """Moves rows to the second pass of a repeated hour where they stand in it; a skipped hour becomes null.

    The second pass begins at the row to which the test time ran on by half that hour more than the clock, or at which
    the clock falls, and lasts until the hour is over. Where a file begins within the hour, `ahead` reads its canonical
    columns from the start to where the hour is left. Cells of a skipped hour come as NaN.
    """

    def __init__(self, zone: str, ahead: Ahead) -> None:
        self._zone, self._ahead = zone, ahead
        self._before = _Before()
        self._hour = 0.0
        self._second = self._undecided = False
        self._earlier = self._later = 0
        self._where = -1
        self._skipped: list[int] = []
        self._skips = 0

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Each clock time in its pass."""
        out = dict(columns)
        if CLOCK not in columns or not len(columns[CLOCK]):
            return out
        values = _floats(columns[CLOCK])
        skipped = self._note_skipped(columns[CLOCK], values, first)
        rows = _rows(columns, self._zone, self._before)
        moved = rows is not None and self._moved(rows, first)
        if rows is not None and moved:
            values = values.copy()
            values[rows.places] = rows.clock + np.where(self._passes(rows, first), rows.shift, 0.0)
        if rows is not None:
            self._before = rows.last
        if moved or skipped:
            out[CLOCK] = pa.array(values, mask=~np.isfinite(values))
        return out
