"""Rows that two files of one test both hold: the end of one file again at the beginning of the next."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.checks.view import View
from schemas.report import Problem, Severity

TAIL = 100_000
"""So many rows of a file's end are compared with the next one's beginning."""
HEAD = 1000
_WHEN = ("test_time_second", "unix_time_second")
_WHAT = ("voltage_volt", "current_ampere", "frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
Named = tuple[str, Callable[[int], int]]
"""A file's name, and the row that a person sees for a 0-based record."""


class Rows:
    """What is remembered of a file's rows: its first ones and its last ones, with their 0-based records."""

    def __init__(self) -> None:
        self.head: dict[str, NDArray[np.float64]] = {}
        self.tail: dict[str, NDArray[np.float64]] = {}
        self.first = 0
        """Record of the tail's first row."""

    def add(self, batch: pa.RecordBatch, record: int) -> None:
        """The next rows, from this record on, with times as the file has them."""
        view = View(batch, record)
        fresh = {name: values for name in (*_WHEN, *_WHAT) if (values := view.column(name)) is not None}
        if not record:
            self.head = {name: values[:HEAD].copy() for name, values in fresh.items()}
        whole = {
            name: np.concatenate([self.tail.get(name, values[:0]), values])[-TAIL:] for name, values in fresh.items()
        }
        self.tail, self.first = whole, max(0, record + batch.num_rows - TAIL)


def repeated(before: Rows, batch: pa.RecordBatch, earlier: Named, later: Named) -> Problem | None:
    """An error where the first rows of `batch` stand at the end of the file before, or are its first rows."""
    view = View(batch, 0)
    fresh = {name: values for name in (*_WHEN, *_WHAT) if (values := view.column(name)) is not None}
    names = [name for name in fresh if name in before.tail]
    if not set(names) & set(_WHEN) or not set(names) & set(_WHAT):
        return None
    at = _where(before.tail, fresh, names)
    if at is not None:
        rows = min(len(before.tail[names[0]]) - at, batch.num_rows)
        return _again(before.first + at, rows, earlier, later)
    rows = min(len(before.head[names[0]]), batch.num_rows, HEAD)
    if rows > 1 and _equal(before.head, fresh, names, 0, rows):
        return _again(0, rows, earlier, later)
    return None


def _where(tail: dict[str, NDArray[np.float64]], fresh: dict[str, NDArray[np.float64]], names: list[str]) -> int | None:
    """Place in the tail from which on every row to its end is also a first row of the file behind it."""
    same = np.ones(len(tail[names[0]]), dtype=bool)
    for name in names:
        same &= (tail[name] == fresh[name][0]) | (np.isnan(tail[name]) & np.isnan(fresh[name][0]))
    for at in np.flatnonzero(same).tolist():
        if _equal(tail, fresh, names, at, min(len(same) - at, len(fresh[names[0]]))):
            return int(at)
    return None


def _equal(
    rows: dict[str, NDArray[np.float64]], fresh: dict[str, NDArray[np.float64]], names: list[str], at: int, count: int
) -> bool:
    return all(np.array_equal(rows[name][at : at + count], fresh[name][:count], equal_nan=True) for name in names)


def _again(record: int, rows: int, earlier: Named, later: Named) -> Problem:
    (before, row_before), (file, row_of) = earlier, later
    first, last = row_before(record), row_before(record + rows - 1)
    cut = (
        f"Read “{before}” only up to row {first - 1} (its `last_row` in `reading.files`), or leave out one of the two."
        if record
        else f"Leave out “{before}”: “{file}” begins with the same rows."
    )
    return Problem(
        rule="part-overlaps",
        severity=Severity.ERROR,
        message=(f"Rows {row_of(0)} to {row_of(rows - 1)} of “{file}” repeat rows {first} to {last} of “{before}”."),
        hint=cut,
        file=file,
        row=row_of(0),
        count=rows,
    )
