"""Charge and energy from row to row: trapezoid within steps, on numpy arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Rows:
    """Consecutive rows; `first` is the number of the first one in the file, counted from 0.

    Time in s, current in A (positive when charging), voltage in V, temperature in °C. `step` changes where a step
    begins; `step_time` in s counts from there.
    """

    first: int
    time: Reals
    current: Reals
    voltage: Reals
    step: Reals | None = None
    step_time: Reals | None = None
    temperature: Reals | None = None

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True)
class RowBefore:
    """The last row of the rows before, which the first interval of a block needs."""

    time: float
    current: float
    voltage: float
    step: float = np.nan
    step_time: float = np.nan

    @classmethod
    def of(cls, rows: Rows, at: int) -> "RowBefore":
        step = np.nan if rows.step is None else float(rows.step[at])
        step_time = np.nan if rows.step_time is None else float(rows.step_time[at])
        return cls(float(rows.time[at]), float(rows.current[at]), float(rows.voltage[at]), step, step_time)


@dataclass(frozen=True)
class Increments:
    """What each row adds by the interval that ends in it: s, Ah, Wh. `earlier_…` belong to the row before the block."""

    seconds: Reals
    charge: Reals
    energy: Reals
    new_step: Flags | None
    earlier_charge: float = 0.0
    earlier_energy: float = 0.0


def increments(rows: Rows, before: RowBefore) -> Increments:
    """Time that stands still, runs backwards or is unknown adds nothing; nor does an unknown current.

    Where a step begins and its step time is known, the part of the interval before its first row that belongs to
    the step runs at the step's own current and the rest at the current of the row before.
    """
    # fmax, unlike maximum, turns an unknown time into none.
    seconds = np.fmax(differences(rows.time, before.time), 0.0)
    power = rows.current * rows.voltage
    hours = seconds * (0.5 / SECONDS_PER_HOUR)
    charge = _sums(rows.current, before.current) * hours
    energy = _sums(power, before.current * before.voltage) * hours
    new_step = _new_step(rows, before)
    if new_step is None or rows.step_time is None:
        return Increments(seconds, charge, energy, new_step)
    at = np.flatnonzero(new_step)
    own = np.clip(np.nan_to_num(rows.step_time[at]), 0.0, seconds[at]) / SECONDS_PER_HOUR
    other = seconds[at] / SECONDS_PER_HOUR - own
    current, watts = _before(rows.current, at, before.current), _before(power, at, before.current * before.voltage)
    charge[at], energy[at] = rows.current[at] * own, power[at] * own
    late_charge, late_energy = current * other, watts * other
    inside = at > 0
    charge[at[inside] - 1] += late_charge[inside]
    energy[at[inside] - 1] += late_energy[inside]
    return Increments(
        seconds, charge, energy, new_step, float(late_charge[~inside].sum()), float(late_energy[~inside].sum())
    )


def differences(values: Reals, before: float) -> Reals:
    """Each value less the one before it; numpy's own `diff` with `prepend` copies first and is 30 times slower."""
    steps = np.empty_like(values)
    np.subtract(values[1:], values[:-1], out=steps[1:])
    steps[0] = values[0] - before
    return steps


def _sums(values: Reals, before: float) -> Reals:
    """Each value and the one before it."""
    sums = np.empty_like(values)
    np.add(values[1:], values[:-1], out=sums[1:])
    sums[0] = values[0] + before
    return sums


def _before(values: Reals, at: NDArray[np.intp], before: float) -> Reals:
    found = values[at - 1]
    found[at == 0] = before
    return found


def _new_step(rows: Rows, before: RowBefore) -> Flags | None:
    if rows.step is not None:
        return np.not_equal(differences(rows.step, before.step), 0.0)
    if rows.step_time is not None:
        return np.less(differences(rows.step_time, before.step_time), 0.0)
    return None
