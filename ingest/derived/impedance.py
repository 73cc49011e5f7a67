"""The impedance table: one row per frequency point, grouped into spectra; also of files with impedance only."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.derived import described
from ingest.derived.described import COUNT, TEXT, Sort, Values, made, number_at
from ingest.derived.rows import STEPS, TEMPERATURES, Reals
from ingest.parquet import Derived
from ingest.text.headers import IMPEDANCE
from schemas.quantities import QUANTITIES

DEFINITION = "1"
SAME = 1e-6
"""Frequencies that differ by less than this part are the same."""


def _term(name: str) -> Sort:
    return Sort(pa.float64(), QUANTITIES[name].ucum, QUANTITIES[name].iri)


COLUMNS: dict[str, Sort] = {
    "spectrum": COUNT,
    "cycle": COUNT,
    "step": COUNT,
    "row": COUNT,
    "start_row": COUNT,
    "test_time_second": _term("test_time_second"),
    "frequency_hertz": _term("frequency_hertz"),
    "real_impedance_ohm": _term("real_impedance_ohm"),
    "imaginary_impedance_ohm": _term("imaginary_impedance_ohm"),
    "absolute_impedance_ohm": _term("absolute_impedance_ohm"),
    "phase_degree": _term("phase_degree"),
    "voltage_volt": _term("voltage_volt"),
    "current_ampere": _term("current_ampere"),
    "temperature_celsius": Sort(pa.float64(), "Cel"),
    "definition": TEXT,
}
_TAKEN = (
    "test_time_second",
    "frequency_hertz",
    "real_impedance_ohm",
    "imaginary_impedance_ohm",
    "voltage_volt",
    "current_ampere",
    "cycle_count",
)


class Impedance:
    """Keeps the rows that have a frequency and an impedance; memory grows with these."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Reals]] = []
        self._rows = 0
        self._count = 0

    @property
    def too_many(self) -> bool:
        """More points than a table may have; it is then left out."""
        return self._count > described.MOST_ROWS

    def add(self, batch: pa.RecordBatch) -> None:
        """The next rows of the file, of any size."""
        first, self._rows = self._rows, self._rows + batch.num_rows
        if self.too_many or not set(batch.schema.names) >= IMPEDANCE:
            return
        known = pc.is_valid(batch.column("frequency_hertz"))
        for name in IMPEDANCE:
            known = pc.and_(known, pc.is_finite(pc.fill_null(batch.column(name).cast(pa.float64()), np.nan)))
        at = np.flatnonzero(known.to_numpy(zero_copy_only=False))
        if not len(at):
            return
        self._count += len(at)
        step = next((name for name in STEPS if name in batch.schema.names), None)
        heat = next((name for name in TEMPERATURES if name in batch.schema.names), None)
        names = {name: name for name in _TAKEN} | {"step": step, "temperature_celsius": heat}
        part = {name: _taken(batch, source, at) for name, source in names.items()}
        self._parts.append(part | {"row": at.astype(np.float64) + first})

    @property
    def rows(self) -> Reals:
        """The numbers of the rows that have an impedance."""
        return np.concatenate([part["row"] for part in self._parts]) if self._parts else np.empty(0)

    def finish(self, cycles: tuple[Reals, Reals], steps: tuple[Reals, Reals]) -> Derived | None:
        """The table; None where the file has no impedance. `cycles` and `steps` are their first rows and numbers."""
        if not self._parts or self.too_many:
            return None
        columns = {name: np.concatenate([part[name] for part in self._parts]) for name in self._parts[0]}
        begins = _spectra(columns)
        sizes = np.diff(np.append(begins, len(columns["row"])))
        real, imaginary = columns["real_impedance_ohm"], columns["imaginary_impedance_ohm"]
        values: dict[str, Values] = {name: columns[name] for name in COLUMNS if name in columns}
        values |= {
            "spectrum": np.repeat(np.arange(1.0, len(begins) + 1), sizes),
            "start_row": np.repeat(columns["row"][begins], sizes),
            "absolute_impedance_ohm": np.hypot(real, imaginary),
            "phase_degree": np.degrees(np.arctan2(imaginary, real)),
            "cycle": number_at(columns["row"], *cycles),
            "step": number_at(columns["row"], *steps),
        }
        return made(COLUMNS, values, len(real), DEFINITION)


def _taken(batch: pa.RecordBatch, name: str | None, at: np.ndarray) -> Reals:
    if name is None or name not in batch.schema.names:
        return np.full(len(at), np.nan)
    column: Reals = batch.column(name).take(pa.array(at)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return column


def _spectra(columns: dict[str, Reals]) -> np.ndarray:
    """Where spectra begin: other rows lie between, a step or cycle changes, or the sweep turns back."""
    row, step, cycle = columns["row"], columns["step"], columns["cycle_count"]
    new = np.concatenate(([True], np.diff(row) > 1))
    for label in (step, cycle):
        new[1:] |= (label[1:] != label[:-1]) & ~(np.isnan(label[1:]) & np.isnan(label[:-1]))
    way, repeated = 0, False
    frequency = columns["frequency_hertz"].tolist()
    for at in range(1, len(frequency)):
        if new[at]:
            way, repeated = 0, False
            continue
        change = frequency[at] - frequency[at - 1]
        turn = 0 if abs(change) <= SAME * frequency[at] else 1 if change > 0 else -1
        if turn and way and turn != way:
            # A frequency that stands there twice ends one sweep and begins the next.
            new[at - 1 if repeated else at], way = True, turn if repeated else 0
        elif turn:
            way = turn
        repeated = not turn
    return np.flatnonzero(new)
