"""Where pieces begin in a block: with a step, with another direction of the current, or where the current jumps."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.rows import Flags, Places, Reals, RowBefore, Rows

DEAD_BAND = 1e-4
"""A current below this part of the largest one so far has no direction (C/1000 where 10C was seen)."""
JUMP = 0.05
"""A current that changes by more than this part from row to row, while the voltage jumps too, begins a piece."""
JUMP_V = 0.002
FEW = 32


@dataclass(frozen=True)
class Found:
    """Places in a block where pieces begin, 0 first; `new` is False for the first where it goes on from before.

    Per piece: its last row, smallest and largest current without its direction in A, and the direction. `new_step` is
    per row.
    """

    begins: Places
    last: Places
    new: Flags
    least: Reals
    most: Reals
    signs: Reals
    new_step: Flags


class Bounds:
    """Finds the bounds of block after block; `step` and `cycle` name columns at whose changes pieces begin."""

    def __init__(self, step: str | None = None, cycle: str | None = None) -> None:
        self._step, self._cycle = step, cycle
        self._last: dict[str, float] = {}
        self._peak = 0.0
        self._sign: float | None = None

    def of(self, rows: Rows, before: RowBefore, step_time: Reals | None) -> Found:
        """The bounds in the next block."""
        new_step = np.zeros(len(rows), np.bool_)
        if self._step is not None:
            self._changes(rows, self._step, new_step)
        if step_time is not None and self._step != "step_count":
            new_step[1:] |= step_time[1:] < step_time[:-1]
            new_step[0] |= step_time[0] < self._last.get("step_time", -np.inf)
            self._last["step_time"] = float(step_time[-1])
        marks = new_step.copy()
        if self._cycle is not None:
            self._changes(rows, self._cycle, marks)
        ranges = Ranges.of(rows.current, marks)
        self._peak = max(self._peak, float(ranges.most.max()))
        band = DEAD_BAND * self._peak
        breaks = [_turns(rows, within, band) for within in ranges.slices(ranges.turning(band))]
        breaks += [_jumps(rows, within, band) for within in ranges.slices(ranges.varying(band))]
        if any(map(len, breaks)):
            marks[np.concatenate(breaks)] = True
            ranges = Ranges.of(rows.current, marks)
        under = ranges.least > band
        signs = np.where(under, np.sign(rows.current[ranges.begins]), 0.0)
        marks[0] |= self._sign is None or signs[0] != self._sign or (bool(signs[0]) and _jumped(rows, before))
        new = np.ones(len(under), np.bool_)
        new[0] = marks[0]
        self._sign = float(signs[-1])
        return Found(ranges.begins, ranges.last, new, np.where(under, ranges.least, 0.0), ranges.most, signs, new_step)

    def _changes(self, rows: Rows, name: str, marks: Flags) -> None:
        column = rows.column(name)
        assert column is not None
        if column.dtype == np.float64:
            column = np.nan_to_num(column.astype(np.float64), nan=-1.0)
        marks[1:] |= column[1:] != column[:-1]
        marks[0] |= column[0] != self._last.get(name, column[0])
        self._last[name] = float(column[-1])


@dataclass(frozen=True)
class Ranges:
    """Where pieces begin, 0 first, and end, and their smallest and largest current without its direction in A.

    `least` is below 0 where a current of both directions flows.
    """

    begins: Places
    last: Places
    least: Reals
    most: Reals

    @classmethod
    def of(cls, current: Reals, marks: Flags) -> "Ranges":
        begins = marks.nonzero()[0]
        if not marks[0]:
            begins = np.concatenate(([0], begins))
        last = np.empty_like(begins)
        last[:-1], last[-1] = begins[1:] - 1, len(marks) - 1
        low, high = np.minimum.reduceat(current, begins), np.maximum.reduceat(current, begins)
        return cls(begins, last, np.maximum(low, -high), np.maximum(high, -low))

    def turning(self, band: float) -> Flags:
        """Pieces whose currents are not all of one direction or all of none."""
        return (self.least <= band) & (self.most > band)

    def varying(self, band: float) -> Flags:
        """Pieces under current that changes enough for a jump."""
        return (self.most - self.least > JUMP * self.least) & (self.most > band)

    def slices(self, chosen: Flags) -> list[slice]:
        """The rows of the chosen pieces; all rows at once where they are many."""
        places = chosen.nonzero()[0]
        if len(places) > FEW:
            return [slice(0, int(self.last[-1]) + 1)]
        return [slice(self.begins[at], self.last[at] + 1) for at in places]


def _turns(rows: Rows, within: slice, band: float) -> Places:
    """Rows at which the direction changes."""
    current = rows.current[within]
    sign = (current > band).view(np.int8) - (current < -band).view(np.int8)
    turns: Places = (sign[1:] != sign[:-1]).nonzero()[0] + (within.start + 1)
    return turns


def _jumps(rows: Rows, within: slice, band: float) -> Places:
    """Rows under current at which it jumps."""
    current, voltage = rows.current[within], rows.voltage[within]
    at = (np.abs(voltage[1:] - voltage[:-1]) > JUMP_V).nonzero()[0]
    after = np.abs(current[at + 1])
    jumps: Places = at[(np.abs(current[at + 1] - current[at]) > JUMP * after) & (after > band)] + (within.start + 1)
    return jumps


def _jumped(rows: Rows, before: RowBefore) -> bool:
    change = abs(rows.current[0] - before.current) > JUMP * abs(rows.current[0])
    return bool(change and abs(rows.voltage[0] - before.voltage) > JUMP_V)
