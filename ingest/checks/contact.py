"""Is the voltage that of a cell: contacts that open for some rows, and a channel that stands still under current."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ingest.checks.view import Reals, Tally, View
from ingest.integrate import differences
from schemas.report import Problem, Severity

LineOf = Callable[[int], int]
JUMP_V = 0.5
NOTHING_V = 0.05
"""An open contact reads this much or less."""
CELL_V = 1.0
BACK_WITHIN = 10
BACK_PART = 0.2
SAME_CURRENT = 0.05
STRIDE = 64
STUCK_SAMPLES = 3
STEADY = 0.98
LOADED = 0.01
STUCK_SHARE = 0.1


class VoltageJumps:
    """Rule `voltage-jump`: the voltage leaves for at most ten rows and comes back, or drops to nothing at once."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._tail: tuple[Reals, ...] = (np.empty(0), np.empty(0))
        self._found = Tally("voltage-jump", Severity.WARNING, "voltage_volt")

    def look(self, view: View) -> None:
        voltage, current = view.column("voltage_volt"), view.column("current_ampere")
        if voltage is None or current is None or not view.rows:
            return
        before = self._tail[0][-1] if len(self._tail[0]) else np.nan
        steps = differences(voltage, float(before))
        if np.fmax.reduce(np.abs(steps)) > JUMP_V:
            joined = [np.concatenate((old, new)) for old, new in zip(self._tail, (voltage, current), strict=True)]
            known = len(self._tail[0])
            where = _departures(joined[0], joined[1], known)
            self._found.add(view.first - known, where, joined[0][where])
        keep = BACK_WITHIN + 2
        self._tail = tuple(
            np.concatenate((old, new[-keep:]))[-keep:] for old, new in zip(self._tail, (voltage, current), strict=True)
        )

    def problems(self) -> list[Problem]:
        return self._found.each(
            lambda value: (
                f"The voltage jumps to {value:.4g} V here although nothing in the current says why.",
                "A contact was loose or the cell was disconnected: accept it with the reason, or cut the file there.",
            ),
            self._line_of,
        )


class StuckVoltage:
    """Rule `voltage-stuck`: the very same voltage in every row while a constant current moves much charge."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._peak = 0.0
        self._open: tuple[float, float, int] = (np.nan, 0.0, 0)
        self._longest: tuple[float, float, int] = (np.nan, 0.0, 0)

    def look(self, view: View) -> None:
        voltage, current, time = (view.column(n) for n in ("voltage_volt", "current_ampere", "test_time_second"))
        if voltage is None or current is None or time is None or view.rows < STRIDE * STUCK_SAMPLES:
            return
        samples = voltage[::STRIDE]
        same = np.concatenate(([False], samples[1:] == samples[:-1], [False]))
        edges = np.flatnonzero(same[1:] != same[:-1]).reshape(-1, 2)
        edges = edges[np.diff(edges, axis=1)[:, 0] >= STUCK_SAMPLES - 1]
        if len(edges):
            self._peak = max(self._peak, float(np.fmax.reduce(np.abs(current))))
        for start, end in edges.tolist():
            part = slice(start * STRIDE, end * STRIDE + 1)
            charge = _steady_charge(voltage[part], current[part], time[part], LOADED * self._peak)
            self._note(view, start * STRIDE, float(voltage[part.start]), charge)

    def judge(self, capacity_ah: float) -> list[Problem]:
        """The finding, if what flowed at one voltage is more than a tenth of the cell's capacity."""
        value, charge, record = self._longest
        if not charge > STUCK_SHARE * capacity_ah > 0.0:
            return []
        return [
            Problem(
                rule="voltage-stuck",
                severity=Severity.WARNING,
                message=f"The voltage is {value:g} V in every row from here on while {charge:.4g} Ah flow at constant "
                "current: the channel probably stood still.",
                hint="Compare with the tester's display; cut the file before this row if the channel was faulty.",
                row=self._line_of(record),
                column="voltage_volt",
                value=f"{value:.9g}",
            )
        ]

    def _note(self, view: View, row: int, value: float, charge: float) -> None:
        before, so_far, record = self._open
        goes_on = row == 0 and value == before
        self._open = (value, so_far + charge, record) if goes_on else (value, charge, view.first + row)
        self._longest = max(self._longest, self._open, key=lambda one: one[1])


def _departures(voltage: Reals, current: Reals, known: int) -> NDArray[np.intp]:
    """Rows at which the voltage jumps away, whose end (or, without an end, whose begin) is past the known rows."""
    jumps = np.flatnonzero(np.abs(np.diff(voltage)) > JUMP_V) + 1
    ends = np.append(jumps[1:], len(voltage))
    to_nothing = (np.abs(voltage[jumps]) <= NOTHING_V) & (voltage[jumps - 1] > CELL_V)
    ended = (ends >= known) & (ends < len(voltage)) & (ends - jumps <= BACK_WITHIN)
    found = np.where(to_nothing, jumps >= known, ended)
    return jumps[found & (to_nothing | _come_back(voltage, current, jumps, np.minimum(ends, len(voltage) - 1)))]


def _come_back(voltage: Reals, current: Reals, rows: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Where the voltage is again what it was, and the current was the same before, meanwhile and after."""
    away = np.abs(voltage[rows] - voltage[rows - 1])
    back = np.abs(voltage[ends] - voltage[rows - 1]) < BACK_PART * away
    around = np.stack([current[rows - 1], current[rows], current[ends - 1], current[ends]])
    size = np.abs(around).max(axis=0)
    same: NDArray[np.bool_] = np.ptp(around, axis=0) <= SAME_CURRENT * size
    return back & same


def _steady_charge(voltage: Reals, current: Reals, time: Reals, least: float) -> float:
    """Ah that flowed in these rows, 0 unless the voltage is one and the current constant and worth the name."""
    size = np.abs(current)
    if not (voltage == voltage[0]).all() or not size.min() > max(least, STEADY * float(size.max())):
        return 0.0
    return float(size.mean() * (time[-1] - time[0]) / 3600.0)
