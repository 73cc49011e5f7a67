"""Rows to stretches: runs of rows whose current has one direction, with the charge and energy they moved."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.integrate import Increments, Reals, RowBefore, Rows, increments
from ingest.segments import Segments, Shares, starts

Signs = NDArray[np.int8]
Places = NDArray[np.intp]
DEAD_BAND = 1e-4
"""A current below this part of the largest one so far has no direction (C/1000 where 10C was seen)."""


@dataclass
class Stretch:
    """Rows of one direction and the rest that follows; Ah and Wh, negative when discharging.

    `main_current` in A is the mean of the constant-current segment that moved most charge (`main`, in Ah).
    """

    sign: int
    start: int
    charge: float = 0.0
    energy: float = 0.0
    seconds: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf
    peak: float = 0.0
    hottest: float = -math.inf
    last_voltage: float = math.nan
    constant_current: float = 0.0
    constant_voltage: float = 0.0
    main: float = 0.0
    main_current: float = math.nan

    def extend(self, later: "Stretch") -> None:
        """Takes in the rows that follow directly, of the same direction or at rest."""
        self.charge += later.charge
        self.energy += later.energy
        self.seconds += later.seconds
        self.lowest, self.highest = min(self.lowest, later.lowest), max(self.highest, later.highest)
        self.peak, self.hottest = max(self.peak, later.peak), max(self.hottest, later.hottest)
        if not math.isnan(later.last_voltage):
            self.last_voltage = later.last_voltage
        self.constant_current += later.constant_current
        self.constant_voltage += later.constant_voltage
        if later.main > self.main:
            self.main, self.main_current = later.main, later.main_current

    def judge(self, shares: Shares, within: slice) -> None:
        """Adds what segments of this stretch were."""
        driven = shares.constant_current[within]
        self.constant_current += float(driven.sum())
        self.constant_voltage += float(shares.constant_voltage[within].sum())
        best = int(driven.argmax())
        if driven[best] > self.main:
            self.main, self.main_current = float(driven[best]), float(shares.current[within][best])


class Stretches:
    """Cuts blocks of rows into stretches and carries the open one from block to block."""

    def __init__(self) -> None:
        self.open = Stretch(sign=0, start=0)
        self.ends_under_current = False
        self._peak = 0.0
        self._before: RowBefore | None = None
        self._sign_before = 0
        self._segments = Segments()

    def add(self, rows: Rows) -> list[Stretch]:
        """The stretches that ended within these rows, in order."""
        before = self._before or RowBefore.of(rows, 0)
        parts = increments(rows, before)
        size = np.abs(rows.current)
        self._peak = max(self._peak, float(size.max()))
        sign = _signs(rows.current, DEAD_BAND * self._peak)
        turns = _turns(sign, self.open.sign)
        begins = starts(rows, size, sign, parts, (before, self._sign_before))
        pieces = self._pieces(rows, size, sign, parts, (turns, begins))
        self._before, self._sign_before = RowBefore.of(rows, -1), int(sign[-1])
        self.ends_under_current = bool(sign[-1])
        return pieces

    def finish(self) -> Stretch:
        """The open stretch, closed."""
        self.open.judge(self._segments.finish(), slice(None))
        return self.open

    def _pieces(
        self, rows: Rows, size: Reals, sign: Signs, parts: Increments, places: tuple[Places, Places]
    ) -> list[Stretch]:
        turns, begins = places
        goes_on = not (len(begins) and begins[0] == 0)
        begins = np.concatenate(([0], begins)) if goes_on else begins
        if not goes_on:
            self.open.judge(self._segments.finish(), slice(None))
        self.open.charge += parts.earlier_charge
        self.open.energy += parts.earlier_energy
        shares = self._segments.add(rows, size, parts, begins, goes_on)
        bounds = np.unique(np.concatenate(([0], turns)))
        found = _measure(rows, size, sign, parts, bounds)
        inside = np.append(np.searchsorted(begins, bounds), len(begins))
        closed = []
        for at, piece in enumerate(found):
            piece.judge(shares, slice(int(inside[at]), int(inside[at + 1])))
            if at == 0 and not (len(turns) and turns[0] == 0):
                self.open.extend(piece)
                continue
            closed.append(self.open)
            self.open = piece
        return closed


def _measure(rows: Rows, size: Reals, sign: Signs, parts: Increments, bounds: Places) -> list[Stretch]:
    ends = np.append(bounds[1:], len(rows))
    heat = rows.temperature
    columns = (
        np.add.reduceat(parts.charge, bounds),
        np.add.reduceat(parts.energy, bounds),
        np.add.reduceat(parts.seconds, bounds),
        np.fmin.reduceat(rows.voltage, bounds),
        np.fmax.reduceat(rows.voltage, bounds),
        np.maximum.reduceat(size, bounds),
        np.full(len(bounds), -np.inf) if heat is None else np.fmax.reduceat(heat, bounds),
        _last_voltages(rows, sign, bounds, ends),
    )
    values = zip(bounds, *(column.tolist() for column in columns), strict=True)
    return [Stretch(int(sign[start]), rows.first + int(start), *rest) for start, *rest in values]


def _last_voltages(rows: Rows, sign: Signs, bounds: Places, ends: Places) -> Reals:
    """The voltage of the last row under current in each piece, NaN where all rows are at rest."""
    begins, after, _ = _runs(sign)
    if not len(begins):
        return np.full(len(bounds), np.nan)
    at = np.searchsorted(begins, ends) - 1
    last = after[np.maximum(at, 0)] - 1
    return np.where((at >= 0) & (last >= bounds), rows.voltage[last], np.nan)


def _signs(current: Reals, band: float) -> Signs:
    return (current > band).view(np.int8) - (current < -band).view(np.int8)


def _runs(sign: Signs) -> tuple[Places, Places, Signs]:
    """Where runs of rows under current of one direction begin and end, and their directions."""
    edges = np.concatenate(([0], np.flatnonzero(sign[1:] != sign[:-1]) + 1, [len(sign)]))
    directions = sign[edges[:-1]]
    under_current = directions != 0
    return edges[:-1][under_current], edges[1:][under_current], directions[under_current]


def _turns(sign: Signs, before: int) -> Places:
    """Rows whose direction differs from that of the last row under current before them."""
    begins, _, directions = _runs(sign)
    turned: Places = begins[np.diff(directions, prepend=np.int8(before)) != 0]
    return turned
