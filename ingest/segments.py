"""Constant current or constant voltage: what each segment of a charge or discharge was, and how much it moved."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.integrate import Increments, RowBefore, Rows, differences

Reals = NDArray[np.float64]
Places = NDArray[np.intp]
JUMP = 0.05
"""A current that changes by more than this part from row to row, while the voltage jumps too, begins a segment."""
JUMP_V = 0.002
CONSTANT = 0.98
"""A segment whose smallest current is at least this part of its largest is of constant current."""
FLAT_V = 0.005
"""A constant-voltage segment stays within this many volts."""
ROWS_MIN = 4


@dataclass(frozen=True)
class Segment:
    """Rows of one step at one current, or falling current at one voltage; Ah, s, A, V.

    `fallen` is the charge moved once the current had left its largest value, at voltages from `low` to `high`.
    """

    charge: float = 0.0
    seconds: float = 0.0
    least: float = np.inf
    most: float = 0.0
    lowest: float = np.inf
    highest: float = -np.inf
    fallen: float = 0.0
    low: float = np.inf
    high: float = -np.inf


@dataclass(frozen=True)
class Shares:
    """Per segment, charge in Ah: at constant current, at constant voltage; and the mean current in A."""

    constant_current: Reals
    constant_voltage: Reals
    current: Reals


def starts(rows: Rows, size: Reals, sign: NDArray[np.int8], parts: Increments, before: tuple[RowBefore, int]) -> Places:
    """Where segments begin within the block; the first may go on from the block before."""
    row, sign_before = before
    new = np.empty(len(sign), np.bool_)
    np.not_equal(sign[1:], sign[:-1], out=new[1:])
    new[0] = sign[0] != sign_before
    change = np.abs(differences(rows.current, row.current))
    jumps = np.flatnonzero((change > JUMP * size) & (sign != 0))
    if len(jumps):
        voltage = np.where(jumps > 0, rows.voltage[jumps - 1], row.voltage)
        new[jumps[np.abs(rows.voltage[jumps] - voltage) > JUMP_V]] = True
    if parts.new_step is not None:
        new |= parts.new_step
    return np.flatnonzero(new)


class Segments:
    """Judges segments and carries the open one from block to block."""

    def __init__(self) -> None:
        self._open = Segment()

    def add(self, rows: Rows, size: Reals, parts: Increments, begins: Places, goes_on: bool) -> Shares:
        """What segments `begins` of this block were; the last stays open and counts with a later block.

        When the first goes on from the block before, what is told of it includes that part.
        """
        charge = np.abs(np.add.reduceat(parts.charge, begins))
        seconds = np.add.reduceat(parts.seconds, begins)
        least, most = np.minimum.reduceat(size, begins), np.maximum.reduceat(size, begins)
        lowest, highest = np.fmin.reduceat(rows.voltage, begins), np.fmax.reduceat(rows.voltage, begins)
        if goes_on:
            earlier = self._open
            charge[0] += earlier.charge
            seconds[0] += earlier.seconds
            least[0], most[0] = min(least[0], earlier.least), max(most[0], earlier.most)
            lowest[0], highest[0] = min(lowest[0], earlier.lowest), max(highest[0], earlier.highest)
        fallen, low, high = self._fallen(rows, size, parts, begins, (least, most, goes_on))
        self._open = Segment(
            *(float(values[-1]) for values in (charge, seconds, least, most, lowest, highest, fallen, low, high))
        )
        shares = _shares(charge, least >= CONSTANT * most, highest - lowest <= FLAT_V, fallen, high - low <= 2 * FLAT_V)
        shares.constant_current[-1] = shares.constant_voltage[-1] = 0.0
        with np.errstate(invalid="ignore"):
            current = charge * 3600.0 / np.where(seconds > 0, seconds, np.inf)
        return replace(shares, current=current)

    def finish(self) -> Shares:
        """What the open segment was."""
        one = self._open
        self._open = Segment()
        shares = _shares(
            np.array([one.charge]),
            np.array([one.least >= CONSTANT * one.most]),
            np.array([one.highest - one.lowest <= FLAT_V]),
            np.array([one.fallen]),
            np.array([one.high - one.low <= 2 * FLAT_V]),
        )
        return replace(shares, current=np.array([one.charge * 3600.0 / one.seconds if one.seconds else 0.0]))

    def _fallen(
        self, rows: Rows, size: Reals, parts: Increments, begins: Places, known: tuple[Reals, Reals, bool]
    ) -> tuple[Reals, Reals, Reals]:
        least, most, goes_on = known
        fallen, low, high = np.zeros(len(begins)), np.full(len(begins), np.inf), np.full(len(begins), -np.inf)
        ends = np.append(begins[1:], len(rows))
        falling = (least < CONSTANT * most) & (ends - begins >= ROWS_MIN)
        if goes_on:
            fallen[0], low[0], high[0] = self._open.fallen, self._open.low, self._open.high
            falling[0] = least[0] < CONSTANT * most[0]
        for at in np.flatnonzero(falling):
            within = slice(begins[at], ends[at])
            lower = size[within] < CONSTANT * most[at]
            voltage = rows.voltage[within][lower]
            if len(voltage):
                fallen[at] += abs(float(parts.charge[within][lower].sum()))
                low[at], high[at] = min(low[at], voltage.min()), max(high[at], voltage.max())
        return fallen, low, high


def _shares(
    charge: Reals, constant: NDArray[np.bool_], flat: NDArray[np.bool_], fallen: Reals, flat_fall: NDArray[np.bool_]
) -> Shares:
    held = np.where(constant, 0.0, np.where(flat, charge, np.where(flat_fall, np.minimum(fallen, charge), 0.0)))
    driven = np.where(constant, charge, np.where(flat | flat_fall, charge - held, 0.0))
    return Shares(driven, held, charge)
