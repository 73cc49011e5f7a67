"""Charge and energy from row to row: trapezoid within steps; the interval before a step's first row is the step's."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.rows import Flags, Reals, Rows
from ingest.integrate import differences, sums

TWO_HOURS_S = 7200.0
"""Increments are twice the charge in As and twice the energy in Ws; divided by this, they are Ah and Wh."""


@dataclass(frozen=True)
class RowBefore:
    """The last row of the block before, which the first interval of a block needs."""

    time: float
    current: float
    voltage: float

    @classmethod
    def of(cls, rows: Rows, at: int) -> "RowBefore":
        return cls(float(rows.time[at]), float(rows.current[at]), float(rows.voltage[at]))

    @property
    def power(self) -> float:
        return 0.0 if np.isnan(self.voltage) else self.current * self.voltage


@dataclass(frozen=True)
class Increments:
    """What each row adds by the interval that ends in it; `late` is what belongs to the row before the block.

    `ordered` is False where time runs backwards or is unknown; such an interval adds nothing.
    """

    seconds: Reals
    charge: Reals
    energy: Reals
    ordered: bool
    late: tuple[float, float] = (0.0, 0.0)


class Integrator:
    """Makes the increments of blocks in arrays that it uses again for the next one."""

    def __init__(self) -> None:
        self._arrays: tuple[Reals, ...] = ()

    def of(self, rows: Rows, before: RowBefore, new_step: Flags, step_time: Reals | None, gaps: bool) -> Increments:
        """The interval before a step's first row belongs to the step and runs at its own current; where the step time
        is known, as far as that goes, and what is left belongs to the row before. `gaps` says that voltages are
        missing; no energy is counted there."""
        if not self._arrays or len(self._arrays[0]) != len(rows):
            self._arrays = tuple(np.empty(len(rows)) for _ in range(4))
        seconds, charge, energy, power = self._arrays
        differences(rows.time, before.time, seconds)
        ordered = bool(seconds.min() >= 0.0)
        if not ordered:
            # fmax, unlike maximum, turns an unknown time into none.
            np.fmax(seconds, 0.0, out=seconds)
        sums(rows.current, before.current, charge)
        charge *= seconds
        np.multiply(rows.current, rows.voltage, out=power)
        if gaps:
            np.nan_to_num(power, copy=False)
        sums(power, before.power, energy)
        energy *= seconds
        whole = Increments(seconds, charge, energy, ordered)
        return _at_steps(rows, before, new_step, step_time, whole, power)


def _at_steps(
    rows: Rows, before: RowBefore, new_step: Flags, step_time: Reals | None, whole: Increments, power: Reals
) -> Increments:
    at = np.flatnonzero(new_step)
    if not len(at):
        return whole
    own = whole.seconds[at] if step_time is None else np.clip(np.nan_to_num(step_time[at]), 0.0, whole.seconds[at])
    other = whole.seconds[at] - own
    late = []
    for values, per_row, earlier in (
        (whole.charge, rows.current, before.current),
        (whole.energy, power, before.power),
    ):
        values[at] = 2.0 * per_row[at] * own
        previous = np.where(at > 0, per_row[at - 1], earlier)
        rest = 2.0 * previous * other
        inside = at > 0
        values[at[inside] - 1] += rest[inside]
        late.append(float(rest[~inside].sum()))
    return Increments(whole.seconds, whole.charge, whole.energy, whole.ordered, (late[0], late[1]))
