"""One mutant through the sandbox, and what became of its values."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

import numpy as np
import pyarrow.parquet as pq

from ingest import sandbox
from ingest.limits import GIB, Limits
from schemas.ingested import Ingested
from schemas.report import Severity
from tests.fuzz.mutate import BYTES, TEXT
from tests.fuzz.seeds import Seed

LIMITS = Limits(memory_bytes=GIB, output_bytes=GIB // 4, cpu_s=20, wall_s=30)
TOLERANCE = 0.01
PHYSICAL = ("test_time_second", "voltage_volt", "current_ampere")
UNKNOWABLE = frozenset({"flip", "hole", "digit", "point"})
"""Mutations of single cells: a value that stays possible is one that the test could have had."""


class Fate(StrEnum):
    """What became of a mutant."""

    REFUSED = "refused or quarantined"
    WARNED = "read with a finding"
    SAME = "read, values the same"
    FEWER = "read, rows missing, the others the same"
    CHANGED = "read, values changed, no finding"
    CRASH = "the child crashed"
    HANG = "the limit of time was reached"


@dataclass(frozen=True)
class Read:
    """A file's findings, and per row time, voltage and current where it has tables."""

    ingested: Ingested
    rows: np.ndarray | None

    @property
    def findings(self) -> set[tuple[str, str]]:
        worth = (one for one in self.ingested.report.problems if one.severity is not Severity.NOTE)
        return {(one.rule, one.message) for one in worth}


@dataclass
class Tally:
    """How many mutants of each kind met which fate, and the survivors by name."""

    counts: dict[tuple[str, Fate], int] = field(default_factory=dict)
    survivors: list[str] = field(default_factory=list)
    rules: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, seed: Seed, number: int, fate: Fate, read: Read) -> None:
        self.counts[kind, fate] = self.counts.get((kind, fate), 0) + 1
        if fate in (Fate.CHANGED, Fate.CRASH, Fate.HANG):
            self.survivors.append(f"{kind} {seed.filename} #{number}: {fate.value}")
        for one in {problem.rule for problem in read.ingested.report.problems}:
            self.rules[one] = self.rules.get(one, 0) + 1

    def of(self, fate: Fate) -> int:
        return sum(count for (_, one), count in self.counts.items() if one is fate)


def read(seed: Seed, content: bytes, folder: Path) -> Read:
    """What the sandbox makes of these bytes; the folder is emptied."""
    path, out = folder / "raw", folder / "out"
    out.mkdir(exist_ok=True)
    path.write_bytes(content)
    ingested = sandbox.run(path, seed.filename, out, seed.declared, LIMITS)
    found = next((table for table in ingested.tables if table.name == "timeseries"), None)
    rows = None
    if found is not None:
        table = pq.read_table(out / found.file)
        there = [table[name].to_numpy() if name in table.column_names else np.zeros(len(table)) for name in PHYSICAL]
        rows = np.column_stack(there).astype(np.float64)
    for one in out.iterdir():
        one.unlink()
    return Read(ingested, rows)


def mutant(seed: Seed, number: int) -> tuple[str, bytes]:
    """The kind of mutation and the bytes; the same number makes the same."""
    chance = Random(f"{seed.filename}/{number}")
    kinds = TEXT if seed.text else BYTES
    kind = chance.choice(sorted(kinds))
    return kind, kinds[kind](seed.content, chance)


def fate(good: Read, bad: Read) -> Fate:
    """What became of a mutant, by the good file it was made from."""
    rules = {one.rule for one in bad.ingested.report.problems}
    if rules & {"reading-ended"}:
        return Fate.CRASH
    if rules & {"limit-wall", "limit-cpu"}:
        return Fate.HANG
    if not bad.ingested.report.passed:
        return Fate.REFUSED
    if bad.findings - good.findings:
        return Fate.WARNED
    if bad.rows is None or good.rows is None:
        return Fate.SAME
    if _other(good.rows, bad.rows):
        return Fate.CHANGED
    return Fate.SAME if len(bad.rows) >= len(good.rows) else Fate.FEWER


def _other(good: np.ndarray, bad: np.ndarray) -> bool:
    """Whether a row of the mutant is none of the good file's: by more than 1 % of the value or of the column's size."""
    size = np.nanmax(np.abs(good), axis=0) * TOLERANCE
    at = np.clip(np.searchsorted(good[:, 0], bad[:, 0]), 0, len(good) - 1)
    alike = np.zeros(len(bad), np.bool_)
    for shift in (-2, -1, 0, 1, 2):
        near = good[np.clip(at + shift, 0, len(good) - 1)]
        margin = np.maximum(np.abs(near) * TOLERANCE, size * TOLERANCE)
        margin[:, 0] = np.maximum(margin[:, 0], 1e-3)
        alike |= (np.abs(bad - near) <= margin).all(axis=1)
    return not bool(alike.all())
