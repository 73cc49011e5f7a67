"""Stretches to half cycles: small excursions against the direction belong to the half in which they happen."""

import math
from dataclasses import dataclass

from ingest.stretches import Stretch

TURN = 0.02
"""The current has turned once it moved this part of the largest half's charge against the direction."""


@dataclass
class Half:
    """One half cycle; charges (Ah) and energies (Wh) by direction of the current, both positive."""

    rows: Stretch
    charged: float = 0.0
    discharged: float = 0.0
    energy_in: float = 0.0
    energy_out: float = 0.0

    @classmethod
    def of(cls, stretch: Stretch) -> "Half":
        out = stretch.sign < 0
        return cls(
            rows=stretch,
            charged=0.0 if out else max(stretch.charge, 0.0),
            discharged=max(-stretch.charge, 0.0) if out else 0.0,
            energy_in=0.0 if out else max(stretch.energy, 0.0),
            energy_out=max(-stretch.energy, 0.0) if out else 0.0,
        )

    @property
    def net(self) -> float:
        return self.charged - self.discharged

    @property
    def sign(self) -> int:
        return 1 if self.net >= 0 else -1

    def extend(self, later: "Half") -> None:
        """Takes in the half that follows directly; what it was at constant current counts in its own direction."""
        if later.sign == self.sign:
            self.rows.extend(later.rows)
        else:
            shares = (self.rows.constant_current, self.rows.constant_voltage, self.rows.main, self.rows.main_current)
            last = self.rows.last_voltage
            self.rows.extend(later.rows)
            self.rows.constant_current, self.rows.constant_voltage, self.rows.main, self.rows.main_current = shares
            self.rows.last_voltage = last
        self.charged += later.charged
        self.discharged += later.discharged
        self.energy_in += later.energy_in
        self.energy_out += later.energy_out


class Halves:
    """Follows the net charge and closes a half at its turning point once the turn is sure."""

    def __init__(self, turn_ah: float = 0.0) -> None:
        self._closed: list[Half] = []
        self._open: Half | None = None
        self._back: Half | None = None
        self._turn = turn_ah
        self._lead: Stretch | None = None

    def add(self, stretch: Stretch) -> None:
        """Stretches in the order of the file; a rest before all current joins the first half."""
        if stretch.sign == 0:
            self._lead = stretch
            return
        if self._lead is not None:
            lead, self._lead = self._lead, None
            first = Stretch(sign=stretch.sign, start=lead.start)
            lead.charge = lead.energy = 0.0
            first.extend(lead)
            first.extend(stretch)
            stretch = first
        self.follow(Half.of(stretch))

    def follow(self, half: Half) -> None:
        """Takes in what comes next, whatever its size."""
        if self._open is None:
            self._open = half
        elif self._back is not None:
            self._back.extend(half)
        elif half.sign == self._open.sign:
            self._open.extend(half)
        else:
            self._back = half
        self._decide(self._open)

    def _decide(self, present: Half) -> None:
        self._turn = max(self._turn, TURN * abs(present.net))
        back = self._back
        if back is None:
            return
        if back.net * present.sign >= 0.0:
            present.extend(back)
            self._back = None
        elif abs(back.net) >= self._turn:
            self._closed.append(present)
            self._open, self._back = back, None
            self._decide(back)

    def finish(self) -> list[Half]:
        """All halves, alternating in direction; those that only early, smaller halves made look large are joined."""
        turn = self._turn
        again = Halves(turn)
        for half in self._all():
            if again._open is not None and not again._closed and abs(again._open.net) < turn and again._back is None:
                half = _joined(again._open, half)
                again._open = None
            again.follow(half)
        return again._all()

    def _all(self) -> list[Half]:
        if self._open is None:
            return []
        if self._back is not None:
            self._open.extend(self._back)
            self._back = None
        return [*self._closed, self._open]


def _joined(tiny: Half, half: Half) -> Half:
    """A first excursion too small to be a half, at the start of the half that follows."""
    rows = Stretch(sign=half.rows.sign, start=tiny.rows.start)
    whole = Half(rows)
    tiny.rows.constant_current = tiny.rows.constant_voltage = tiny.rows.main = 0.0
    for part in (tiny, half):
        whole.rows.extend(part.rows)
        whole.charged += part.charged
        whole.discharged += part.discharged
        whole.energy_in += part.energy_in
        whole.energy_out += part.energy_out
    return whole


def unknown(value: float) -> float | None:
    """The value, null where there is none."""
    return value if math.isfinite(value) else None


def order(halves: list[Half], first: int) -> list[tuple[int, Half | None, Half | None]]:
    """Cycle number, half in the direction `first`, half in the other; a leading half in the other is cycle 0."""
    cycles: list[tuple[int, Half | None, Half | None]] = []
    for half in halves:
        if half.sign == first:
            cycles.append((cycles[-1][0] + 1 if cycles else 1, half, None))
        elif not cycles:
            cycles.append((0, None, half))
        else:
            number, begun, _ = cycles[-1]
            cycles[-1] = (number, begun, half)
    return cycles
