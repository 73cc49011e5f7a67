"""Rows of a time series in blocks of one size, so that nothing depends on how they were cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64] | NDArray[np.int64]

BLOCK_ROWS = 131_072
REQUIRED = ("test_time_second", "current_ampere", "voltage_volt")
STEPS = ("step_count", "step_id")
TEMPERATURES = ("surface_temperature_celsius", "temperature_t1_celsius", "ambient_temperature_celsius")


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of a running test; `first` is the number of the first one in the file, counted from 0.

    Time in s, current in A (positive when charging), voltage in V; NaN where unknown, until they are `filled`. `clock`
    is the time as it is stored, whole or real numbers.
    Other columns by `column` and `texts`, which read them only when asked.
    """

    first: int
    clock: Numbers
    current: Reals
    voltage: Reals
    batches: tuple[pa.RecordBatch, ...]
    _columns: dict[str, Numbers | None] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.clock)

    @cached_property
    def time(self) -> Reals:
        """The time as real numbers; where it is stored as whole ones, that takes as long as adding it all up."""
        return _reals(self.clock)

    def filled(self, voltage_before: float) -> "Rows":
        """The same with values everywhere: an unknown current counts as none; the checks tell of it.

        Where no voltage was measured, as in rows of impedance, it is the last one: no energy flows without current.
        """
        current = np.nan_to_num(self.current, posinf=0.0, neginf=0.0)
        known = np.isfinite(self.voltage)
        last = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
        voltage = np.where(last < 0, voltage_before, self.voltage[last])
        return replace(self, current=current, voltage=voltage)

    def column(self, name: str) -> Numbers | None:
        """The column, NaN where null; None where the file has none."""
        if name not in self._columns:
            self._columns[name] = _numbers(self.batches, name) if name in self.batches[0].schema.names else None
        return self._columns[name]

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
        return cls(float(rows.clock[at]), float(rows.current[at]), float(rows.voltage[at]))


class Blocks:
    """Takes batches of any size and gives blocks of `BLOCK_ROWS` rows; what is left at the end is the last one."""

    def __init__(self, names: tuple[str, ...] | None = None) -> None:
        self._names = None if names is None else frozenset(names)
        self._waiting: list[pa.RecordBatch] = []
        self._count = 0
        self._first = 0

    def add(self, batch: pa.RecordBatch) -> Iterator[Rows]:
        """The blocks that are full with this batch; batches without time, current or voltage make none."""
        names = batch.schema.names
        if not batch.num_rows or not all(name in names for name in REQUIRED):
            return
        kept = names if self._names is None else [name for name in names if name in self._names]
        self._waiting.append(batch if len(kept) == len(names) else batch.select(kept))
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
        clock, current, voltage = (_numbers(parts, name) for name in REQUIRED)
        rows = Rows(self._first, clock, _reals(current), _reals(voltage), parts)
        self._first += count
        self._count -= count
        return rows


def _own(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows in memory of their own, so that the large batch of which they are the end is let go."""
    return batch.take(pa.array(np.arange(batch.num_rows)))


def _numbers(batches: tuple[pa.RecordBatch, ...], name: str) -> Numbers:
    arrays = [batch.column(name).to_numpy(zero_copy_only=False) for batch in batches]
    whole: Numbers = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return whole if whole.dtype in (np.float64, np.int64) else whole.astype(np.float64)


def _reals(values: Numbers) -> Reals:
    return values.astype(np.float64, copy=False)
