"""Charge and voltage along one constant-current step, from the rows and columns of the time series it spans alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from exchange.roundrobin.capacity import RATE, Occurrence
from exchange.roundrobin.charge import Way
from exchange.roundrobin.curve import held
from exchange.roundrobin.level import Array
from exchange.roundrobin.value import Row, Span, span

TIME, CURRENT, VOLTAGE, STEP_TIME = "test_time_second", "current_ampere", "voltage_volt", "step_time_second"
MOVED = {Way.CHARGE: "charge_capacity_ah", Way.DISCHARGE: "discharge_capacity_ah"}
STEP_COLUMNS = ["step", "cycle", "kind", "start_row", "end_row", "median_current_a", *MOVED.values()]
"""What is needed of the table `steps`."""
CONSTANT = (0.002, 0.02)
"""Constant current is at most so far below that of the first half of the charge: by its noise, within these bounds."""
SAMPLES = 1000
"""The current and its noise are those of about so many rows of that half."""
NOISES = 6.0
"""So many median deviations are noise."""
FEWEST_ROWS = 3
TWO_HOURS_S = 7200.0
"""The sum of the currents at both ends of an interval, by its seconds, is twice the charge in As."""


class Rows(Protocol):
    """A table read in parts: rows `start` to before `stop` of the named columns, without fetching the others.

    `storage.query.TableReader` is one; `ParquetRows` is one for a file at hand.
    """

    @property
    def num_rows(self) -> int: ...

    def columns(self) -> list[str]: ...

    def rows(self, columns: Sequence[str] | None, start: int, stop: int) -> pa.Table: ...


class ParquetRows:
    """`Rows` of a Parquet file at hand, as in a notebook; only row groups and columns that are asked for are read."""

    def __init__(self, path: Path | str) -> None:
        self._file = pq.ParquetFile(path)
        meta = self._file.metadata
        self._first = np.cumsum([0, *(meta.row_group(group).num_rows for group in range(meta.num_row_groups))])

    @property
    def num_rows(self) -> int:
        """Rows of the whole table."""
        return int(self._file.metadata.num_rows)

    def columns(self) -> list[str]:
        """Names of all columns, in the order of the file."""
        return [str(name) for name in self._file.schema_arrow.names]

    def rows(self, columns: Sequence[str] | None, start: int, stop: int) -> pa.Table:
        """Rows `start` to before `stop`, cut to the table, of the named columns; None: of all."""
        start, stop = max(0, start), min(stop, self.num_rows)
        last = len(self._first) - 1
        groups = [i for i in range(last) if self._first[i] < stop and start < self._first[i + 1]]
        names = None if columns is None else list(columns)
        found = self._file.read_row_groups(groups, columns=names)
        skipped = start - int(self._first[groups[0]]) if groups else 0
        return found.slice(skipped, max(0, stop - start))


@dataclass(frozen=True)
class WantedStep:
    """Which step of constant current: all that is given has to fit. Of several it is the one that moved most charge.

    With an `occurrence` it is the first or the last of them. `cycle` is the own number of `steps`, `current_a` the
    current without its sign, within 2 %; `rows` are those that a KPI names, so that the curve is of what was counted.
    """

    way: Way
    cycle: int | None = None
    current_a: float | None = None
    rows: Span | None = None
    occurrence: Occurrence | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """Charge moved since the step began (Ah, never falling) and voltage (V), both (m,), at constant current.

    What follows at constant voltage is cut off, and so is a row before the current flows in full; its charge counts.
    Nothing, and a `reason`, where there is no such step.
    """

    charge_ah: Array
    voltage_v: Array
    way: Way
    rows: tuple[Span, ...] = ()
    reason: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


def trace_of(reader: Rows, steps: pa.Table, wanted: WantedStep) -> Trace:
    """The step of the time series `reader` that the table `steps` of the same build says is wanted.

    Charge is the integral of the current as the derived tables have it (trapezoid within the step; the interval before
    its first row is the step's at its first current, with a step time only so far as that goes); it ends with the last
    row, while the table adds what a step time leaves to the step after that.
    """
    row, why = _step(steps, wanted)
    if row is None:
        return _none(wanted, why)
    (first, last) = span(row)
    missing = [name for name in (TIME, CURRENT, VOLTAGE) if name not in reader.columns()]
    if missing:
        return _none(wanted, f"the time series has no {', '.join(missing)}", (first, last))
    if last >= reader.num_rows:
        return _none(wanted, f"the time series ends at row {reader.num_rows - 1}, before the step does", (first, last))
    named = [TIME, CURRENT, VOLTAGE, *(name for name in [STEP_TIME] if name in reader.columns())]
    # One row more, for the interval that leads into the step.
    table = reader.rows(named, max(0, first - 1), last + 1)
    columns = {name: np.asarray(table.column(name).to_numpy(), dtype=np.float64) for name in named}
    charge, current, voltage = _moved(columns, first > 0, wanted.way)
    kept = _stretch(_constant(charge, current) & np.isfinite(voltage))
    charge, current, voltage = charge[kept], current[kept], voltage[kept]
    if len(charge) < FEWEST_ROWS:
        return _none(wanted, f"the step has {len(charge)} rows at constant current", (first, last))
    said: dict[str, object] = {
        "way": wanted.way,
        "cycle": row["cycle"],
        "step": row["step"],
        "rate": float(np.mean(current)),
        "charge_ah": float(charge[-1]),
    }
    return Trace(held(charge), held(voltage), wanted.way, ((first, last),), "", said)


def _none(wanted: WantedStep, reason: str, *rows: Span) -> Trace:
    return Trace(held(()), held(()), wanted.way, rows, reason, {"way": wanted.way})


def _step(steps: pa.Table, wanted: WantedStep) -> tuple[Row | None, str]:
    if wanted.occurrence is Occurrence.MEAN:
        return None, "a curve is of one step; take the first or the last"
    fitting = np.flatnonzero(_fitting(steps, wanted))
    if len(fitting) and wanted.occurrence is None:
        moved = steps.column(MOVED[wanted.way]).to_numpy()[fitting]
        return _row(steps, fitting[np.argmax(np.nan_to_num(moved))]), ""
    if len(fitting):
        return _row(steps, fitting[-1 if wanted.occurrence is Occurrence.LAST else 0]), ""
    asked = [
        "" if wanted.cycle is None else f" in cycle {wanted.cycle}",
        "" if wanted.current_a is None else f" at {wanted.current_a:.6g} A within 2 %",
        "" if wanted.rows is None else f" of rows {wanted.rows[0]} to {wanted.rows[1]}",
    ]
    return None, f"there is no {wanted.way.value} at constant current{''.join(asked)}"


def _fitting(steps: pa.Table, wanted: WantedStep) -> NDArray[np.bool_]:
    """Which steps (k,) are of constant current and have all that is wanted; an empty cell has nothing."""
    kinds = (f"cc-{wanted.way.value}", f"cccv-{wanted.way.value}")
    fits = np.array([kind in kinds for kind in steps.column("kind").to_pylist()], dtype=bool)
    if wanted.cycle is not None:
        fits &= steps.column("cycle").to_numpy() == wanted.cycle
    if wanted.rows is not None:
        first, last = wanted.rows
        fits &= (steps.column("start_row").to_numpy() == first) & (steps.column("end_row").to_numpy() == last)
    if wanted.current_a is not None:
        # Not a number is never within.
        median = np.abs(steps.column("median_current_a").to_numpy())
        fits &= np.abs(median - wanted.current_a) <= RATE * wanted.current_a
    return fits


def _row(steps: pa.Table, at: np.intp) -> Row:
    """One step as a row of Python: a long test has many, and only this one is used."""
    return {name: steps.column(name)[int(at)].as_py() for name in ("step", "cycle", "start_row", "end_row")}


def _moved(columns: Mapping[str, Array], led: bool, way: Way) -> tuple[Array, Array, Array]:
    """Charge (Ah), current along the step (A) and voltage (V) of the step's rows; `led`: a row stands before it."""
    sign = 1.0 if way is Way.CHARGE else -1.0
    time, current = columns[TIME], sign * columns[CURRENT]
    known = np.isfinite(time) & np.isfinite(current)
    if led:
        known[0] = True
    rows = _stretch(known)
    time, current, voltage = time[rows], current[rows], columns[VOLTAGE][rows]
    seconds = np.diff(time)
    np.fmax(seconds, 0.0, out=seconds)
    # In place, since new memory for each of these takes as long as what is computed in it.
    each = current[1:] + current[:-1]
    each *= seconds
    if led and len(each):
        before = seconds[0]
        if STEP_TIME in columns:
            before = min(before, np.nan_to_num(columns[STEP_TIME][rows][1]))
        each[0] = 2.0 * current[1] * np.fmax(before, 0.0)
    np.cumsum(each, out=each)
    each /= TWO_HOURS_S
    if led:
        return each, current[1:], voltage[1:]
    return np.concatenate(([0.0], each)), current, voltage


def _constant(charge: Array, current: Array) -> NDArray[np.bool_]:
    """Which rows are at constant current (k,), without those whose charge does not rise above that of all before."""
    rising = np.zeros(len(charge), dtype=bool)
    if not len(charge) or charge[-1] <= 0:
        return rising
    highest = charge if (charge[1:] > charge[:-1]).all() else np.maximum.accumulate(charge)
    half = int(np.searchsorted(highest, 0.5 * charge[-1]))
    begun = current[: half + 1 : 1 + half // SAMPLES]
    middle = float(np.median(begun))
    noise = NOISES * float(np.median(np.abs(begun - middle)))
    ample = current >= middle - min(max(noise, CONSTANT[0] * middle), CONSTANT[1] * middle)
    begin, end = int(np.argmax(ample)), len(ample) - int(np.argmax(ample[::-1]))
    rising[begin] = True
    rising[begin + 1 : end] = charge[begin + 1 : end] > highest[begin : end - 1]
    return rising


def _stretch(kept: NDArray[np.bool_]) -> NDArray[np.bool_] | slice:
    """The same rows as a slice where they follow each other: taking them by a mask costs as much as all the rest."""
    if not kept.any():
        return kept
    begin, end = int(np.argmax(kept)), len(kept) - int(np.argmax(kept[::-1]))
    return slice(begin, end) if kept[begin:end].all() else kept
