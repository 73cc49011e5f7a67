"""Rows to stretches: runs of rows whose current has one direction, with the charge and energy they moved."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.segments import Segments, Segment

Reals = NDArray[np.float64]
Places = NDArray[np.intp]
DEAD_BAND = 1e-4
"""A current below this part of the largest one so far has no direction (C/1000 where 10C was seen)."""
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


@dataclass
class Stretch:
    """Rows of one direction and the rest that follows; charge in Ah and energy in Wh, negative when discharging."""

    sign: int
    start: int
    charge: float = 0.0
    energy: float = 0.0
    seconds: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf
    peak: float = 0.0
    hottest: float = math.nan
    last_voltage: float = math.nan
    constant_current: float = 0.0
    constant_voltage: float = 0.0
    main: float = 0.0
    main_current: float = math.nan

    def extend(self, later: "Stretch") -> None:
        """Takes in what follows directly, of the same direction or at rest."""
        self.charge += later.charge
        self.energy += later.energy
        self.seconds += later.seconds
        self.lowest = min(self.lowest, later.lowest)
        self.highest = max(self.highest, later.highest)
        self.peak = max(self.peak, later.peak)
        self.hottest = _warmer(self.hottest, later.hottest)
        if not math.isnan(later.last_voltage):
            self.last_voltage = later.last_voltage
        self.constant_current += later.constant_current
        self.constant_voltage += later.constant_voltage
        if later.main > self.main:
            self.main, self.main_current = later.main, later.main_current


@dataclass
class _Before:
    """The row before a block."""

    time: float
    current: float
    voltage: float
    step: float
    sign: int = 0


@dataclass
class Stretches:
    """Cuts blocks of rows into stretches and carries the open one from block to block."""

    open: Stretch = field(default_factory=lambda: Stretch(sign=0, start=0))
    peak: float = 0.0
    ends_under_current: bool = False
    _before: _Before | None = None
    _segments: Segments = field(default_factory=Segments)

    def add(self, rows: Rows) -> list[Stretch]:
        """The stretches that ended within these rows."""
        block = _Block(rows, self._before or _first(rows))
        size = np.abs(block.current)
        self.peak = max(self.peak, float(size.max()))
        sign = _signs(block.current, DEAD_BAND * self.peak)
        starts = _starts(sign, self.open.sign)
        self.open.charge += block.earlier_charge
        self.open.energy += block.earlier_energy
        pieces = self._pieces(block, size, sign, starts)
        self._before = _Before(
            float(rows.time[-1]), float(block.current[-1]), float(rows.voltage[-1]), block.last_step, int(sign[-1])
        )
        self.ends_under_current = bool(sign[-1])
        closed = []
        for piece in pieces:
            if piece.sign in (0, self.open.sign) and piece.start != (starts[0] + rows.first if len(starts) else -1):
                self.open.extend(piece)
            else:
                closed.append(self.open)
                self.open = piece
        return closed
