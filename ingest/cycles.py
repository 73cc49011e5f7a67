"""Own cycle segmentation and the cycle summary: decided by the current alone, whatever counters a file brings."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.halves import Halves, order
from ingest.integrate import Rows
from ingest.stretches import Stretches
from ingest.summary import FIELDS, Tail, summary
from schemas.ingested import Declared

DEFINITION = "1"
BLOCK_ROWS = 65_536
STEPS = ("step_count", "step_id")
TEMPERATURES = ("surface_temperature_celsius", "temperature_t1_celsius", "ambient_temperature_celsius")

__all__ = ["DEFINITION", "FIELDS", "Segmenter"]


class Segmenter:
    """Reads batches of the time series once, in order, and makes the cycle summary; memory does not grow with rows.

    A full cell and a positive half cell charge first and then discharge; a negative half cell (`half-negative`)
    discharges first. Rows are worked on in blocks of a fixed size, so that the result is the same, to the last bit,
    however they were cut into batches.
    """

    def __init__(self, cell_configuration: str | None, declared: Declared | None = None) -> None:
        self._first = -1 if cell_configuration == "half-negative" else 1
        self._declared = declared or Declared()
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._names: list[str] | None = None
        self._rows = 0
        self._stretches = Stretches()
        self._halves = Halves()
        self._voltage = 0.0

    def add(self, batch: pa.RecordBatch) -> None:
        """Batches without time, current or voltage make no cycles."""
        if self._names is None:
            self._names = _needed(batch.schema.names)
        if not self._names:
            return
        self._waiting.append(batch.select(self._names))
        self._waiting_rows += batch.num_rows
        while self._waiting_rows >= BLOCK_ROWS:
            self._work(BLOCK_ROWS)

    def finish(self) -> pa.Table:
        """One row per cycle; `start_row` and `end_row` (inclusive) count the rows of the time series from 0."""
        if self._waiting_rows:
            self._work(self._waiting_rows)
        self._halves.add(self._stretches.finish())
        halves = [half for half in self._halves.finish() if half.net]
        tail = Tail(self._rows, self._stretches.ends_under_current)
        return summary(order(halves, self._first), tail, self._declared, DEFINITION)

    def _work(self, count: int) -> None:
        for stretch in self._stretches.add(self._block(count)):
            self._halves.add(stretch)
        self._rows += count

    def _block(self, count: int) -> Rows:
        """The first rows that wait; copied only where the block spans batches."""
        taken, missing = [], count
        while missing:
            batch = self._waiting.pop(0)
            taken.append(batch.slice(0, missing))
            if batch.num_rows > missing:
                self._waiting.insert(0, batch.slice(missing))
            missing -= taken[-1].num_rows
        self._waiting_rows -= count
        columns = {name: _numbers([batch.column(name) for batch in taken]) for name in self._names or ()}
        heat = next((columns[name] for name in TEMPERATURES if name in columns), None)
        return Rows(
            first=self._rows,
            time=columns["test_time_second"],
            current=_known(columns["current_ampere"]),
            voltage=self._held(columns["voltage_volt"]),
            step=next((columns[name] for name in STEPS if name in columns), None),
            step_time=columns.get("step_time_second"),
            temperature=heat,
        )

    def _held(self, voltage: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where none was measured, as in rows of impedance, the last voltage: no energy flows without current."""
        known = np.isfinite(voltage)
        if not known.all():
            last = np.maximum.accumulate(np.where(known, np.arange(len(voltage)), -1))
            voltage = np.where(last < 0, self._voltage, voltage[last])
        self._voltage = float(voltage[-1]) if len(voltage) else self._voltage
        return voltage


def _needed(names: list[str]) -> list[str]:
    required = ["test_time_second", "current_ampere", "voltage_volt"]
    if not set(required) <= set(names):
        return []
    step = next(([name] for name in STEPS if name in names), [])
    heat = next(([name] for name in TEMPERATURES if name in names), [])
    return [*required, *step, *heat, *(["step_time_second"] if "step_time_second" in names else [])]


def _numbers(parts: list[pa.Array]) -> NDArray[np.float64]:
    arrays = [part.to_numpy(zero_copy_only=False) for part in parts]
    whole = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return whole.astype(np.float64, copy=False)


def _known(current: NDArray[np.float64]) -> NDArray[np.float64]:
    """An unknown current counts as none; the checks tell of it."""
    return current if np.isfinite(current.sum()) else np.nan_to_num(current, posinf=0.0, neginf=0.0)
