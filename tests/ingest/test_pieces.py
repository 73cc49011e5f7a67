"""Pieces against the plainest reading of their definition: row by row, in plain Python."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.derived import rows as module
from ingest.derived.bounds import DEAD_BAND, JITTER_V, JUMP, JUMP_IN_JITTER, JUMP_V
from ingest.derived.cut import Cutter
from ingest.derived.pieces import Pieces

INTERVALS_S = st.sampled_from([0.0, 1e-3, 1.0, 1.7, 60.0, 1e5, -3.0, math.nan])
CURRENTS_A = st.sampled_from([0.0, 1e-5, -1e-5, 9.9e-5, 1.01e-4, 0.5, 0.5275, 0.53, 0.7, 1.0, -0.6, -1.0, math.nan])
VOLTAGES_V = st.sampled_from([3.0, 3.001, 3.0025, 3.011, 3.5, 4.2, math.nan])
NEW_STEPS = st.sampled_from([False, False, False, True])
OWN_S = st.sampled_from([0.0, 0.5, 10.0, 1e6])


@dataclass(frozen=True)
class Row:
    """A row as it is counted, and whether it begins a step; `interval` since the row before, `own` of it the step's."""

    current: float
    voltage: float
    step: bool
    interval: float
    own: float


@st.composite
def files(draw: st.DrawFn) -> pa.RecordBatch:
    """Rows with pauses, times that run backwards or are unknown, unknown currents and voltages."""
    drawn = draw(st.lists(st.tuples(INTERVALS_S, CURRENTS_A, VOLTAGES_V, NEW_STEPS, OWN_S), min_size=1, max_size=80))
    intervals, currents, voltages, new, own = (np.array(one) for one in zip(*drawn, strict=True))
    columns = {
        "test_time_second": np.cumsum(np.nan_to_num(intervals)) + 0.0 * intervals,
        "current_ampere": currents,
        "voltage_volt": voltages,
    }
    if draw(st.booleans()):
        columns["step_count"] = np.cumsum(new)
        if draw(st.booleans()):
            columns["step_time_second"] = np.where(new, own, 1e7)
    return pa.RecordBatch.from_pydict(columns)


JUMP_JUST_LARGE_ENOUGH = pa.RecordBatch.from_pydict(
    {"test_time_second": [0.0, 1.0], "current_ampere": [0.5, 0.5275], "voltage_volt": [3.0, 3.5]}
)


@settings(max_examples=400, deadline=None)
@example(file=JUMP_JUST_LARGE_ENOUGH, block=100)
@given(file=files(), block=st.sampled_from([1, 2, 3, 7, 20, 100]))
def test_pieces_are_as_defined_row_by_row(file: pa.RecordBatch, block: int) -> None:
    found, rows = _pieces(file, block), list(_rows(file))
    begins = list(_begins(rows, block))
    assert found["start"].tolist() == begins
    assert found["end"].tolist() == [*begins[1:], len(rows)]
    span = sum(row.interval for row in rows)
    for at, (start, end) in enumerate(pairwise([*begins, len(rows)])):
        charge, energy = (one / 3600 for one in _moved(rows, start, end))
        seconds = sum(row.interval for row in rows[start:end])
        off = 1e-15 * (end - start) * (1.0 + span)
        assert found["charge_in"][at] - found["charge_out"][at] == pytest.approx(charge, rel=1e-12, abs=off)
        assert found["energy_in"][at] - found["energy_out"][at] == pytest.approx(energy, rel=1e-12, abs=5 * off)
        assert found["seconds"][at] == pytest.approx(seconds, rel=1e-12, abs=off)
        voltages = [row.voltage for row in rows[start:end]]
        assert (found["lowest"][at], found["highest"][at]) == (min(voltages), max(voltages))
        assert found["most"][at] == max(abs(row.current) for row in rows[start:end])


def _pieces(file: pa.RecordBatch, block: int) -> Pieces:
    with patch.object(module, "BLOCK_ROWS", block):
        blocks, cutter = module.Blocks(), Cutter()
        parts = [cutter.add(rows).complete for rows in blocks.add(file)]
        parts += [cutter.add(rows).complete for rows in blocks.finish()]
    return Pieces.joined([*parts, cutter.finish()])


def _rows(file: pa.RecordBatch) -> Iterator[Row]:
    columns = file.to_pydict()
    time, held = columns["test_time_second"], 0.0
    steps, own = columns.get("step_count"), columns.get("step_time_second")
    for at, voltage in enumerate(columns["voltage_volt"]):
        held = held if math.isnan(voltage) else voltage
        current = columns["current_ampere"][at]
        interval = time[at] - time[at - 1] if at else 0.0
        interval = interval if interval > 0.0 else 0.0
        step = bool(steps and at and steps[at] != steps[at - 1])
        yield Row(
            0.0 if math.isnan(current) else current, held, step, interval, min(own[at], interval) if own else interval
        )


def _begins(rows: list[Row], block: int) -> Iterator[int]:
    peak, sign_before = 0.0, None
    for at, row in enumerate(rows):
        if at % block == 0:
            peak = max(peak, *(abs(one.current) for one in rows[at : at + block]))
        sign = 0 if abs(row.current) <= DEAD_BAND * peak else math.copysign(1, row.current)
        if at == 0 or row.step or sign != sign_before or (sign and _jumps(rows[at - 1], row)):
            yield at
        sign_before = sign


def _jumps(before: Row, row: Row) -> bool:
    change, rise = row.current - before.current, row.voltage - before.voltage
    if abs(rise) < JITTER_V:
        return abs(change) > JUMP_IN_JITTER * abs(row.current) and abs(rise) > JUMP_V and change * rise > 0
    return abs(change) > JUMP * abs(row.current)


def _moved(rows: list[Row], start: int, end: int) -> tuple[float, float]:
    """The charge in As and the energy in Ws of one piece."""
    parts = []
    for at in range(start, end):
        row, before = rows[at], rows[at - 1]
        if row.step:
            parts.append((row.current * row.own, row.current * row.voltage * row.own))
        elif at:
            power = row.current * row.voltage + before.current * before.voltage
            parts.append(((row.current + before.current) / 2 * row.interval, power / 2 * row.interval))
    if end < len(rows) and rows[end].step:
        late = rows[end - 1].current * (rows[end].interval - rows[end].own)
        parts.append((late, late * rows[end - 1].voltage))
    return math.fsum(one for one, _ in parts), math.fsum(one for _, one in parts)
