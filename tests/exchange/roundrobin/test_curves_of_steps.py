"""Curves of one step: closed forms, nothing beyond the ends, charge never lost, and few bytes read."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import roundrobin as rr
from exchange.roundrobin.charge import Way
from exchange.roundrobin.kpis import Base, Basis, Discharge, Occurrence, capacity_at_rate
from exchange.roundrobin.refusals import NotANumber
from exchange.roundrobin.trace import Rows
from ingest.derived.running import Running
from ingest.parquet import TableWriter
from schemas.ingested import Declared
from storage.folder_store import FolderStore
from storage.query import TableReader
from tests.synthetic_cell import OHM, SLOPE_V, TRAPS, Cell, Columns, cell

DISCHARGE = rr.WantedStep(Way.DISCHARGE, cycle=2)


@dataclass
class InMemory:
    """A table at hand, and which rows of it were asked for."""

    table: pa.Table
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def num_rows(self) -> int:
        return len(self.table)

    def columns(self) -> list[str]:
        return list(self.table.column_names)

    def rows(self, columns: object, start: int, stop: int) -> pa.Table:
        self.asked.append((start, stop))
        return self.table.select(columns).slice(start, stop - start)


def stored(columns: Columns) -> tuple[InMemory, pa.Table]:
    running = Running(Declared.model_validate({"nominal_capacity_ah": 1.0, "cell_configuration": "full"}))
    running.add(pa.RecordBatch.from_pydict(columns))
    return InMemory(pa.table(columns)), running.finish()["steps"].table


def traced(
    volts: "np.ndarray[tuple[int], np.dtype[np.float64]]", way: Way = Way.DISCHARGE, ah: float = 1.0
) -> rr.Trace:
    """A step that moves `ah` evenly along these voltages."""
    return rr.Trace(np.linspace(0.0, ah, len(volts)), np.asarray(volts, dtype=np.float64), way)


@pytest.mark.parametrize("trap", ["base", "counter begins anew in each step", "no counters at all", "step times"])
def test_voltage_over_charge_is_that_of_the_cell_and_ends_at_the_capacity_of_the_step(trap: str) -> None:
    rows, _ = cell()
    reader, steps = stored(TRAPS[trap](rows))
    for wanted in (DISCHARGE, rr.WantedStep(Way.CHARGE, current_a=0.25)):
        curve = rr.curve_of(reader, steps, wanted)
        assert curve.there and curve.definition.name == "voltage-of-charge/1"
        row = next(one for one in steps.to_pylist() if one["start_row"] == curve.rows[0][0])
        whole = row["kind"].startswith("cc-")
        capacity = row[f"{wanted.way}_capacity_ah"] * (1.0 if whole else row["cc_share"])
        assert row["cycle"] == 2 and curve.x[-1] == pytest.approx(capacity, rel=1e-12 if whole else 5e-3)
        sign = 1.0 if wanted.way is Way.CHARGE else -1.0
        assert curve.y - curve.y[0] == pytest.approx(sign * SLOPE_V * (curve.x - curve.x[0]), abs=1e-12)
        assert curve.parameters["charge_ah"] == curve.x[-1] and curve.parameters["rate"] == pytest.approx(0.25)


@pytest.mark.parametrize(("trap", "late_s"), [("base", 0.0), ("step times", 0.0), ("step times", 3.0)])
def test_charge_of_the_interval_into_a_step_is_the_step_s(trap: str, late_s: float) -> None:
    """Steps share no row here; a step time that says less than the interval leaves the rest to the step before."""
    rows = TRAPS[trap](cell()[0])
    kept = np.diff(rows["step_count"], prepend=rows["step_count"][0]) == 0
    rows = {name: values[kept] for name, values in rows.items()}
    if "step_time_second" in rows:
        rows["step_time_second"] = rows["step_time_second"] - late_s
    reader, steps = stored(rows)
    curve = rr.curve_of(reader, steps, DISCHARGE)
    row = next(one for one in steps.to_pylist() if one["start_row"] == curve.rows[0][0])
    # The curve ends with the last row; what the step moved after it is in the table alone.
    assert curve.x[-1] == pytest.approx(row["discharge_capacity_ah"] - late_s * 0.25 / 3600, rel=1e-12)
    assert curve.x[0] == pytest.approx((10 - late_s) * 0.25 / 3600)


def test_of_several_steps_it_is_the_one_that_moved_most_or_the_first_or_last() -> None:
    made = Cell()
    made.step(1, 5000, 0.5)
    for seconds in (200, 2000, 300):
        made.step(1, seconds, -0.5)
        made.step(1, 600, 0.0)
    reader, steps = stored(TRAPS["base"](made.rows()))
    picked = {
        occurrence: rr.curve_of(reader, steps, rr.WantedStep(Way.DISCHARGE, occurrence=occurrence)).x[-1]
        for occurrence in (None, Occurrence.FIRST, Occurrence.LAST)
    }
    assert [round(float(one) * 7200) for one in picked.values()] == [2000, 200, 300]


def test_only_the_rows_of_the_step_are_asked_for_and_one_before() -> None:
    reader, steps = stored(TRAPS["base"](cell()[0]))
    curve = rr.curve_of(reader, steps, DISCHARGE)
    assert reader.asked == [(curve.rows[0][0] - 1, curve.rows[0][1] + 1)]


def test_what_follows_at_constant_voltage_is_cut_off_and_a_row_before_full_current_too() -> None:
    made = Cell()
    made.step(1, 600, 0.0)
    made.step(1, 10, 0.0, 0.5)
    made.step(1, 5000, 0.5)
    made.step(1, 1800, 0.5, 0.025, held=True)
    rows = made.rows()
    rows["step"] = np.minimum(rows["step"], 2.0)
    reader, steps = stored(TRAPS["base"](rows))
    assert steps.column("kind").to_pylist() == ["rest", "cccv-charge"]
    curve = rr.curve_of(reader, steps, rr.WantedStep(Way.CHARGE))
    cut = curve.x <= (5000 * 0.5 + 10 * 0.25) / 3600 + 1e-9
    assert cut.all() and curve.x[-1] == pytest.approx((5000 * 0.5 + 2.5) / 3600, rel=2e-3)
    assert curve.y == pytest.approx(3.2 + SLOPE_V * curve.x + OHM * 0.5, abs=3e-3)


def test_a_curve_may_be_of_the_very_step_that_a_kpi_counted() -> None:
    made = Cell()
    for cycle in (1, 2):
        made.step(cycle, 5000, 0.5)
        made.step(cycle, 600, 0.0)
        made.step(cycle, 4900, -0.5)
    reader, steps = stored(TRAPS["base"](made.rows()))
    last, charged = made.parts[5]["voltage"], made.parts[3]["voltage"]
    kpi = capacity_at_rate(
        steps,
        Discharge(0.5, Base(Basis.NOMINAL, 1.0), float(last[-1]), float(charged.max()), occurrence=Occurrence.LAST),
    )
    assert kpi.value is not None
    curve = rr.curve_of(reader, steps, rr.WantedStep(Way.DISCHARGE, rows=kpi.rows[0]))
    assert curve.rows == kpi.rows and curve.x[-1] == pytest.approx(kpi.value, rel=1e-12)


@pytest.mark.parametrize(
    ("changed", "wanted", "said"),
    [
        ({}, rr.WantedStep(Way.DISCHARGE, cycle=9), "there is no discharge at constant current in cycle 9"),
        ({}, rr.WantedStep(Way.DISCHARGE, current_a=0.3), "at 0.3 A within 2 %"),
        ({}, rr.WantedStep(Way.CHARGE, rows=(3, 5)), "of rows 3 to 5"),
        ({}, rr.WantedStep(Way.CHARGE, occurrence=Occurrence.MEAN), "a curve is of one step"),
        ({"voltage_volt": None}, DISCHARGE, "the time series has no voltage_volt"),
        ({"voltage_volt": np.nan}, DISCHARGE, "has 0 rows at constant current"),
    ],
)
def test_where_there_is_no_such_step_the_curve_says_why(
    changed: dict[str, float | None], wanted: rr.WantedStep, said: str
) -> None:
    reader, steps = stored(TRAPS["base"](cell()[0]))
    for name, value in changed.items():
        reader.table = reader.table.drop_columns(name)
        if value is not None:
            reader.table = reader.table.append_column(name, pa.array(np.full(len(reader.table), value)))
    for shape in (rr.voltage_of_charge, rr.charge_of_voltage, rr.dq_dv):
        curve = rr.curve_of(reader, steps, wanted, shape)
        assert not curve.there and said in curve.reason and len(curve.x) == len(curve.y) == 0
    short = InMemory(reader.table.slice(0, 10))
    if not changed and wanted is DISCHARGE:
        assert "the time series ends at row 9" in rr.curve_of(short, steps, wanted).reason


def test_a_straight_voltage_has_a_flat_dq_dv_to_its_ends_and_none_beyond() -> None:
    volts = np.linspace(4.1987, 2.7013, 3001)
    for way, along in ((Way.DISCHARGE, volts), (Way.CHARGE, volts[::-1])):
        for smooth, reach in ((0.0, 0), (0.005, 3)):
            curve = rr.dq_dv(traced(along, way), 0.005, smooth)
            assert curve.y == pytest.approx(1.0 / (volts[0] - volts[-1]), rel=1e-9)
            assert (curve.x[0], curve.x[-1]) == pytest.approx((2.7075 + 0.005 * reach, 4.1925 - 0.005 * reach))
        back = rr.charge_of_voltage(traced(along, way), 0.01)
        beyond = volts[0] - back.x if way is Way.DISCHARGE else back.x - volts[-1]
        assert back.y == pytest.approx(beyond / (volts[0] - volts[-1]), abs=1e-12)
        assert (back.x[0], back.x[-1]) == pytest.approx((2.71, 4.19))


def test_peaks_of_dq_dv_are_those_of_the_cell() -> None:
    """Q of two steps of charge at 3.6 and 3.9 V, each spread over about 30 mV: dQ/dV in closed form."""
    volts = np.linspace(4.2, 3.3, 40_001)
    charge = 0.6 / (1 + np.exp((volts - 3.6) / 0.03)) + 0.4 / (1 + np.exp((volts - 3.9) / 0.03))
    trace = rr.Trace(charge - charge[0], volts, Way.DISCHARGE)
    curve = rr.dq_dv(trace, 0.002, 0.0)
    exact = sum(part / 0.12 / np.cosh((curve.x - at) / 0.06) ** 2 for part, at in ((0.6, 3.6), (0.4, 3.9)))
    assert curve.y == pytest.approx(exact, abs=2e-3 * float(curve.y.max()))
    smooth = rr.dq_dv(trace, 0.002, 0.005)
    assert abs(float(smooth.x[np.argmax(smooth.y)]) - 3.6) < 0.002
    assert 0.97 < smooth.y.max() / curve.y.max() < 1.0


def test_round_voltages_make_no_comb_in_dq_dv() -> None:
    volts = np.round(np.linspace(4.2, 3.0, 12_001), 3)
    curve = rr.dq_dv(traced(volts), 0.005, 0.0)
    assert curve.y == pytest.approx(1 / 1.2, rel=2e-2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.002, 0.02]), st.sampled_from(list(Way)))
def test_no_charge_is_lost_whatever_the_noise(seed: int, noise: float, way: Way) -> None:
    chance = np.random.default_rng(seed)
    along = np.linspace(3.0, 3.5, 60)[:: 1 if way is Way.CHARGE else -1]
    trace = traced(along + noise * chance.normal(size=60), way)
    curve, whole = rr.charge_of_voltage(trace, 0.01), rr.dq_dv(trace, 0.01, 0.0)
    assert (np.diff(curve.y) * (1 if way is Way.CHARGE else -1) >= -1e-12).all()
    assert curve.y.min() >= 0 and curve.y.max() <= 1 + 1e-12
    inside = [np.flatnonzero(np.isclose(curve.x, edge))[0] for edge in (whole.x[0] - 0.005, whole.x[-1] + 0.005)]
    assert whole.y.sum() * 0.01 == pytest.approx(abs(float(np.diff(curve.y[inside])[0])), abs=1e-9)
    assert trace.voltage_v.min() <= whole.x[0] - 0.005 + 1e-9 and whole.x[-1] + 0.005 - 1e-9 <= trace.voltage_v.max()


def test_a_grid_too_coarse_for_the_step_is_refused_and_one_without_step_too() -> None:
    trace = traced(np.linspace(3.6, 3.59, 50))
    assert "moves too little" in rr.dq_dv(trace, 0.005, 0.005).reason
    assert "moves too little" in rr.charge_of_voltage(trace, 0.1).reason
    for step_v, smooth_v in ((0.0, 0.0), (-0.1, 0.0), (float("nan"), 0.0), (0.001, -1.0)):
        with pytest.raises(NotANumber):
            rr.dq_dv(trace, step_v, smooth_v)


def test_capacity_over_the_cycle_has_whole_cycles_only_and_retention_its_reference() -> None:
    cycles = pa.table(
        {
            "cycle": [0, 1, 2, 4, 5],
            "truncated": [False, False, False, False, True],
            "discharge_capacity_ah": [0.3, 2.0, 1.9, None, 0.5],
            "start_row": [0, 10, 20, 30, 40],
            "end_row": [9, 19, 29, 39, 44],
        }
    )
    curve = rr.capacity_of_cycle(cycles, Way.DISCHARGE)
    assert curve.x.tolist() == [1, 2, 4] and curve.y[:2].tolist() == [2.0, 1.9] and np.isnan(curve.y[2])
    assert curve.rows == ((10, 39),) and "cycle 4" in str(curve.parameters["gaps"])
    kept = rr.retention_of_cycle(curve, 1)
    assert kept.y[:2].tolist() == [1.0, 0.95] and kept.definition.y_unit == "1"
    assert "cycle 4, the reference, has no capacity" in rr.retention_of_cycle(curve, 4).reason
    assert "there is no whole cycle" in rr.capacity_of_cycle(cycles.slice(0, 1), Way.DISCHARGE).reason
    placed = rr.on_axis({"A": {"1": kept}}, [1, 1.5, 2, 3, 4, 9]).values[0]
    assert placed[[0, 2]].tolist() == [1.0, 0.95] and np.isnan(placed[[1, 3, 4, 5]]).all()


class Counted(FolderStore):
    """The folder store, and how many bytes were read from it."""

    bytes = 0

    def get(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        content = super().get(key, offset, length)
        self.bytes += len(content)
        return content


def test_a_curve_reads_the_row_groups_and_columns_of_its_step_and_no_more(tmp_path: Path) -> None:
    """A table of eight row groups and twelve columns as it is stored; the step lies across a border of two groups."""
    made = Cell()
    for cycle in range(1, 9):
        made.step(cycle, 450_000, 0.0005)
        made.step(cycle, 50_000, 0.0)
        made.step(cycle, 400_000, -0.0005)
        made.step(cycle, 100_000, 0.0)
    columns = TRAPS["base"](made.rows())
    noise = np.random.default_rng(3)
    count = len(columns["test_time_second"])
    columns |= {f"ambient_{place}": noise.random(count) for place in range(7)}
    running, writer = Running(Declared(nominal_capacity_ah=1.0)), TableWriter(tmp_path / "t.parquet", "timeseries")
    table = pa.table(columns)
    for batch in table.to_batches(max_chunksize=110_000):
        running.add(batch)
        writer.write(batch)
    size = writer.close({}).bytes
    steps = running.finish()["steps"].table
    store = Counted(tmp_path / "objects", b"secret-of-a-test", "http://localhost")
    store.put("t.parquet", tmp_path / "t.parquet")
    groups = rr.ParquetRows(tmp_path / "t.parquet")
    crossing = [one for one in steps.to_pylist() if one["start_row"] < 110_000 < one["end_row"]]
    assert len(crossing) == 1 and crossing[0]["kind"].startswith("cc-")
    wanted = rr.WantedStep(Way(crossing[0]["kind"][3:]), cycle=crossing[0]["cycle"])
    reader: Rows = TableReader(store, "t.parquet", size)
    found = [rr.curve_of(one, steps, wanted) for one in (reader, groups, InMemory(table))]
    assert found[0].there and len(found[0].x) > 10_000
    for one in found[1:]:
        assert np.array_equal(one.x, found[0].x) and np.array_equal(one.y, found[0].y)
    assert store.bytes < 0.1 * size
