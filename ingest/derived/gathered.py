"""Pieces that are complete, kept back until they are enough to be worth a look, with what only whole pieces tell."""

import numpy as np

from ingest.derived.increments import TWO_HOURS_S
from ingest.derived.pieces import Pieces
from ingest.derived.regimes import Fall, judge

ENOUGH = 256
"""Pieces are worked on when so many are there, as a call for a few costs as much as for many."""
_NONE = Pieces.blank(0)


class Gathered:
    """Takes pieces that moved a charge with its sign, twice as As and Ws, in `charge_in` and `energy_in`."""

    def __init__(self) -> None:
        self._parts: list[Pieces] = []
        self._falls: dict[int, Fall] = {}
        self._count = 0

    def add(self, pieces: Pieces, falls: dict[int, Fall]) -> None:
        """The next pieces; `falls` has those whose current is not constant, by their place among them."""
        if len(pieces):
            self._parts.append(pieces)
            self._falls.update({self._count + at: fall for at, fall in falls.items()})
            self._count += len(pieces)

    def enough(self) -> Pieces:
        """All that were kept back, once they are enough; none before."""
        return self.all() if self._count >= ENOUGH else _NONE

    def all(self) -> Pieces:
        """All that are kept back."""
        if not self._parts:
            return Pieces.blank(0)
        whole = Pieces.joined(self._parts)
        _direct(whole)
        judge(whole, self._falls)
        self._parts, self._falls, self._count = [], {}, 0
        return whole


def _direct(pieces: Pieces) -> None:
    """What they moved, by its direction, and how long and in how many rows the current flew in it."""
    charge, energy = pieces["charge_in"] / TWO_HOURS_S, pieces["energy_in"] / TWO_HOURS_S
    pieces["charge_in"], pieces["charge_out"] = np.maximum(charge, 0.0), np.maximum(-charge, 0.0)
    pieces["energy_in"], pieces["energy_out"] = np.where(charge >= 0, energy, 0.0), np.where(charge < 0, -energy, 0.0)
    rows = pieces["end"] - pieces["start"]
    for name, way in (("in", pieces["sign"] > 0), ("out", pieces["sign"] < 0)):
        pieces[f"seconds_{name}"] = np.where(way, pieces["seconds"], 0.0)
        pieces[f"rows_{name}"] = np.where(way, rows, 0.0)
