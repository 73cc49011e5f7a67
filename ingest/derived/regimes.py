"""Constant current or constant voltage: how much of the charge of a piece was moved at which of the two."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.pieces import Pieces
from ingest.derived.rows import Reals

CONSTANT = 0.98
"""A piece whose smallest current is at least this part of its largest is of constant current."""
MOSTLY = 0.99
"""So is one that moved at least this part of its charge at such a current, whatever single rows say."""
FLAT_V = 0.005
"""A piece of constant voltage stays within this many volts."""
LEVELS = np.array([0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, CONSTANT])
"""Parts of the largest current below which it may have begun to fall; the first that noise leaves alone counts."""
ROWS_MIN = 4


@dataclass
class Fall:
    """Per level: the charge (Ah) moved in rows below it, and their lowest and highest voltage."""

    charge: Reals
    low: Reals
    high: Reals

    @classmethod
    def none(cls) -> "Fall":
        return cls(np.zeros(len(LEVELS)), np.full(len(LEVELS), np.inf), np.full(len(LEVELS), -np.inf))

    def add(self, size: Reals, charge: Reals, voltage: Reals, most: float) -> None:
        """Rows of a piece whose largest current is `most` so far; `size` is without direction."""
        for at, level in enumerate(LEVELS):
            below = size < level * most
            if not below.all():
                # Each level is below the one before it, so that the other rows count no more.
                size, charge, voltage = size[below], charge[below], voltage[below]
            if not len(size):
                return
            self.charge[at] += abs(float(charge.sum()))
            self.low[at] = min(self.low[at], voltage.min())
            self.high[at] = max(self.high[at], voltage.max())

    def flat(self) -> float | None:
        """What was moved at constant voltage once the current fell; None where the voltage did not hold then."""
        held = np.flatnonzero(self.high - self.low <= 2 * FLAT_V)
        return float(self.charge[held[0]]) if len(held) and self.high[-1] - self.low[-1] <= 2 * FLAT_V else None


def judge(pieces: Pieces, falls: dict[int, Fall]) -> None:
    """Writes the two shares (Ah) into complete pieces; `falls` has those whose current is not constant."""
    charge = pieces["charge_in"] + pieces["charge_out"]
    driven = (pieces["sign"] != 0) & (pieces["least"] >= CONSTANT * pieces["most"])
    held = (pieces["sign"] != 0) & ~driven & (pieces["highest"] - pieces["lowest"] <= FLAT_V)
    pieces["constant_current"] = np.where(driven, charge, 0.0)
    pieces["constant_voltage"] = np.where(held, charge, 0.0)
    for at, fall in falls.items():
        if driven[at] or held[at]:
            continue
        if fall.charge[-1] <= (1 - MOSTLY) * charge[at]:
            pieces["constant_current"][at] = charge[at]
            continue
        flat = fall.flat()
        if flat is not None:
            flat = min(flat, float(charge[at]))
            pieces["constant_voltage"][at] = flat
            pieces["constant_current"][at] = charge[at] - flat
