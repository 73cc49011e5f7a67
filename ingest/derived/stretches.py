"""Pieces to stretches: runs of pieces whose current has one direction, with the charge and energy they moved."""

import math
from dataclasses import dataclass

import numpy as np

from ingest.derived.pieces import Pieces
from ingest.derived.rows import Places, Reals

SECONDS_PER_HOUR = 3600.0


@dataclass(slots=True)
class Stretch:
    """Rows of one direction and the rest that follows; Ah and Wh by direction of the current.

    `main_current` in A is the mean of the constant-current piece that moved most charge (`main`, in Ah).
    """

    sign: int
    start: int
    charged: float = 0.0
    discharged: float = 0.0
    energy_in: float = 0.0
    energy_out: float = 0.0
    counter_in: float = 0.0
    counter_out: float = 0.0
    counter_jumps: float = 0.0
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

    @property
    def net(self) -> float:
        """What went in less what went out."""
        return self.charged - self.discharged

    def take(self, later: "Stretch") -> None:
        """Takes in the rows that follow directly, whatever their direction; shares and voltage stay its own."""
        self.charged += later.charged
        self.discharged += later.discharged
        self.energy_in += later.energy_in
        self.energy_out += later.energy_out
        self.counter_in += later.counter_in
        self.counter_out += later.counter_out
        self.counter_jumps += later.counter_jumps
        self.seconds += later.seconds
        self.lowest, self.highest = min(self.lowest, later.lowest), max(self.highest, later.highest)
        self.peak, self.hottest = max(self.peak, later.peak), max(self.hottest, later.hottest)

    def extend(self, later: "Stretch") -> None:
        """Takes in the rows that follow directly, of the same direction or at rest."""
        self.take(later)
        if not math.isnan(later.last_voltage):
            self.last_voltage = later.last_voltage
        self.constant_current += later.constant_current
        self.constant_voltage += later.constant_voltage
        if later.main > self.main:
            self.main, self.main_current = later.main, later.main_current


class Stretches:
    """Groups pieces and carries the open stretch on."""

    def __init__(self) -> None:
        self._open = Stretch(sign=0, start=0)
        self._sign = 0.0

    def add(self, pieces: Pieces) -> list[Stretch]:
        """The stretches that ended with these pieces, in order."""
        if not len(pieces):
            return []
        signs = pieces["sign"]
        under = np.flatnonzero(signs)
        turns = under[np.diff(signs[under], prepend=self._sign) != 0]
        if len(under):
            self._sign = float(signs[under[-1]])
        bounds = np.unique(np.concatenate(([0], turns)))
        closed = []
        for at, piece in enumerate(_measure(pieces, bounds)):
            if at == 0 and not (len(turns) and turns[0] == 0):
                self._open.extend(piece)
                continue
            closed.append(self._open)
            self._open = piece
        return closed

    def finish(self) -> Stretch:
        """The open stretch, closed."""
        return self._open


def _measure(pieces: Pieces, bounds: Places) -> list[Stretch]:
    whole = pieces.merged(bounds)
    main, main_current = _main(pieces, bounds)
    columns = (
        whole["charge_in"],
        whole["charge_out"],
        whole["energy_in"],
        whole["energy_out"],
        whole["counter_in"],
        whole["counter_out"],
        whole["counter_jumps"],
        whole["seconds"],
        np.nan_to_num(whole["lowest"], nan=np.inf),
        np.nan_to_num(whole["highest"], nan=-np.inf),
        whole["most"],
        np.nan_to_num(whole["hottest"], nan=-np.inf),
        _last_voltages(pieces, bounds),
        whole["constant_current"],
        whole["constant_voltage"],
        main,
        main_current,
    )
    values = zip(whole["sign"].tolist(), whole["start"].tolist(), *(one.tolist() for one in columns), strict=True)
    return [Stretch(int(sign), int(start), *rest) for sign, start, *rest in values]


def _main(pieces: Pieces, bounds: Places) -> tuple[Reals, Reals]:
    """The largest charge of a constant-current piece in each stretch, and its mean current."""
    # Currents beyond what a float holds leave no number; they are told of by the checks.
    driven = np.nan_to_num(pieces["constant_current"])
    most = np.maximum.reduceat(driven, bounds)
    sizes = np.diff(np.append(bounds, len(pieces)))
    best = np.flatnonzero(driven == np.repeat(most, sizes))
    at = best[np.searchsorted(best, bounds)]
    charge, seconds = (pieces["charge_in"] + pieces["charge_out"])[at], pieces["seconds"][at]
    with np.errstate(invalid="ignore", divide="ignore"):
        return most, charge * SECONDS_PER_HOUR / seconds


def _last_voltages(pieces: Pieces, bounds: Places) -> Reals:
    """The voltage of the last row under current in each stretch, NaN where all rows are at rest."""
    places = np.where(pieces["sign"] != 0, np.arange(len(pieces)), -1)
    last = np.maximum.reduceat(places, bounds)
    return np.where(last >= 0, pieces["voltage_last"][last], np.nan)
