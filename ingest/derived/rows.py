"""Rows of a time series in blocks of one size, so that nothing depends on how they were cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

BLOCK_ROWS = 131_072
REQUIRED = ("test_time_second", "current_ampere", "voltage_volt")
STEPS = ("step_count", "step_id")
TEMPERATURES = ("surface_temperature_celsius", "temperature_t1_celsius", "ambient_temperature_celsius")


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of a running test; `first` is the number of the first one in the file, counted from 0.

    Time in s, current in A (positive when charging, 0 where unknown), voltage in V (the one before where unknown).
    Other columns by `column` and `texts`, which read them only when asked.
    """

    first: int
    time: Reals
    current: Reals
    voltage: Reals
    batches: tuple[pa.RecordBatch, ...]

    def __len__(self) -> int:
        return len(self.time)

    def column(self, name: str) -> NDArray[np.float64] | NDArray[np.int64] | None:
        """The column, NaN where null; None where the file has none."""
        return _numbers(self.batches, name) if name in self.batches[0].schema.names else None

    def texts(self, name: str, places: Places) -> list[str | None]:
        """Values of a column of text at these rows of the block; None where the file has none."""
        if name not in self.batches[0].schema.names:
            return [None] * len(places)
        whole = pa.chunked_array([batch.column(name) for batch in self.batches])
        return [None if one is None else str(one) for one in whole.take(pa.array(places)).to_pylist()]


@dataclass(frozen=True)
class RowBefore:
    """The last row of the block before, which the first interval of a block needs."""

    time: float
    current: float
    voltage: float

    @classmethod
    def of(cls, rows: Rows, at: int) -> "RowBefore":
        return cls(float(rows.time[at]), float(rows.current[at]), float(rows.voltage[at]))


class Blocks:
    """Takes batches of any size and gives blocks of `BLOCK_ROWS` rows; what is left at the end is the last one."""

    def __init__(self, names: tuple[str, ...] | None = None) -> None:
        self._names = names
        self._waiting: list[pa.RecordBatch] = []
        self._count = 0
        self._first = 0
        self._voltage = 0.0

    def add(self, batch: pa.RecordBatch) -> Iterator[Rows]:
        """The blocks that are full with this batch; batches without time, current or voltage make none."""
        names = set(batch.schema.names)
        if not names.issuperset(REQUIRED) or not batch.num_rows:
            return
        kept = batch if self._names is None else batch.select([name for name in self._names if name in names])
        self._waiting.append(kept)
        self._count += batch.num_rows
        while self._count >= BLOCK_ROWS:
            yield self._block(BLOCK_ROWS)
        if self._waiting:
            self._waiting[-1] = _own(self._waiting[-1])

    def finish(self) -> Iterator[Rows]:
        """The last block, if rows are left."""
        if self._count:
            yield self._block(self._count)

    def _block(self, count: int) -> Rows:
        taken, missing = [], count
        while missing:
            batch = self._waiting.pop(0)
            taken.append(batch if batch.num_rows <= missing else batch.slice(0, missing))
            if batch.num_rows > missing:
                self._waiting.insert(0, batch.slice(missing))
            missing -= taken[-1].num_rows
        parts = tuple(taken)
        time, current, voltage = (_numbers(parts, name).astype(np.float64, copy=False) for name in REQUIRED)
        rows = Rows(self._first, time, _known(current), self._held(voltage), parts)
        self._first += count
        self._count -= count
        return rows

    def _held(self, voltage: Reals) -> Reals:
        """Where none was measured, as in rows of impedance, the last voltage: no energy flows without current."""
        if not np.isfinite(voltage.sum()):
            known = np.isfinite(voltage)
            last = np.maximum.accumulate(np.where(known, np.arange(len(voltage)), -1))
            voltage = np.where(last < 0, self._voltage, voltage[last])
        self._voltage = float(voltage[-1])
        return voltage


def _own(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows in memory of their own, so that the large batch of which they are the end is let go."""
    return batch.take(pa.array(np.arange(batch.num_rows)))


def _numbers(batches: tuple[pa.RecordBatch, ...], name: str) -> NDArray[np.float64] | NDArray[np.int64]:
    arrays = [batch.column(name).to_numpy(zero_copy_only=False) for batch in batches]
    whole: NDArray[np.float64] | NDArray[np.int64] = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return whole if whole.dtype in (np.float64, np.int64) else whole.astype(np.float64)


def _known(current: Reals) -> Reals:
    """An unknown current counts as none; the checks tell of it."""
    return current if np.isfinite(current.sum()) else np.nan_to_num(current, posinf=0.0, neginf=0.0)
