"""Where pieces begin in a block: with a step, with another direction of the current, or where the current jumps."""

import math
from dataclasses import dataclass

import numpy as np

from ingest.derived.rows import Flags, Places, Reals, RowBefore, Rows

DEAD_BAND = 1e-4
"""A current below this part of the largest one so far has no direction (C/1000 where 10C was seen)."""
JUMP = 0.05
"""A current that changes by more than this part from row to row, while the voltage jumps too, begins a piece."""
JUMP_V = 0.002
JITTER_V = 0.01
"""By less a voltage that is held may jitter, while the current fades by a tenth or more from row to row."""
JUMP_IN_JITTER = 0.25
"""So then a jump is a change of the current by more than this part, and of the voltage with it, not against it."""
FEW = 32


@dataclass(frozen=True)
class Found:
    """Places in a block where pieces begin, 0 first; `new` is False for the first where it goes on from before.

    Per piece: its last row, smallest and largest current without its direction in A, smallest and largest voltage, the
    direction, and whether a step begins with it.
    """

    begins: Places
    last: Places
    new: Flags
    least: Reals
    most: Reals
    lowest: Reals
    highest: Reals
    signs: Reals
    at_step: Flags


class Bounds:
    """Finds the bounds of block after block; `step` and `cycle` name columns at whose changes pieces begin."""

    def __init__(self, step: str | None = None, cycle: str | None = None) -> None:
        self._step, self._cycle = step, cycle
        self._last: dict[str, float] = {}
        self._peak = 0.0
        self._sign: float | None = None

    def of(self, rows: Rows, before: RowBefore | None, step_time: Reals | None) -> tuple[Rows, Found]:
        """The bounds in the next block, and its rows, filled where values are unknown; `before` is None at first."""
        new_step = np.zeros(len(rows), np.bool_) if self._step is None else self._changes(rows, self._step)
        if step_time is not None and self._step != "step_count":
            new_step[1:] |= step_time[1:] < step_time[:-1]
            new_step[0] |= step_time[0] < self._last.get("step_time", -np.inf)
            self._last["step_time"] = float(step_time[-1])
        marks = new_step if self._cycle is None else new_step | self._changes(rows, self._cycle)
        ranges = Ranges.of(rows, marks)
        if not ranges.known:
            rows = rows.filled(before.voltage if before else 0.0)
            ranges = Ranges.of(rows, marks)
        self._peak = max(self._peak, float(ranges.most.max()))
        band = DEAD_BAND * self._peak
        breaks = [_turns(rows, within, band) for within in ranges.slices(ranges.turning(band))]
        breaks += [_jumps(rows, within, band) for within in ranges.slices(ranges.varying(band))]
        if any(map(len, breaks)):
            marks = marks.copy()
            marks[np.concatenate(breaks)] = True
            ranges = Ranges.of(rows, marks)
        begins = ranges.begins
        under = ranges.least > band
        least, signs = np.where(under, ranges.least, 0.0), np.where(under, np.sign(rows.current[begins]), 0.0)
        new = np.ones(len(under), np.bool_)
        jumped = before is not None and bool(signs[0]) and _jumped(rows, before)
        new[0] = bool(marks[0]) or self._sign != signs[0] or jumped
        self._sign = float(signs[-1])
        of_ranges = least, ranges.most, ranges.lowest, ranges.highest
        return rows, Found(begins, ranges.last, new, *of_ranges, signs, new_step[begins])

    def _changes(self, rows: Rows, name: str) -> Flags:
        column = rows.column(name)
        assert column is not None
        if column.dtype == np.float64:
            column = np.nan_to_num(column.astype(np.float64), nan=-1.0)
        marks = np.empty(len(column), np.bool_)
        np.not_equal(column[1:], column[:-1], out=marks[1:])
        marks[0] = column[0] != self._last.get(name, column[0])
        self._last[name] = float(column[-1])
        return marks


@dataclass(frozen=True)
class Ranges:
    """Where pieces begin, 0 first, and end; smallest and largest current without its direction in A, and voltage.

    `least` is below 0 where a current of both directions flows.
    """

    begins: Places
    last: Places
    least: Reals
    most: Reals
    lowest: Reals
    highest: Reals

    @classmethod
    def of(cls, rows: Rows, marks: Flags) -> "Ranges":
        begins = marks.nonzero()[0]
        if not marks[0]:
            begins = np.concatenate(([0], begins))
        last = np.empty_like(begins)
        last[:-1], last[-1] = begins[1:] - 1, len(marks) - 1
        low, high = (one.reduceat(rows.current, begins) for one in (np.minimum, np.maximum))
        lowest, highest = (one.reduceat(rows.voltage, begins) for one in (np.minimum, np.maximum))
        return cls(begins, last, np.maximum(low, -high), np.maximum(high, -low), lowest, highest)

    @property
    def known(self) -> bool:
        """Whether all currents and voltages are numbers, which spares a look at every row."""
        return math.isfinite((self.least + self.most + self.lowest + self.highest).sum())

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
    if not len(at):
        return at
    after = np.abs(current[at + 1])
    change, rise = current[at + 1] - current[at], voltage[at + 1] - voltage[at]
    jumps: Places = at[_jump(change, rise, after) & (after > band)] + (within.start + 1)
    return jumps


def _jump(change: Reals, rise: Reals, after: Reals) -> Flags:
    """Whether a current that changes to one of size `after` jumps, by how the voltage, which moves enough, does so."""
    small = np.abs(rise) < JITTER_V
    jumps: Flags = (np.abs(change) > np.where(small, JUMP_IN_JITTER, JUMP) * after) & (~small | (change * rise > 0))
    return jumps


def _jumped(rows: Rows, before: RowBefore) -> bool:
    change, rise = rows.current[:1] - before.current, rows.voltage[:1] - before.voltage
    return bool(_jump(change, rise, np.abs(rows.current[:1]))[0] and abs(rise[0]) > JUMP_V)
