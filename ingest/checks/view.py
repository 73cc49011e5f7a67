"""A batch as the checks see it, and how their findings are counted and placed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.integrate import differences
from schemas.report import Problem, Severity

Reals = NDArray[np.float64]
LISTED = 10
"""So many findings of a rule stand one by one; the others are counted."""


class View:
    """Columns of a batch as float64 arrays (NaN where null); `first` is the record number of its first row."""

    def __init__(self, batch: pa.RecordBatch, first: int) -> None:
        self.first = first
        self.rows = batch.num_rows
        self.schema = batch.schema
        self._batch = batch
        self._arrays: dict[str, Reals | None] = {}

    def column(self, name: str) -> Reals | None:
        """The column, None where the file has none."""
        if name not in self._arrays:
            at = self.schema.get_field_index(name)
            self._arrays[name] = None if at < 0 else _numbers(self._batch.column(at))
        return self._arrays[name]


class Check(Protocol):
    """Sees every batch once, in order, and says at the end what it found."""

    def look(self, view: View) -> None: ...

    def problems(self) -> list[Problem]: ...


@dataclass
class Steps:
    """The difference from row to row, with the last row of the batch before."""

    last: float = np.nan

    def of(self, values: Reals) -> Reals:
        """`values[i] - values[i - 1]`; NaN for the first row of the file."""
        steps = differences(values, self.last)
        self.last = float(values[-1])
        return steps


@dataclass
class Tally:
    """Findings of one rule: the first ones with record and value, all of them counted."""

    rule: str
    severity: Severity
    column: str | None = None
    count: int = 0
    first: list[tuple[int, float]] = field(default_factory=list)

    def add(self, record: int, where: NDArray[np.intp], values: Reals) -> None:
        """Finds at these places of a batch that begins at `record`; `values` has one value for each place."""
        self.count += len(where)
        room = LISTED - len(self.first)
        if room > 0:
            places = zip(where[:room].tolist(), values[:room].tolist(), strict=True)
            self.first.extend((record + at, value) for at, value in places)

    def each(self, say: Callable[[float], tuple[str, str]], line_of: Callable[[int], int]) -> list[Problem]:
        """One problem per finding, then how many more there are; `say` gives message and hint for a value."""
        listed = [self._problem(*say(value), line_of(record), value, 1) for record, value in self.first]
        more = self.count - len(listed)
        if more > 0:
            message, hint = say(self.first[-1][1])
            listed.append(self._problem(f"{more} more rows have the same problem: {message}", hint, None, None, more))
        return listed

    def once(self, message: str, hint: str, line_of: Callable[[int], int]) -> list[Problem]:
        """One problem for all findings, at the place of the first."""
        if not self.count:
            return []
        record, value = self.first[0]
        return [self._problem(message, hint, line_of(record), value, self.count)]

    def _problem(self, message: str, hint: str, row: int | None, value: float | None, count: int) -> Problem:
        return Problem(
            rule=self.rule,
            severity=self.severity,
            message=message,
            hint=hint,
            row=row,
            column=self.column,
            value=None if value is None else f"{value:.9g}",
            count=count,
        )


def flatten(parts: Iterable[Iterable[Problem]]) -> list[Problem]:
    """All problems in one list."""
    return [problem for part in parts for problem in part]


def _numbers(column: pa.Array) -> Reals:
    if pa.types.is_string(column.type) or pa.types.is_boolean(column.type):
        return np.full(len(column), np.nan)
    values: Reals = column.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return values
