"""What can only be said of rows in file order: the sign from a state letter, times past midnight, missing records."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.findings import error
from schemas.report import Problem, Severity

Columns = Mapping[str, pa.Array]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Step(Protocol):
    """Sees every batch once, in order; `finish` says what was found."""

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]: ...

    def finish(self) -> list[Problem]: ...


def through(steps: Sequence[Step], batches: Iterable[Columns]) -> Generator[Columns, None, None]:
    """What all the steps make of each batch; rows are not numbered."""
    for batch in batches:
        for step in steps:
            batch = step.apply(batch, 0)
        yield batch


class StateSign:
    """Current made positive in charge rows and negative in discharge rows, by the state letter of each row.

    A file whose current is signed already comes out as it was. Where state and sign contradict each other in a
    signed file, or an unsigned file has current in a row that is neither, the sign is unknown: an error. Without any
    state and any negative current it is a warning, as charging alone looks the same. `also` are further columns that
    count in the direction of the state, signed or not.
    """

    _NOISE = 0.01
    """Share of the greatest current below which a contradiction is the noise of a current near zero."""

    def __init__(self, charge: frozenset[str], discharge: frozenset[str], also: tuple[str, ...] = ()) -> None:
        self._charge, self._discharge = pa.array(sorted(charge)), pa.array(sorted(discharge))
        self._also = also
        self._highest = self._lowest = self._against = self._unknown = 0.0
        self._where = self._unknown_where = -1
        self._state = self._other = ""
        self._stated = True

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Sign the current; without a state column it stays as it is."""
        out = dict(columns)
        if "current_ampere" not in columns:
            return out
        current = columns["current_ampere"]
        self._stated = "step_type" in columns
        # Without a state all rows count as known.
        states = pc.utf8_upper(columns["step_type"]) if self._stated else pa.nulls(len(current), pa.string())
        charge, discharge = pc.is_in(states, self._charge), pc.is_in(states, self._discharge)
        for name in ("current_ampere", *self._also):
            if self._stated and name in columns:
                out[name] = pc.if_else(discharge, pc.negate(pc.abs(columns[name])), columns[name])
        self._watch(_floats(current), _truth(charge), _truth(discharge), states, first)
        return out

    def finish(self) -> list[Problem]:
        """Contradictions between state and sign."""
        noise = self._NOISE * max(self._highest, -self._lowest)
        signed = self._lowest < -noise
        if not self._stated:
            return [] if signed or not self._highest else [_SIGN_UNSTATED]
        if signed and self._against > noise:
            return [_unsure(self._where, f"it is negative in some rows, yet not as the state “{self._state}” says")]
        if not signed and self._unknown > noise:
            return [_unsure(self._unknown_where, f"it is unsigned and the state “{self._other}” is neither")]
        return []

    def _watch(self, values: Reals, charge: Flags, discharge: Flags, states: pa.Array, first: int) -> None:
        if not len(values):
            return
        values = np.nan_to_num(values)
        self._highest = max(self._highest, float(values.max()))
        self._lowest = min(self._lowest, float(values.min()))
        against = np.where(discharge, values, np.where(charge, -values, 0.0))
        if (top := float(against.max())) > self._against:
            place = int(against.argmax())
            self._against, self._where, self._state = top, first + place, str(states[place].as_py())
        other = np.where(charge | discharge, 0.0, values)
        if (top := float(other.max())) > self._unknown:
            place = int(other.argmax())
            self._unknown, self._unknown_where, self._other = top, first + place, str(states[place].as_py())


class Constant:
    """A column with one value in every row."""

    def __init__(self, column: str, value: float) -> None:
        self._column, self._value = column, value

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Add the column behind the others."""
        rows = len(next(iter(columns.values())))
        return {**columns, self._column: pa.array(np.full(rows, self._value))}

    def finish(self) -> list[Problem]:
        """Nothing to say."""
        return []


class PastMidnight:
    """Times of day without a day count, carried on past midnight: a fall of more than half a day adds a day."""

    _DAY_S = 86400.0

    def __init__(self, column: str) -> None:
        self._column = column
        self._last = self._added = 0.0

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Add the days that have passed."""
        out = dict(columns)
        if self._column not in columns or not len(columns[self._column]):
            return out
        values = _floats(columns[self._column])
        before = np.concatenate(([self._last], np.nan_to_num(values[:-1])))
        # A count of hours that runs on beyond 24 has no midnight.
        over = (values - before < -self._DAY_S / 2) & (before < self._DAY_S)
        days = self._added + np.cumsum(np.where(over, self._DAY_S, 0.0))
        self._last, self._added = float(np.nan_to_num(values[-1])), float(days[-1])
        if self._added:
            out[self._column] = pa.array(values + days, from_pandas=True)
        return out

    def finish(self) -> list[Problem]:
        """Say it where days were added."""
        if not self._added:
            return []
        return [
            Problem(
                rule="past-midnight",
                severity=Severity.NOTE,
                message=f"The test time went past midnight: {self._added / self._DAY_S:.0f} days were added.",
                column=self._column,
            )
        ]


class Unmeasured:
    """Columns in which the instrument prints 0 for what it did not measure: emptied there."""

    def __init__(self, *columns: str) -> None:
        self._columns = columns

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Empty the zeros."""
        nothing = pa.scalar(None, pa.float64())
        emptied = {
            name: pc.if_else(pc.equal(columns[name], 0.0), nothing, columns[name])
            for name in self._columns
            if name in columns
        }
        return {**columns, **emptied}

    def finish(self) -> list[Problem]:
        """Nothing to say: the field's rule does."""
        return []


class RecordGaps:
    """Record numbers of the instrument that are missing between rows."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._missing = 0
        self._where = -1

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Watch the record index; nothing is changed."""
        if "record_index" in columns and len(columns["record_index"]):
            before = [] if self._last is None else [self._last]
            numbers = np.concatenate((before, pc.fill_null(columns["record_index"], 0).to_numpy(zero_copy_only=False)))
            jumps = np.diff(numbers) - 1
            if (jumps > 0).any():
                if self._where < 0:
                    self._where = first + int(np.flatnonzero(jumps > 0)[0]) + (1 if self._last is None else 0)
                self._missing += int(jumps[jumps > 0].sum())
            self._last = int(numbers[-1])
        return dict(columns)

    def finish(self) -> list[Problem]:
        """How many record numbers are missing, and where the first is."""
        if not self._missing:
            return []
        return [
            Problem(
                rule="record-missing",
                severity=Severity.WARNING,
                message=f"{self._missing} record numbers of the instrument are missing before the row shown or later.",
                hint="The rows present are kept as they are and nothing is interpolated; export again if they matter.",
                row=self._where,
                column="record_index",
                count=self._missing,
            )
        ]


def _unsure(record: int, why: str) -> Problem:
    return error(
        "sign-unknown",
        f"The sign of the current cannot be told: {why}.",
        "Export the file with signed current, or with the states charge and discharge for every loaded row.",
        row=record,
        column="current_ampere",
    )


_SIGN_UNSTATED = Problem(
    rule="sign-unknown",
    severity=Severity.WARNING,
    message="The current is never negative and no column says charge or discharge: it may have lost its sign.",
    hint="Leave it where the cell was only charged; else export the column of the state, or the current with its sign.",
    column="current_ampere",
)


def _floats(values: pa.Array) -> Reals:
    found: Reals = values.to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def _truth(values: pa.Array) -> Flags:
    found: Flags = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return found
