"""Where pieces begin in a block: with a step, with another direction of the current, or where the current jumps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.derived.increments import RowBefore
from ingest.derived.rows import Flags, Places, Reals, Rows

DEAD_BAND = 1e-4
"""A current below this part of the largest one so far has no direction (C/1000 where 10C was seen)."""
JUMP = 0.05
"""A current that changes by more than this part from row to row, while the voltage jumps too, begins a piece."""
JUMP_V = 0.002
FEW = 32


@dataclass(frozen=True)
class Found:
    """Places in a block where pieces begin, 0 first; `new` is False for the first where it goes on from before.

    Per piece: smallest and largest current without its direction in A, and the direction. `new_step` is per row.
    """

    begins: Places
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
        band = self._directions(rows, marks)
        begins, least, most, signs = _sizes(rows, marks, band)
        jumps = _jumps(rows, begins, (least, most, signs))
        if len(jumps):
            marks[jumps] = True
        if not marks[0]:
            marks[0] = bool(signs[0]) and _jumped(rows, before)
        if len(jumps):
            begins, least, most, signs = _sizes(rows, marks, band)
        new = np.ones(len(begins), np.bool_)
        new[0] = marks[0]
        self._sign = float(signs[-1])
        return Found(begins, new, least, most, signs, new_step)

    def _changes(self, rows: Rows, name: str, marks: Flags) -> None:
        column = rows.column(name)
        assert column is not None
        if column.dtype == np.float64:
            column = np.nan_to_num(column.astype(np.float64), nan=-1.0)
        marks[1:] |= column[1:] != column[:-1]
        marks[0] |= column[0] != self._last.get(name, column[0])
        self._last[name] = float(column[-1])

    def _directions(self, rows: Rows, marks: Flags) -> float:
        """Marks changes of direction; gives the band of currents that have none."""
        current, low, high = rows.current, rows.low, rows.high
        self._peak = max(self._peak, high, -low)
        band = DEAD_BAND * self._peak
        if not (low > band or high < -band or (low >= -band and high <= band)):
            sign = _signs(current, band)
            marks[1:] |= sign[1:] != sign[:-1]
        marks[0] |= self._sign is None or float(_signs(current[:1], band)[0]) != self._sign
        return band


def _signs(current: Reals, band: float) -> NDArray[np.int8]:
    return (current > band).view(np.int8) - (current < -band).view(np.int8)


def _sizes(rows: Rows, marks: Flags, band: float) -> tuple[Places, Reals, Reals, Reals]:
    current = rows.current
    begins = np.flatnonzero(marks)
    if not len(begins) or begins[0]:
        begins = np.concatenate(([0], begins))
    if len(begins) == 1:
        low, high = np.array([rows.low]), np.array([rows.high])
    else:
        low, high = np.minimum.reduceat(current, begins), np.maximum.reduceat(current, begins)
    signs = _signs(current[begins], band).astype(np.float64)
    most = np.maximum(np.abs(low), np.abs(high))
    return begins, np.where(signs == 0, 0.0, np.minimum(np.abs(low), np.abs(high))), most, signs


def _jumps(rows: Rows, begins: Places, sizes: tuple[Reals, Reals, Reals]) -> Places:
    """Rows at which the current jumps; only pieces whose current changes enough are looked at."""
    least, most, signs = sizes
    ends = np.append(begins[1:], len(rows))
    candidates = np.flatnonzero((signs != 0) & (most - least > JUMP * least))
    if len(candidates) > FEW:
        inside = np.repeat(signs != 0, ends - begins)
        inside[begins] = False
        found = _jumps_within(rows, slice(0, len(rows)))
        parts = [found[inside[found]]]
    else:
        parts = [_jumps_within(rows, slice(begins[at], ends[at])) for at in candidates]
    places: Places = np.concatenate([np.empty(0, np.intp), *parts])
    return places


def _jumps_within(rows: Rows, within: slice) -> Places:
    current, voltage = rows.current[within], rows.voltage[within]
    changed = np.flatnonzero(np.abs(current[1:] - current[:-1]) > JUMP * np.abs(current[1:])) + 1
    jumped = np.abs(voltage[changed] - voltage[changed - 1]) > JUMP_V
    places: Places = np.add(changed[jumped], within.start, dtype=np.intp)
    return places


def _jumped(rows: Rows, before: RowBefore) -> bool:
    change = abs(rows.current[0] - before.current) > JUMP * abs(rows.current[0])
    return bool(change and abs(rows.voltage[0] - before.voltage) > JUMP_V)
