"""Stretches to half cycles: small excursions against the direction belong to the half in which they happen."""

import math
from dataclasses import replace

from ingest.derived.stretches import Stretch

TURN = 0.02
"""The current has turned once it moved this part of the largest half's charge against the direction."""


def direction(half: Stretch) -> int:
    """1 where more charge went in than out, else -1."""
    return 1 if half.net >= 0 else -1


class Halves:
    """Follows the net charge and closes a half at its turning point once the turn is sure."""

    def __init__(self, turn_ah: float = 0.0) -> None:
        self._closed: list[Stretch] = []
        self._open: Stretch | None = None
        self._back: Stretch | None = None
        self._turn = turn_ah
        self._lead: Stretch | None = None

    def add(self, stretch: Stretch) -> None:
        """Stretches in the order of the file; a rest before all current joins the first half."""
        if stretch.sign == 0:
            self._lead = stretch
            return
        if self._lead is not None:
            lead, self._lead = self._lead, None
            first = replace(stretch, start=lead.start)
            first.seconds += lead.seconds
            first.lowest, first.highest = min(lead.lowest, first.lowest), max(lead.highest, first.highest)
            first.hottest = max(lead.hottest, first.hottest)
            stretch = first
        self.follow(stretch)

    def follow(self, half: Stretch) -> None:
        """Takes in what comes next, whatever its size."""
        if self._open is None:
            self._open = half
        elif self._back is not None:
            _extend(self._back, half)
        elif direction(half) == direction(self._open):
            _extend(self._open, half)
        else:
            self._back = half
        self._decide(self._open)

    def _decide(self, present: Stretch) -> None:
        net = present.net
        self._turn = max(self._turn, TURN * abs(net))
        back = self._back
        if back is None:
            return
        opposite = back.net if net >= 0 else -back.net
        if opposite >= 0.0:
            _extend(present, back)
            self._back = None
        elif -opposite >= self._turn:
            self._closed.append(present)
            self._open, self._back = back, None
            self._decide(back)

    def finish(self) -> list[Stretch]:
        """All halves, alternating in direction; those that only early, smaller halves made look large are joined."""
        turn = self._turn
        again = Halves(turn)
        for half in self._all():
            if again._open is not None and not again._closed and abs(again._open.net) < turn and again._back is None:
                half = _joined(again._open, half)
                again._open = None
            again.follow(half)
        return again._all()

    def _all(self) -> list[Stretch]:
        if self._open is None:
            return []
        if self._back is not None:
            _extend(self._open, self._back)
            self._back = None
        return [*self._closed, self._open]


def _extend(half: Stretch, later: Stretch) -> None:
    """Takes in what follows directly; what it was at constant current counts in its own direction."""
    if direction(later) == direction(half):
        half.extend(later)
    else:
        half.take(later)


def _joined(tiny: Stretch, half: Stretch) -> Stretch:
    """A first excursion too small to be a half, at the start of the half that follows."""
    whole = replace(half, start=tiny.start)
    whole.take(tiny)
    return whole


def unknown(value: float) -> float | None:
    """The value, null where there is none."""
    return value if math.isfinite(value) else None


def order(halves: list[Stretch], first: int) -> list[tuple[int, Stretch | None, Stretch | None]]:
    """Cycle number, half in the direction `first`, half in the other; a leading half in the other is cycle 0."""
    cycles: list[tuple[int, Stretch | None, Stretch | None]] = []
    for half in halves:
        if direction(half) == first:
            cycles.append((cycles[-1][0] + 1 if cycles else 1, half, None))
        elif not cycles:
            cycles.append((0, None, half))
        else:
            number, begun, _ = cycles[-1]
            cycles[-1] = (number, begun, half)
    return cycles
