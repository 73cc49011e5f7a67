"""Does time run as it should: backwards, standing still, gaps, in all too long, and against the wall clock."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ingest.checks.slips import NEAR, UNITS
from ingest.checks.view import Reals, Steps, Tally, View, flatten
from schemas.report import Problem, Severity

LineOf = Callable[[int], int]
TIME, CLOCK = "test_time_second", "unix_time_second"
BACK_S = 1e-3
"""Times are printed to a millisecond at best: less than this is rounding."""
GAP_S = 3600.0
YEAR_S = 365.25 * 86400.0
LONGEST_S = 10 * YEAR_S
STEP_COLUMNS = ("step_count", "step_id", "step_time_second", "current_ampere")
POINTS = 64
"""So many rows of each batch are compared with the wall clock."""
AGREE_S = 60.0
INTERVAL_S = 10.0
INTERVALS = 3
AGREE = 0.01


class ElapsedTime:
    """Rules `time-goes-back`, `duplicate-time`, `time-gap`, `duration-implausible`."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._steps = Steps()
        self._start = self._end = self._latest = np.nan
        self._back = Tally("time-goes-back", Severity.ERROR, TIME)
        self._same = Tally("duplicate-time", Severity.WARNING, TIME)
        self._gaps = Tally("time-gap", Severity.WARNING, TIME)

    def look(self, view: View) -> None:
        time = view.column(TIME)
        if time is None or not view.rows:
            return
        if np.isnan(self._start):
            self._start = float(time[0])
        self._end = float(time[-1])
        steps = self._steps.of(time)
        least, most = np.fmin.reduce(steps), np.fmax.reduce(steps)
        if least < -BACK_S:
            where = np.flatnonzero(steps < -BACK_S)
            self._back.add(view.first, where, steps[where])
        if least <= 0.0:
            where = _inside_steps(view, np.flatnonzero(steps == 0.0))
            self._same.add(view.first, where, time[where])
        if most > GAP_S:
            ahead = steps if self._back.count == 0 else self._ahead(time)
            where = np.flatnonzero(ahead > max(GAP_S, 10.0 * float(np.nanmedian(steps))))
            self._gaps.add(view.first, where, ahead[where])
        self._latest = float(np.fmax(self._latest, np.fmax.reduce(time)))

    def problems(self) -> list[Problem]:
        return flatten(
            (
                self._back.each(_say_back, self._line_of),
                self._same.once(
                    f"{self._same.count} rows inside a step have the same test time as the row before.",
                    "Harmless where the export rounds its times; otherwise export with more digits.",
                    self._line_of,
                ),
                self._gaps.each(_say_gap, self._line_of),
                self._duration(),
            )
        )

    def _ahead(self, time: Reals) -> Reals:
        """How far each row is ahead of the latest time before it: a row out of order makes no gap behind it."""
        latest = np.fmax.accumulate(np.concatenate(([self._latest], time)))
        return time - latest[:-1]

    def _duration(self) -> list[Problem]:
        seconds = self._end - self._start
        if not seconds > LONGEST_S:
            return []
        return [
            Problem(
                rule="duration-implausible",
                severity=Severity.ERROR,
                message=f"The test would have taken {seconds / YEAR_S:.1f} years by its test time.",
                hint="The time is probably in another unit than its column says: export it in seconds.",
                column=TIME,
                value=f"{seconds:.9g}",
            )
        ]


class WallClock:
    """Rules `clock-mismatch` and `clock-goes-back`: elapsed time against the wall clock."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._points: list[tuple[Reals, Reals]] = []
        self._steps = Steps()
        self._back = Tally("clock-goes-back", Severity.WARNING, CLOCK)

    def look(self, view: View) -> None:
        clock, time = view.column(CLOCK), view.column(TIME)
        if clock is None or time is None or not view.rows:
            return
        steps = self._steps.of(clock)
        if np.fmin.reduce(steps) < -1.0:
            where = np.flatnonzero(steps < -1.0)
            self._back.add(view.first, where, steps[where])
        at = np.unique(np.linspace(0, view.rows - 1, POINTS).astype(np.intp))
        self._points.append((time[at], clock[at]))

    def problems(self) -> list[Problem]:
        back = self._back.each(
            lambda value: (
                f"The wall clock goes back by {-value:.0f} s.",
                "Perhaps a change to winter time, or a clock that was set: export times in UTC.",
            ),
            self._line_of,
        )
        return [*back, *self._mismatch()]

    def _mismatch(self) -> list[Problem]:
        if not self._points:
            return []
        time = np.concatenate([points[0] for points in self._points])
        clock = np.concatenate([points[1] for points in self._points])
        known = np.isfinite(time) & np.isfinite(clock)
        time, clock = time[known], clock[known]
        if len(time) < 2 or abs(np.ptp(clock) - np.ptp(time)) < max(AGREE_S, AGREE * np.ptp(clock)):
            return []
        # Clocks are often printed to the second: what is compared has to be longer than that.
        at = np.sort(np.unique(np.floor(clock / INTERVAL_S), return_index=True)[1])
        elapsed, walled = np.diff(time[at]), np.diff(clock[at])
        moved = (elapsed > 0) & (walled > 0)
        if moved.sum() < INTERVALS:
            return []
        # The median is blind to pauses, during which only the wall clock runs.
        ratio = float(np.median(elapsed[moved] / walled[moved]))
        if abs(ratio - 1.0) < 0.05:
            return []
        return [_clock_mismatch(ratio)]


def _clock_mismatch(ratio: float) -> Problem:
    larger = max(ratio, 1.0 / ratio)
    slip = next((unit for factor, unit in UNITS.items() if abs(larger / factor - 1.0) < NEAR), None)
    said = f"The test time runs {ratio:.4g} times as fast as the wall clock"
    return Problem(
        rule="clock-mismatch",
        severity=Severity.ERROR if slip else Severity.WARNING,
        message=f"{said}: it looks like {slip} taken for seconds or the reverse." if slip else f"{said}.",
        hint="Export the test time in seconds, with its unit in the column's name.",
        column=TIME,
        value=f"{ratio:.6g}",
    )


def _inside_steps(view: View, where: NDArray[np.intp]) -> NDArray[np.intp]:
    """A step's last and the next one's first row rightly share their time: those places are left out."""
    where = where[where > 0]
    for name in STEP_COLUMNS:
        values = view.column(name)
        if values is not None:
            where = where[np.isclose(values[where], values[where - 1], rtol=AGREE, atol=0.0)]
    return where


def _say_back(value: float) -> tuple[str, str]:
    return (
        f"The test time goes back by {-value:.6g} s.",
        "Rows are out of order, or several tests were joined: export the whole test again with one running test time.",
    )


def _say_gap(value: float) -> tuple[str, str]:
    return (
        f"There are {value / 3600.0:.3g} hours without a row before this one.",
        "Nothing to do if the test was paused; otherwise records are missing from the export.",
    )
