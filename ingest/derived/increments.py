"""Charge and energy from row to row: trapezoid within steps; the interval before a step's first row is the step's."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.bounds import Found
from ingest.derived.pieces import Pieces
from ingest.derived.rows import Flags, Numbers, Places, Reals, RowBefore, Rows
from ingest.integrate import differences, sums

TWO_HOURS_S = 7200.0
"""Increments are twice the charge in As and twice the energy in Ws; divided by this, they are Ah and Wh."""


@dataclass(frozen=True)
class Entries:
    """For how many seconds the rows around the first interval of each piece count, twice as are all increments.

    Before a step the interval runs at the `first` row's own current; where the step time is known, as far as that goes,
    and what is left of it is `late` and belongs to the piece before, at its last current. Before other pieces it is a
    trapezoid: of the piece, for the first row and the one `ahead` of it.
    """

    seconds: Reals
    first: Reals
    ahead: Reals
    late: Reals | None

    @classmethod
    def of(cls, pieces: Pieces, at_step: Flags, step_time: Reals | None) -> "Entries":
        """Of pieces that know the row before them; `step_time` is of their first rows."""
        seconds = np.fmax(pieces["time_first"] - pieces["time_before"], 0.0)
        ahead = np.where(at_step, 0.0, seconds)
        if step_time is None:
            return cls(seconds, np.where(at_step, 2.0 * seconds, seconds), ahead, None)
        own = np.clip(np.nan_to_num(step_time), 0.0, seconds)
        late = np.where(at_step, 2.0 * (seconds - own), 0.0)
        return cls(seconds, np.where(at_step, 2.0 * own, seconds), ahead, late)


@dataclass(frozen=True)
class Moved:
    """Per piece: s, and twice its charge in As and its energy in Ws; `late` belongs to the row before the block.

    `ordered` is False where time runs backwards or is unknown; such an interval adds nothing.
    """

    seconds: Reals
    charge: Reals
    energy: Reals
    ordered: bool
    late: tuple[float, float]


class Integrator:
    """Adds up pieces in an array that it uses again, as a new one for each block is slow to come by."""

    def __init__(self) -> None:
        self._array = np.empty(0)

    def of(self, rows: Rows, pieces: Pieces, found: Found, entries: Entries) -> Moved:
        """What the pieces found in this block moved."""
        begins, last = found.begins, found.last
        ahead, voltage_ahead = pieces["current_before"], pieces["voltage_before"]
        time, ordered = _onward(rows, float(pieces["time_before"][0]))
        moved = self._seconds_around(time, begins, last)
        moved[begins] += entries.first
        late = 0.0
        if entries.late is not None:
            moved[last[:-1]] += entries.late[1:]
            late = float(entries.late[0] * ahead[0])
        moved *= rows.current
        at_entry = entries.ahead * ahead
        charge = np.add.reduceat(moved, begins) + at_entry
        moved *= rows.voltage
        energy = np.add.reduceat(moved, begins) + at_entry * voltage_ahead
        seconds = time[last] - time[begins] + entries.seconds
        return Moved(seconds, charge, energy, ordered, (late, late * float(voltage_ahead[0])))

    def _seconds_around(self, time: Numbers, begins: Places, last: Places) -> Reals:
        """From the row before each row to the row after it, within its piece: the weights of twice a trapezoid sum."""
        if len(self._array) < len(time):
            self._array = np.empty(len(time))
        seconds = self._array[: len(time)]
        np.subtract(time[2:], time[:-2], out=seconds[1:-1])
        seconds[begins] = time[np.minimum(begins + 1, last)] - time[begins]
        seconds[last] = time[last] - time[np.maximum(last - 1, begins)]
        return seconds


def _onward(rows: Rows, before: float) -> tuple[Numbers, bool]:
    """Time in which an interval that runs backwards, or whose length is unknown, takes none; whether it was so."""
    clock = rows.clock
    if before <= clock[0] and (clock[1:] >= clock[:-1]).all() and np.isfinite(clock[[0, -1]]).all():
        return clock, True
    intervals = differences(rows.time, float(clock[0]))
    known = (intervals > 0.0) & (intervals < np.inf)
    return np.cumsum(np.where(known, intervals, 0.0)), False


def charge_within(rows: Rows, before: RowBefore | None, start: int, stop: int) -> Reals:
    """Charge in Ah that each row of a piece adds; the first row's interval counts where `before` is of the piece."""
    time, current = rows.time[start:stop], rows.current[start:stop]
    seconds = np.fmax(differences(time, before.time if before else float(time[0])), 0.0)
    moved: Reals = sums(current, before.current if before else 0.0) * seconds / TWO_HOURS_S
    return moved
