"""Charge and energy from row to row: trapezoid within steps; the interval before a step's first row is the step's."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.rows import Flags, Places, Reals, Rows
from ingest.integrate import differences, sums

TWO_HOURS_S = 7200.0
"""Increments are twice the charge in As and twice the energy in Ws; divided by this, they are Ah and Wh."""


TILE_ROWS = 16_384
"""So many rows of all arrays that are needed at once stay in a processor's own cache."""


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
class Moved:
    """Per piece: s, and twice its charge in As and its energy in Ws; `late` belongs to the row before the block.

    `ordered` is False where time runs backwards or is unknown; such an interval adds nothing.
    """

    seconds: Reals
    charge: Reals
    energy: Reals
    ordered: bool
    late: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class AtSteps:
    """The intervals before the first rows of steps: what of them is the step's own, and what belongs to the row before.

    An interval belongs to the step and runs at its own current; where the step time is known, as far as that goes.
    """

    places: Places
    charge: Reals
    energy: Reals
    late_charge: Reals
    late_energy: Reals

    @classmethod
    def of(cls, rows: Rows, before: RowBefore, new_step: Flags, step_time: Reals | None) -> "AtSteps":
        """Twice the charge (As) and energy (Ws), as the pieces are added up."""
        at = np.flatnonzero(new_step)
        inside = at > 0
        seconds = np.fmax(rows.time[at] - np.where(inside, rows.time[at - 1], before.time), 0.0)
        own = seconds if step_time is None else np.clip(np.nan_to_num(step_time[at]), 0.0, seconds)
        current, power = rows.current[at], np.nan_to_num(rows.current[at] * rows.voltage[at])
        current_before = np.where(inside, rows.current[at - 1], before.current)
        power_before = np.where(inside, np.nan_to_num(rows.current[at - 1] * rows.voltage[at - 1]), before.power)
        other = 2.0 * (seconds - own)
        return cls(at, 2.0 * current * own, 2.0 * power * own, current_before * other, power_before * other)

    def give_back(self, begins: Places, total: Reals) -> tuple[float, float]:
        """Adds what belongs to the row before to the piece before; what is of the block before is handed back."""
        piece = np.searchsorted(begins, self.places) - 1
        inside = piece >= 0
        np.add.at(total[1], piece[inside], self.late_charge[inside])
        np.add.at(total[2], piece[inside], self.late_energy[inside])
        return float(self.late_charge[~inside].sum()), float(self.late_energy[~inside].sum())


class Integrator:
    """Adds up pieces in tiles that stay in the cache, in arrays that it uses again."""

    def __init__(self) -> None:
        self._arrays = tuple(np.empty(TILE_ROWS) for _ in range(4))

    def of(self, rows: Rows, before: RowBefore, begins: Places, at_steps: AtSteps, gaps: bool) -> Moved:
        """What the pieces that begin at `begins` moved in this block, and at the first rows of steps as told.

        `gaps` says that voltages are missing; no energy is counted there.
        """
        total = np.zeros((3, len(begins)))
        ordered = True
        for start in range(0, len(rows), TILE_ROWS):
            stop = min(start + TILE_ROWS, len(rows))
            row = RowBefore.of(rows, start - 1) if start else before
            seconds, charge, energy, power = (one[: stop - start] for one in self._arrays)
            differences(rows.time[start:stop], row.time, seconds)
            if not seconds.min() >= 0.0:
                ordered = False
                # fmax, unlike maximum, turns an unknown time into none.
                np.fmax(seconds, 0.0, out=seconds)
            sums(rows.current[start:stop], row.current, charge)
            charge *= seconds
            np.multiply(rows.current[start:stop], rows.voltage[start:stop], out=power)
            if gaps:
                np.nan_to_num(power, copy=False)
            sums(power, row.power, energy)
            energy *= seconds
            first, last = np.searchsorted(at_steps.places, (start, stop)).tolist()
            if last > first:
                places = at_steps.places[first:last] - start
                charge[places], energy[places] = at_steps.charge[first:last], at_steps.energy[first:last]
            piece = int(np.searchsorted(begins, start, side="right")) - 1
            until = int(np.searchsorted(begins, stop))
            local = np.maximum(begins[piece:until] - start, 0)
            for to, values in zip(total, (seconds, charge, energy), strict=True):
                to[piece:until] += np.add.reduceat(values, local)
        late = at_steps.give_back(begins, total)
        return Moved(total[0], total[1], total[2], ordered, late)


def charge_within(rows: Rows, before: RowBefore | None, start: int, stop: int) -> Reals:
    """Charge in Ah that each row of a piece adds; the first row's interval counts where `before` is of the piece."""
    time, current = rows.time[start:stop], rows.current[start:stop]
    seconds = np.fmax(differences(time, before.time if before else float(time[0])), 0.0)
    moved: Reals = sums(current, before.current if before else 0.0) * seconds / TWO_HOURS_S
    return moved
