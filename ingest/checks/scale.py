"""What the file's own counters say of time and current: their rise is the integral of the current over time."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.checks.slips import Ratios
from ingest.checks.view import Reals, View
from schemas.quantities import QUANTITIES, Obligation
from schemas.report import Problem, Severity

LineOf = Callable[[int], int]
COUNTERS = tuple(
    name
    for name, term in QUANTITIES.items()
    if term.ucum in ("A.h", "W.h") and term.obligation is not Obligation.DEPRECATED
)
PLACES = 32
ROWS = 16
STRIDES = (1, 16)
"""Rows of a place follow each other, or are every 16th where a counter has few digits."""
STEADY = 0.95
"""The smallest current of a place is at least this part of its largest."""
STEP_TIME, TIME = "step_time_second", "test_time_second"


class CounterScale:
    """Rule `counter-scale`: a counter that rises 10, 60, 100, 1000 … times as fast as current by time, or as slow.

    A few places of each batch are looked at, of constant current and without a reset of the counter.
    """

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._ratios: dict[str, Ratios] = {}

    def look(self, view: View) -> None:
        counters = [name for name in COUNTERS if name in view.schema.names]
        time, current, voltage = (view.column(name) for name in (TIME, "current_ampere", "voltage_volt"))
        if not counters or time is None or current is None or voltage is None:
            return
        for rows in _places(view.rows):
            t, i, v = time[rows], current[rows], voltage[rows]
            size = np.abs(i)
            steady = size.min(axis=1) > STEADY * size.max(axis=1)
            one_way = np.abs(i.sum(axis=1)) > STEADY * size.sum(axis=1)
            usable = steady & one_way & (np.diff(t, axis=1).min(axis=1) > 0.0)
            for name in counters:
                moved = _integral(t, size if name.endswith("_ah") else size * np.abs(v))
                found = _rises(view.column(name), rows, usable, moved)
                ratios = self._ratios.setdefault(name, Ratios())
                ratios.add((view.first + int(rows[at, 0]), ratio) for at, ratio in found)

    def problems(self) -> list[Problem]:
        return [self._say(name, ratios) for name, ratios in self._ratios.items() if ratios.slip is not None]

    def _say(self, name: str, ratios: Ratios) -> Problem:
        slip = ratios.slip
        assert slip is not None
        where = "" if ratios.throughout else f" in {ratios.counts[slip]} of {ratios.seen} places looked at"
        return Problem(
            rule="counter-scale",
            severity=Severity.ERROR if ratios.throughout else Severity.WARNING,
            message=f"The file's counter {name} rises {slip:.4g} times as fast as current by test time{where}.",
            hint=_MEANING.get(round(max(slip, 1.0 / slip)), _UNITS)[slip < 1.0],
            row=self._line_of(ratios.first[slip]),
            column=name,
            value=f"{slip:.6g}",
            count=ratios.counts[slip],
        )


class StepTimeScale:
    """Rule `step-time-scale`: the time within a step runs 60, 1000, 3600 … times as fast as the test time."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._ratios = Ratios()

    def look(self, view: View) -> None:
        within, time = view.column(STEP_TIME), view.column(TIME)
        if within is None or time is None or view.rows < 2:
            return
        at = np.unique(np.linspace(0, view.rows - 2, PLACES).astype(np.intp))
        inner, outer = within[at + 1] - within[at], time[at + 1] - time[at]
        runs = (inner > 0.0) & (outer > 0.0)
        places = zip((view.first + at[runs]).tolist(), (inner[runs] / outer[runs]).tolist(), strict=True)
        self._ratios.add(places)

    def problems(self) -> list[Problem]:
        slip = self._ratios.slip
        if slip is None or not self._ratios.throughout:
            return []
        return [
            Problem(
                rule="step-time-scale",
                severity=Severity.ERROR,
                message=f"The time within the step runs {slip:.4g} times as fast as the test time: one of the two "
                "is in another unit than its column says.",
                hint="Export both in seconds, or declare the unit of the one that is not.",
                row=self._line_of(self._ratios.first[slip]),
                column=STEP_TIME,
                value=f"{slip:.6g}",
                count=self._ratios.counts[slip],
            )
        ]


_RANGE = "A current range was multiplied wrongly, of the current or of the counter."
_UNITS = ("Check the units of time, current and counter.",) * 2
_MEANING: dict[int, tuple[str, str]] = {
    10: (_RANGE, _RANGE),
    100: (_RANGE, _RANGE),
    10000: (_RANGE, _RANGE),
    60: (
        "Perhaps the test time is in minutes, not in seconds.",
        "Perhaps the test time was multiplied by 60 although it was in seconds.",
    ),
    1000: (
        "Perhaps the counter is in mAh or mWh, not in Ah or Wh, or the current in kA.",
        "Perhaps the test time is in milliseconds, not in seconds, or the current in mA, not in A.",
    ),
    3600: (
        "Perhaps the test time is in hours, not in seconds, or the counter in As or Ws, not in Ah or Wh.",
        "Perhaps the test time was multiplied by 3600 although it was in seconds.",
    ),
    1000000: (
        "Perhaps the counter is in µAh or µWh, not in Ah or Wh.",
        "Perhaps the test time is in microseconds, not in seconds, or the current in µA, not in A.",
    ),
}
"""By the factor: what a counter that rises too fast and what one that rises too slowly probably mean."""


def _places(rows: int) -> Iterator[NDArray[np.intp]]:
    """Row numbers, one line per place."""
    for stride in STRIDES:
        span = (ROWS - 1) * stride + 1
        if rows >= span:
            starts = np.unique(np.linspace(0, rows - span, PLACES).astype(np.intp))
            yield starts[:, None] + np.arange(ROWS) * stride


def _rises(
    counter: Reals | None, rows: NDArray[np.intp], usable: NDArray[np.bool_], moved: Reals
) -> Iterator[tuple[int, float]]:
    """Place and ratio wherever the counter runs one way and its steps are finer than its digits are coarse."""
    if counter is None:
        return
    values = counter[rows]
    steps = np.diff(values, axis=1)
    one_way = (steps >= 0.0).all(axis=1) | (steps <= 0.0).all(axis=1)
    fine = (steps != 0.0).sum(axis=1) >= ROWS // 2
    ratio = np.abs(values[:, -1] - values[:, 0]) / moved
    for at in np.flatnonzero(usable & one_way & fine & np.isfinite(ratio)).tolist():
        yield at, float(ratio[at])


def _integral(time: Reals, rate: Reals) -> Reals:
    """Per place, in Ah or Wh, by the trapezoid rule."""
    found: Reals = (np.diff(time, axis=1) * (rate[:, 1:] + rate[:, :-1])).sum(axis=1) / 7200.0
    return found
