"""Battery Archive's published capacity of each cycle against the cycle table made of the time series beside it."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest.text.headers import plain, split_heading
from ingest.units import unit
from schemas.errors import Unreadable
from schemas.report import Problem, Severity

WITHIN = 0.005
"""Capacities that differ by more than this share of the greater one are told."""
NAMED = 5
_SIDES = ("charge", "discharge")


@dataclass(frozen=True)
class Published:
    """One row of a `…_cycle_data.csv`: the archive's number of the cycle and its capacities in Ah, None where empty."""

    number: int
    charge: float | None
    discharge: float | None


def published(path: Path) -> tuple[Published, ...]:
    """The cycles of a `…_cycle_data.csv`, in its order.

    Raises:
        Unreadable: it has no cycle numbers and capacities with units, or a cell of them is no number.
    """
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = csv.reader(file)
        number, charge, discharge = _columns(next(rows, []))
        return tuple(
            Published(int(number(row, line) or 0), charge(row, line), discharge(row, line))
            for line, row in enumerate(rows, 2)
            if any(cell.strip() for cell in row)
        )


def differences(cycles: pa.Table, others: Sequence[Published]) -> list[Problem]:
    """Where the cycle table (`ingest.cycles`) and the archive differ: at most one warning, which names cycles.

    Cycles are compared by their number; where the numbering is shifted by one throughout, that is followed and said.
    The first and the last cycle are left out where they are truncated.
    """
    ours = {row["cycle"]: row for row in cycles.to_pylist() if not row["truncated"]}
    by_shift = {shift: list(_compared(ours, others, shift)) for shift in (0, 1, -1)}
    shift = max(by_shift, key=lambda one: sum(1 if found.agrees else -1 for found in by_shift[one]))
    found = by_shift[shift]
    apart = [one for one in found if not one.agrees]
    if found and not apart:
        return []
    if not found:
        return [_warning("No cycle of the archive's cycle data is one of the cycle table.", 0)]
    numbers = sorted({one.number for one in apart})
    shifted = f" (the archive's number {shift:+d})" if shift else ""
    listed = "; ".join(one.sentence for one in apart[:NAMED])
    more = f"; and {len(apart) - NAMED} more capacities" if len(apart) > NAMED else ""
    return [
        _warning(
            f"{len(numbers)} cycles of {len({one.number for one in found})}{shifted} have another capacity in the "
            f"archive's cycle data than here: {listed}{more}.",
            len(numbers),
        )
    ]


@dataclass(frozen=True)
class _Pair:
    number: int
    side: str
    ours: float
    theirs: float

    @property
    def agrees(self) -> bool:
        return abs(self.ours - self.theirs) <= WITHIN * max(abs(self.ours), abs(self.theirs))

    @property
    def sentence(self) -> str:
        return f"cycle {self.number} {self.side} {self.theirs:.6g} Ah there and {self.ours:.6g} Ah here"


def _compared(
    ours: Mapping[int, Mapping[str, float | None]], others: Iterable[Published], shift: int
) -> Iterator[_Pair]:
    for other in others:
        row = ours.get(other.number + shift)
        for side in _SIDES if row is not None else ():
            here, there = row[f"{side}_capacity_ah"] if row else None, getattr(other, side)
            if here is not None and there is not None:
                yield _Pair(other.number + shift, side, here, there)


Cell = Callable[[Sequence[str], int], float | None]


def _columns(headings: Sequence[str]) -> tuple[Cell, Cell, Cell]:
    """Readers of the three columns, in Ah."""
    names = [plain(split_heading(heading)[0]) for heading in headings]
    found: list[Cell] = []
    for name, ucum in (("cycleindex", "1"), ("chargecapacity", "A.h"), ("dischargecapacity", "A.h")):
        if name not in names:
            raise Unreadable(f"The cycle data have no column {name}; a file of the Battery Archive has.")
        at = names.index(name)
        spelled = split_heading(headings[at])[1] or ("1" if ucum == "1" else "")
        known = unit(spelled, ucum)
        if known is None:
            raise Unreadable(f"The column “{headings[at]}” of the cycle data prints no unit of charge.")
        found.append(_cell(at, headings[at], known.factor))
    return found[0], found[1], found[2]


def _cell(at: int, heading: str, factor: float) -> Cell:
    def value(row: Sequence[str], line: int) -> float | None:
        text = row[at].strip() if at < len(row) else ""
        if not text or text.casefold() in ("nan", "null", "none"):
            return None
        try:
            return float(text) * factor
        except ValueError as fault:
            raise Unreadable(
                f"“{text[:40]}” in line {line} of the cycle data, column “{heading}”, is no number."
            ) from fault

    return value


def _warning(message: str, count: int) -> Problem:
    return Problem(
        rule="archive-cycles-differ",
        severity=Severity.WARNING,
        message=message,
        hint="The cycle table is made of the time series alone; the archive may cut cycles elsewhere or count pulses.",
        count=max(count, 1),
    )
