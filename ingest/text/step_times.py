"""The test time of exports that print only the time within each step, or only a clock."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.findings import error
from ingest.text.steps import Columns, Step
from schemas.errors import Unreadable
from schemas.ingested import Conversion
from schemas.quantities import QUANTITIES
from schemas.report import Problem

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TEST, WITHIN, CLOCK = "test_time_second", "step_time_second", "unix_time_second"
_COUNTERS = ("step_id", "cycle_count")


class Taken(Protocol):
    """A column of the file that is taken."""

    @property
    def name(self) -> str: ...

    @property
    def conversion(self) -> Conversion: ...


@dataclass(frozen=True)
class Made:
    """A quantity that a step makes of another where no column holds it, and the rule by which it does.

    `placed` where it is made of clock times once they are placed in the hour that autumn repeats.
    """

    name: str
    of: str
    rule: str
    step: Callable[[], Step]
    placed: bool = False

    def applies(self, quantities: Collection[str]) -> bool:
        """True where the file has the other one only."""
        return self.of in quantities and self.name not in quantities

    def conversion(self, taken: Sequence[Taken]) -> Conversion:
        """The record of it.

        Raises:
            Unreadable: the column that it is made of could not be taken.
        """
        source = next((one.conversion for one in taken if one.name == self.of), None)
        if source is None:
            raise Unreadable(
                f"There is no column for {QUANTITIES[self.name].label}, and that for {QUANTITIES[self.of].label}, of "
                "which it could be made, cannot be read: export the file with the total time"
                + (", or declare the time zone of its clock." if self.placed else ".")
            )
        return source.model_copy(update={"column": self.name, "rule": self.rule})


class StepsBefore:
    """The test time as the time within the step after the last times of all steps before it.

    A step begins where the time within it falls, or where the step's or cycle's number changes. Where the time never
    falls although numbers change, it does not start anew with each step, and the test time is unknown: an error.
    """

    def __init__(self) -> None:
        self._before = 0.0
        self._last: dict[str, float] = {}
        self._begun = self._fell = 0
        self._where = -1

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Add the test time behind the other columns."""
        within = _reals(columns[WITHIN])
        if not len(within):
            return {**columns, TEST: pa.array(within)}
        known, before = self._held(WITHIN, within)
        begins: Flags = known < before
        fell = begins.copy()
        for name in _COUNTERS:
            if name in columns:
                now, then = self._held(name, _reals(columns[name]))
                begins |= now != then
        begins &= ~np.isnan(before)
        self._watch(begins & (before > 0), fell | (known == before), first)
        base = self._before + np.cumsum(np.where(begins, before, 0.0))
        self._before = float(base[-1])
        return {**columns, TEST: pa.array(base + within, from_pandas=True)}

    def finish(self) -> list[Problem]:
        """Say it where the time ran on across every step."""
        if not self._begun or self._fell:
            return []
        return [
            error(
                "step-time-runs-on",
                "The time within the step does not start anew where a step begins, so no test time can be made of it.",
                "Export the file with the total time.",
                row=self._where,
                column=WITHIN,
            )
        ]

    def _held(self, name: str, values: Reals) -> tuple[Reals, Reals]:
        """Values with gaps filled by the one before, and those of the row before; NaN before the file's first."""
        place = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(values))))
        held = np.where(place >= 0, values[np.maximum(place, 0)], self._last.get(name, np.nan))
        before = np.concatenate(([self._last.get(name, np.nan)], held[:-1]))
        self._last[name] = float(held[-1])
        return held, before

    def _watch(self, begun: Flags, anew: Flags, first: int) -> None:
        self._begun += int(begun.sum())
        self._fell += int((begun & anew).sum())
        if self._where < 0 and begun.any():
            self._where = first + int(np.flatnonzero(begun)[0])


class SinceFirst:
    """The test time as what the clock has run since the first row that has a clock time."""

    def __init__(self) -> None:
        self._start: float | None = None

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Add the test time behind the other columns; a row without clock time has none."""
        clock = _reals(columns[CLOCK])
        known = clock[np.isfinite(clock)]
        if self._start is None and len(known):
            self._start = float(known[0])
        return {**columns, TEST: pa.array(clock - (self._start or 0.0), from_pandas=True)}

    def finish(self) -> list[Problem]:
        """Nothing to say."""
        return []


def _reals(values: pa.Array) -> Reals:
    found: Reals = values.to_numpy(zero_copy_only=False).astype(np.float64)
    return found
