"""Clock times in the hour that the end of daylight saving repeats: which pass of it each row stands in."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.clocks.daylight import Flags, Reals, changes
from ingest.findings import LISTED
from ingest.text.steps import Columns
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
        self._second = False
        self._found = _Found(zone)

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Each clock time in its pass."""
        out = dict(columns)
        if CLOCK not in columns:
            return out
        values = _floats(columns[CLOCK])
        skipped = np.flatnonzero(np.isnan(values) & _truth(columns[CLOCK].is_valid()))
        self._found.skipped(first + skipped)
        rows = _rows(columns, self._zone, self._before)
        if rows is None and not len(skipped):
            return out
        if rows is not None:
            second = self._passes(rows)
            self._found.repeated(first + rows.places[rows.shift > 0], int(second.sum()))
            if not second.any() and not len(skipped):
                return out
            values = values.copy()
            values[rows.places] += np.where(second, rows.shift, 0.0)
        out[CLOCK] = pa.array(values, mask=~np.isfinite(values))
        return out

    def finish(self) -> list[Problem]:
        """How a repeated hour was read, and the rows whose time no clock showed."""
        return self._found.problems()

    def _passes(self, rows: _Rows) -> Flags:
        """Which rows stand in the second pass: from the row that begins it to the end of the hour."""
        if np.isnan(self._before.clock) and rows.shift[0] > 0:
            decided = _begins_second(self._zone, self._ahead)
            self._hour, self._second, self._found.undecided = float(rows.hour[0]), bool(decided), decided is None
        self._before, hour = rows.last, self._hour
        self._hour = float(rows.hour[-1])
        if not rows.shift.any():
            self._second = False
            return np.zeros(len(rows.places), dtype=np.bool_)
        index = np.arange(len(rows.places))
        entered = np.maximum.accumulate(np.where(np.diff(rows.hour, prepend=hour) != 0, index, -1))
        begun = np.maximum.accumulate(np.where(rows.anew, index, -1))
        goes_on = (entered < 0) & self._second
        second: Flags = (rows.shift > 0) & (goes_on | ((begun >= 0) & (begun >= entered)))
        self._second = bool(second[-1])
        return second


@dataclass
class _Found:
    """What to tell at the end."""

    zone: str
    undecided: bool = False
    rows: int = 0
    later: int = 0
    where: int = -1
    skips: list[int] = field(default_factory=list)
    more_skips: int = 0

    def repeated(self, records: Places, later: int) -> None:
        """These records stand in a repeated hour, so many of them in its second pass."""
        if len(records) and self.where < 0:
            self.where = int(records[0])
        self.rows += len(records)
        self.later += later

    def skipped(self, records: Places) -> None:
        """The times of these records were never shown."""
        listed = records[: LISTED - len(self.skips)]
        self.skips.extend(listed.tolist())
        self.more_skips += len(records) - len(listed)

    def problems(self) -> list[Problem]:
        """One problem for the repeated hour, and one for each of the first rows in a skipped one."""
        found = [self._repeated()] if self.rows else []
        found.extend(self._skip(row, 1) for row in self.skips)
        return [*found, self._skip(None, self.more_skips)] if self.more_skips else found

    def _repeated(self) -> Problem:
        how = (
            "nothing in the file tells which pass of it the first of them belong to: these were taken as the earlier"
            if self.undecided
            else "test time and row order tell which pass of it they belong to"
        )
        return Problem(
            rule="clock-repeated-hour",
            severity=Severity.WARNING if self.undecided else Severity.NOTE,
            message=f"{self.rows} rows stand in the hour that the end of daylight saving repeats in {self.zone}, and "
            f"{how}; {self.rows - self.later} were read as the first pass and {self.later} as the second.",
            hint="Export times in UTC or with their offset" + (": these may be off." if self.undecided else "."),
            row=self.where,
            column=CLOCK,
            count=self.rows,
        )

    def _skip(self, row: int | None, count: int) -> Problem:
        return Problem(
            rule="clock-skipped-hour",
            severity=Severity.WARNING,
            message=f"No clock in {self.zone} showed the time of this row, as daylight saving skips it: "
            "the row has no Unix time.",
            hint="Perhaps the clock did not follow daylight saving, and then its other summer times are off as well: "
            "declare the zone that it kept, such as Etc/GMT-1.",
            row=row,
            column=CLOCK,
            count=count,
        )


def _rows(columns: Columns, zone: str, before: _Before) -> _Rows | None:
    """The batch's rows with a clock time; None where there are none."""
    every = _floats(columns[CLOCK])
    places = np.flatnonzero(np.isfinite(every))
    if not len(places):
        return None
    clock = every[places]
    hour, shift = np.zeros(len(clock)), np.zeros(len(clock))
    for change in changes(zone, float(clock.min()), float(clock.max())):
        if change.shift < 0:
            within = (clock >= change.at + change.shift) & (clock < change.at)
            hour[within], shift[within] = change.at, -change.shift
    return _Rows(places, clock, _times(columns, places, before.time), hour, shift, before)


def _times(columns: Columns, places: Places, before: float) -> Reals:
    """The test time of these rows, and the last known one where a row has none."""
    if TIME not in columns:
        return np.full(len(places), np.nan)
    time = _floats(columns[TIME])[places]
    known = np.isfinite(time)
    last = np.maximum.accumulate(np.where(known, np.arange(len(time)), -1))
    return time if known.all() else np.where(last >= 0, time[last], before)


def _begins_second(zone: str, ahead: Ahead) -> bool | None:
    """Whether a file that begins in a repeated hour begins in its second pass; None where nothing tells."""
    before, hour, shift = _Before(), 0.0, 0.0
    with closing(ahead()) as batches:
        for columns in batches:
            rows = _rows(columns, zone, before) if CLOCK in columns else None
            if rows is None:
                continue
            if not hour:
                hour, shift = float(rows.hour[0]), float(rows.shift[0])
            told = np.flatnonzero(rows.anew | (rows.hour != hour))
            if len(told):
                # The hour begins anew after its first pass only; left from there, the clock skips a whole hour.
                at = int(told[0])
                return bool(rows.hour[at] != hour and rows.behind[at] < -shift / 2)
            before = rows.last
    return None


def _floats(values: pa.Array) -> Reals:
    found: Reals = values.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return found


def _truth(values: pa.Array) -> Flags:
    found: Flags = values.to_numpy(zero_copy_only=False)
    return found
