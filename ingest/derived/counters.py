"""The cycler's own charge counter as a cross-check: only where the vocabulary says when it begins anew."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from ingest.derived.pieces import Pieces
from ingest.derived.resolution import Resolution
from ingest.derived.rows import Flags, Places, Reals, Rows
from schemas.report import Problem, Severity

JUMPS = 1e-4
"""A counter has jumped when it moves by more than this part of its largest value in no time."""


@dataclass(frozen=True)
class Kind:
    """Columns of one kind of counter: charge and discharge, or both in one; it begins anew with each step or cycle."""

    columns: tuple[str, ...]
    anew: str
    net: bool = False


def _kinds(prefix: str, anew: str) -> tuple[Kind, ...]:
    return (
        Kind((f"{prefix}charging_capacity_ah", f"{prefix}discharging_capacity_ah"), anew),
        Kind((f"{prefix}net_capacity_ah",), anew, net=True),
        Kind((f"{prefix}cumulative_capacity_ah",), anew),
    )


KINDS = (*_kinds("step_", "step"), *_kinds("cycle_", "cycle"), *_kinds("", "never"))
"""In the order of preference. `schedule_…` begin anew where a program says and are no cross-check."""
COLUMNS = tuple(dict.fromkeys(name for kind in KINDS for name in kind.columns))


def kind_of(names: Collection[str], has_steps: bool) -> Kind | None:
    """The counter of a file with these columns; None where it has none, or nothing says where it begins anew."""
    known = {"never", *(("step",) if has_steps else ()), *(("cycle",) if "cycle_count" in names else ())}
    return next((kind for kind in KINDS if kind.anew in known and set(kind.columns) <= set(names)), None)


@dataclass
class Counter:
    """Follows one counter over the blocks of a file."""

    kind: Kind
    resolution: Resolution = field(default_factory=Resolution)
    _before: list[float] = field(default_factory=list)
    _cycle: float = np.nan
    _largest: float = 0.0

    @property
    def name(self) -> str:
        return " + ".join(self.kind.columns)

    def measure(self, rows: Rows, pieces: Pieces, begins: Places, seconds: Reals) -> None:
        """Writes what the counter moved in each piece of a block, and how often it moved in no time."""
        ends = np.append(begins[1:], len(rows))
        columns = [np.asarray(rows.column(name), np.float64) for name in self.kind.columns]
        self.resolution.look(rows, columns)
        if not self._before:
            self._before = [float(column[0]) for column in columns]
        fresh = self._anew(pieces, rows.first == 0)
        moved = []
        for column, before in zip(columns, self._before, strict=True):
            base = np.where(begins > 0, column[begins - 1], before)
            moved.append(column[ends - 1] - np.where(fresh, 0.0, base))
        pieces["counter_in"], pieces["counter_out"] = self._directed(moved, pieces)
        pieces["counter_jumps"] = self._jumps(columns, begins, fresh, seconds, rows.first == 0)
        self._before = [float(column[-1]) for column in columns]

    def _anew(self, pieces: Pieces, first: bool) -> Flags:
        if self.kind.anew == "step":
            fresh = pieces["new_step"] > 0
        elif self.kind.anew == "cycle":
            cycles = pieces["cycle_count"]
            before = np.concatenate(([self._cycle], cycles[:-1]))
            fresh = cycles != before
            self._cycle = float(cycles[-1])
        else:
            fresh = np.zeros(len(pieces), np.bool_)
        if first:
            fresh[0] = False
        return fresh

    def _directed(self, moved: list[Reals], pieces: Pieces) -> tuple[Reals, Reals]:
        if len(moved) == 2:
            return moved[0], moved[1]
        into = moved[0] >= 0 if self.kind.net else pieces["charge_in"] >= 0.0
        size = np.abs(moved[0]) if self.kind.net else moved[0]
        unknown = np.where(np.isnan(size), np.nan, 0.0)
        return np.where(into, size, unknown), np.where(into, unknown, size)

    def _jumps(self, columns: list[Reals], begins: Places, fresh: Flags, seconds: Reals, first: bool) -> Reals:
        count = np.zeros(len(begins))
        self._largest = max(self._largest, *(float(np.fmax.reduce(np.abs(column))) for column in columns))
        still = np.flatnonzero(seconds == 0.0)
        if first:
            still = still[still > 0]
        if not len(still):
            return count
        piece = np.searchsorted(begins, still, side="right") - 1
        kept = ~(fresh[piece] & (begins[piece] == still))
        still, piece = still[kept], piece[kept]
        for column, before in zip(columns, self._before, strict=True):
            step = np.abs(column[still] - np.where(still > 0, column[still - 1], before))
            np.add.at(count, piece[step > JUMPS * self._largest], 1.0)
        return count


MISMATCH = 0.005
"""A counter that differs from the integral by more than this part is told of."""
SMALL = 0.05
"""Steps that moved less than this part of the largest step's charge are not compared."""


def mismatches(steps: Pieces, counter: Counter | None, impedance: Reals) -> list[Problem]:
    """Rule `counter-mismatch`: the file's charge counter against the integral of the current, step by step.

    Steps with rows of `impedance` are left out: their current alternates between the rows. What the printed digits and
    the sampling allow for is a note.
    """
    if counter is None or not len(steps):
        return []
    charge = np.concatenate([steps["charge_in"], steps["charge_out"]])
    counted = np.concatenate([steps["counter_in"], steps["counter_out"]])
    alternates = np.searchsorted(impedance, steps["start"]) < np.searchsorted(impedance, steps["end"])
    large = (charge > SMALL * float(charge.max())) & ~np.concatenate([alternates, alternates])
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.where(large, np.abs(counted - charge) / charge, 0.0)
        unexplained = np.where(large, off - counter.resolution.allowed(steps) / charge, 0.0)
    wrong = np.flatnonzero(unexplained > MISMATCH)
    allowed = not len(wrong)
    if allowed:
        wrong = np.flatnonzero(off > MISMATCH)
    if not len(wrong):
        return []
    worst = int(wrong[np.argmax(off[wrong])])
    step = worst % len(steps) + 1
    why = ", which the digits that the file prints and its sampling allow for" if allowed else ""
    return [
        Problem(
            rule="counter-mismatch",
            severity=Severity.NOTE if allowed else Severity.WARNING,
            message=(
                f"The file's counter ({counter.name}) says {counted[worst]:.6g} Ah in step {step}, the "
                f"current adds up to {charge[worst]:.6g} Ah: {100 * off[worst]:.2g} % apart, the most of {len(wrong)} "
                f"steps{why}."
            ),
            hint="Tables use the integral. "
            + (
                "Export more digits, or record more often, where that matters."
                if allowed
                else "Look for missing rows or slow sampling in the step, or a counter that is set by the program."
            ),
            column=counter.name,
            value=f"{counted[worst]:.9g}",
            count=len(wrong),
        )
    ]
