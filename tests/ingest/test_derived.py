"""Steps, rests, pulses and impedance: what is one, what stands in its row, and the same however rows arrive."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.derived import rows as blocks
from ingest.derived.running import Running
from ingest.pipeline import ingest
from schemas.ingested import Declared
from schemas.report import Severity
from tests.samples import FILES
from tests.synthetic_cell import TRAPS, Cell, Columns, cell

CELL = Declared(nominal_capacity_ah=1.0, cell_configuration="full")


def derived(columns: Columns, declared: Declared = CELL, cuts: tuple[int, ...] = ()) -> dict[str, pa.Table]:
    batch = pa.RecordBatch.from_pydict(columns)
    running = Running(declared)
    for start, end in zip((0, *cuts), (*cuts, batch.num_rows), strict=True):
        running.add(batch.slice(start, end - start))
    return {name: made.table for name, made in running.finish().items()}


def of_steps(*steps: tuple[float, float], every_s: float = 1.0, **more: object) -> Columns:
    """Steps of (seconds, A), each from its own first row; R = 0.1 ohm and 3.5 V."""
    time = [np.arange(0.0, seconds + every_s / 2, every_s) for seconds, _ in steps]
    starts = np.cumsum([0.0, *(seconds for seconds, _ in steps[:-1])])
    current = np.concatenate([np.full(len(one), amps) for one, (_, amps) in zip(time, steps, strict=True)])
    moved = np.cumsum(current) * every_s / 3600
    return {
        "test_time_second": np.concatenate([one + start for one, start in zip(time, starts, strict=True)]),
        "current_ampere": current,
        "voltage_volt": 3.5 + 0.1 * current + 0.2 * moved,
        "step_count": np.repeat(np.arange(1, len(steps) + 1), [len(one) for one in time]),
        **{name: np.asarray(values) for name, values in more.items()},
    }


def test_a_row_per_step_says_what_it_was_and_what_it_moved() -> None:
    rows, _ = cell((0.1,))
    steps = derived(TRAPS["counter begins anew in each step"](rows))["steps"].to_pylist()
    assert [one["kind"] for one in steps] == [
        "rest",
        "cc-charge",
        "cv-charge",
        "rest",
        "pulse-discharge",
        "rest",
        "cc-discharge",
        "rest",
    ]
    assert [one["cycle"] for one in steps] == [1] * 8 and [one["step"] for one in steps] == list(range(1, 9))
    assert [one["step_count"] for one in steps] == list(range(1, 9)) and steps[0]["step_id"] is None
    charge = steps[1]
    assert charge["charge_capacity_ah"] == pytest.approx(0.8, rel=1e-12) and charge["discharge_capacity_ah"] == 0
    assert (charge["cc_share"], charge["cv_share"], charge["median_current_a"]) == (1.0, 0.0, 0.1)
    assert charge["counter_charge_capacity_ah"] == pytest.approx(0.8, rel=1e-12)
    assert abs(charge["counter_difference_ppm"]) < 1e-3 and charge["counter_jumps"] == 0
    assert charge["charge_energy_wh"] == pytest.approx(0.8 * (3.2 + 0.4 * 0.7 + 0.005), rel=1e-9)
    assert charge["mean_current_a"] == pytest.approx(0.1) and charge["duration_s"] == pytest.approx(28800)
    assert steps[2]["end_current_a"] == pytest.approx(0.005) and steps[2]["cv_share"] == 1.0
    assert steps[0]["counter_difference_ppm"] is None and steps[0]["cc_share"] is None
    assert [one["end_row"] + 1 for one in steps[:-1]] == [one["start_row"] for one in steps[1:]]


def test_without_step_counter_steps_are_where_the_current_changes() -> None:
    rows, _ = cell((0.1,))
    steps = derived(TRAPS["no counters at all"](rows))["steps"].to_pylist()
    kinds = [one["kind"] for one in steps]
    assert kinds == ["rest", "cccv-charge", "rest", "pulse-discharge", "rest", "cc-discharge", "rest"]
    charge = steps[1]["charge_capacity_ah"]
    assert steps[1]["cc_share"] * charge == pytest.approx(0.8, rel=1e-12), "the knee is found exactly"


def test_a_step_that_goes_both_ways_is_of_no_kind() -> None:
    columns = of_steps((100, 0.0), (100, 1.0), (100, -1.0), (100, 0.0))
    columns["step_count"] = np.where(columns["step_count"] == 3, 2, columns["step_count"])
    kinds = [one["kind"] for one in derived(columns)["steps"].to_pylist()]
    assert kinds == ["rest", "other", "rest"]


def test_noise_does_not_hide_where_constant_current_ends() -> None:
    rows, _ = cell((0.1,))
    columns = TRAPS["no counters at all"](rows)
    noise = np.random.default_rng(7).normal(0, 2e-4, len(columns["current_ampere"])).clip(-5e-4, 5e-4)
    columns["current_ampere"] = columns["current_ampere"] * (1 + noise)
    step = derived(columns)["steps"].to_pylist()[1]
    assert step["kind"] == "cccv-charge"
    assert step["cc_share"] * step["charge_capacity_ah"] == pytest.approx(0.8, rel=2e-3)


def test_the_file_s_own_words_stand_in_the_step_row() -> None:
    columns = of_steps((10, 0.0), (10, 1.0)) | {"step_id": np.repeat([7, 3], 11)}
    batch = columns | {"step_type": np.repeat(np.array(["Rest", "CC_Chg"], object), 11)}
    steps = derived(batch)["steps"].to_pylist()
    assert [(one["step_id"], one["step_type"]) for one in steps] == [(7, "Rest"), (3, "CC_Chg")]


def test_the_interval_before_a_step_is_the_step_s_as_far_as_its_step_time_goes() -> None:
    columns = {
        "test_time_second": np.array([0.0, 100.0, 200.0, 300.0, 400.0]),
        "current_ampere": np.array([0.0, 1.0, 1.0, 0.0, 0.0]),
        "voltage_volt": np.array([3.0, 4.0, 4.0, 4.0, 4.0]),
        "step_count": np.array([1, 2, 2, 3, 3]),
    }
    whole = derived(columns)["steps"]["charge_capacity_ah"].to_pylist()
    assert whole == pytest.approx([0.0, 200 / 3600, 0.0])
    timed = derived(columns | {"step_time_second": np.array([0.0, 40.0, 140.0, 60.0, 160.0])})["steps"]
    assert timed["charge_capacity_ah"].to_pylist() == pytest.approx([0.0, (40 + 100 + 40) / 3600, 0.0])
    assert timed["start_time_s"].to_pylist() == pytest.approx([0.0, 60.0, 240.0])


def test_more_steps_than_a_table_may_have_are_left_out_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.derived.described.MOST_ROWS", 3)
    running = Running(CELL)
    running.add(pa.RecordBatch.from_pydict(of_steps(*[(20, amps) for amps in (0, 1, 0, -1, 0, 1)])))
    made = running.finish()
    assert made["steps"].table.num_rows == 0 and made["cycles"].table.num_rows > 0
    assert [(one.rule, one.severity) for one in running.problems()] == [("derived-left-out", Severity.WARNING)]


PULSED = ((60, 0.0), (10, -1.0), (60, 0.0), (30, 0.5), (60, 0.0))


def test_pulses_have_their_resistance_by_direction_and_time() -> None:
    pulses = derived(of_steps(*PULSED))["pulses"].to_pylist()
    assert [one["direction"] for one in pulses] == ["discharge", "charge"]
    drop = 0.1 + 0.2 * 11 / 3600
    assert pulses[0]["resistance_10s_ohm"] == pytest.approx(drop, rel=1e-12)
    assert pulses[0]["resistance_18s_ohm"] is None and pulses[1]["resistance_30s_ohm"] is not None
    assert (pulses[0]["voltage_before_v"], pulses[0]["current_before_a"]) == (3.5, 0.0)
    assert [one["duration_s"] for one in pulses] == [10.0, 30.0] and pulses[0]["reason"] is None
    assert [one["step"] for one in pulses] == [2, 4] and pulses[0]["soc"] is None


def test_a_pulse_on_a_constant_current_counts_from_that_current() -> None:
    pulse = derived(of_steps((60, -0.2), (10, -1.0), (60, -0.2)))["pulses"].to_pylist()[0]
    assert (pulse["baseline"], pulse["current_before_a"]) == ("constant-current", -0.2)
    assert pulse["resistance_10s_ohm"] == pytest.approx(0.1 + 0.2 * 11 / 3600 / 0.8, rel=1e-12)


@pytest.mark.parametrize(
    "steps",
    [
        ((60, 0.0), (200, -1.0), (60, 0.0)),
        ((5, 0.0), (10, -1.0), (60, 0.0)),
        ((60, 0.0), (10, -1.0), (60, -0.3), (60, 0.0)),
        ((200, -1.0), (10, -0.2), (200, -1.0)),
    ],
    ids=["too long", "no rest before", "goes on at another current", "smaller than before"],
)
def test_what_is_no_pulse_makes_none(steps: tuple[tuple[float, float], ...]) -> None:
    assert "pulses" not in derived(of_steps(*steps))


def test_a_pulse_whose_start_is_not_known_has_no_resistance() -> None:
    columns = of_steps(*PULSED)
    first = np.flatnonzero(columns["step_count"] == 2)[:1]
    late = {name: np.delete(values, first) for name, values in columns.items()}
    pulse = derived(late)["pulses"].to_pylist()[0]
    assert pulse["resistance_10s_ohm"] is None and pulse["reason"] == "start-not-known"
    timed = columns["test_time_second"] - np.repeat([0.0, 60.0, 70.0, 130.0, 160.0], [61, 11, 61, 31, 61])
    known = derived(late | {"step_time_second": np.delete(timed, first)})["pulses"].to_pylist()[0]
    assert known["resistance_10s_ohm"] is not None and known["start_time_s"] == pytest.approx(60.0)


def test_a_pulse_without_a_row_within_five_percent_of_the_time_has_no_resistance() -> None:
    columns = of_steps((60, 0.0), (20, -1.0), (60, 0.0))
    within = columns["test_time_second"] - 60.0
    near = np.flatnonzero((columns["step_count"] == 2) & (np.abs(within - 10) < 0.6))
    pulse = derived({name: np.delete(values, near) for name, values in columns.items()})["pulses"].to_pylist()[0]
    assert pulse["resistance_10s_ohm"] is None and pulse["reason"] == "no-sample"


def test_state_of_charge_is_known_from_a_charge_that_ended_at_constant_voltage() -> None:
    made = Cell()
    made.step(1, 3600, 0.5)
    made.step(1, 1800, 0.5, 0.025, held=True)
    made.step(1, 600, 0.0)
    made.step(1, 1800, -0.5)
    made.step(1, 600, 0.0)
    made.step(1, 10, -1.0)
    made.step(1, 600, 0.0)
    columns = TRAPS["base"](made.rows())
    assert derived(columns)["pulses"]["soc"].to_pylist() == pytest.approx([0.75])
    assert derived(columns, Declared(nominal_capacity_ah=2.0))["pulses"]["soc"].to_pylist() == pytest.approx([0.875])
    higher = CELL.model_copy(update={"upper_voltage_v": 4.3})
    assert derived(columns, higher)["pulses"]["soc"].to_pylist() == [None]


def test_rests_join_over_steps_and_say_how_the_voltage_ends() -> None:
    columns = of_steps((100, 1.0), (1200, 0.0), (1200, 0.0), (100, -1.0), (5, 0.0), every_s=5.0)
    rest = columns["current_ampere"] == 0
    columns["voltage_volt"][rest] += 0.05 * np.exp(-(columns["test_time_second"][rest] - 100) / 3600)
    rests = derived(columns)["rests"].to_pylist()
    assert [(one["step"], one["after"], one["duration_s"]) for one in rests] == [(2, "charge", 2400.0)]
    at_end = -0.05 * np.exp(-2400 / 3600)
    assert rests[0]["end_slope_v_per_h"] == pytest.approx(at_end, rel=0.1) and rests[0]["relaxed"] is False


def test_impedance_is_grouped_into_spectra(tmp_path: Path) -> None:
    found = ingest(FILES / "biologic_peis.mpt", "biologic_peis.mpt", tmp_path)
    assert "impedance" in {table.name for table in found.tables}
    points = pq.read_table(tmp_path / "impedance.parquet").to_pylist()
    assert points and {one["spectrum"] for one in points} == {1}
    one = points[0]
    assert one["absolute_impedance_ohm"] == pytest.approx(
        abs(complex(one["real_impedance_ohm"], one["imaginary_impedance_ohm"]))
    )


def test_a_sweep_that_turns_back_begins_a_spectrum() -> None:
    sweep = np.array([1e3, 1e2, 1e1])
    columns = {
        "frequency_hertz": np.concatenate([sweep, sweep, sweep[::-1]]),
        "real_impedance_ohm": np.full(9, 3.0),
        "imaginary_impedance_ohm": np.full(9, -4.0),
    }
    made = derived(columns)
    points = made["impedance"].to_pylist()
    assert [one["spectrum"] for one in points] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [one["start_row"] for one in points] == [0, 0, 0, 3, 3, 3, 6, 6, 6]
    assert points[0]["absolute_impedance_ohm"] == 5.0 and points[0]["phase_degree"] == pytest.approx(-53.1301024)
    assert points[0]["cycle"] is None and made["steps"].num_rows == made["cycles"].num_rows == 0


RUNS = st.lists(
    st.tuples(st.sampled_from([-2.0, -1.0, -0.001, 0.0, 0.001, 1.0, 2.0]), st.integers(1, 40)), min_size=1, max_size=30
)


def runs_of(runs: list[tuple[float, int]], counted: bool) -> Columns:
    amps = np.array([one for one, count in runs for _ in range(count)])
    moved = np.cumsum(amps) * 5.0 / 3600
    columns = {
        "test_time_second": np.arange(len(amps)) * 5.0,
        "current_ampere": amps,
        "voltage_volt": 3.5 + 0.1 * moved + 0.05 * amps,
        "net_capacity_ah": moved,
        "ambient_temperature_celsius": 25.0 + moved,
    }
    steps = {"step_count": np.repeat(np.arange(len(runs)), [count for _, count in runs])}
    return columns | steps if counted else columns


@settings(max_examples=40, deadline=None)
@given(RUNS, st.booleans(), st.data())
def test_no_table_depends_on_how_rows_are_cut_into_batches(
    runs: list[tuple[float, int]], counted: bool, data: st.DataObject
) -> None:
    columns = runs_of(runs, counted)
    rows = len(columns["current_ampere"])
    cuts = tuple(sorted(data.draw(st.lists(st.integers(0, rows), max_size=8))))
    whole, cut = derived(columns), derived(columns, cuts=cuts)
    assert whole.keys() == cut.keys()
    for name, table in whole.items():
        assert cut[name].equals(table), name


@settings(max_examples=40, deadline=None)
@given(RUNS, st.booleans(), st.integers(1, 50))
def test_what_is_open_at_the_end_of_a_block_is_carried_over(
    runs: list[tuple[float, int]], counted: bool, block: int
) -> None:
    columns = runs_of([(2.0, 1), *runs], counted)
    whole = derived(columns)
    kept, blocks.BLOCK_ROWS = blocks.BLOCK_ROWS, block
    try:
        cut = derived(columns)
    finally:
        blocks.BLOCK_ROWS = kept
    for name in {"steps", "rests", "pulses"} & whole.keys():
        assert cut[name].num_rows == whole[name].num_rows
        for one, other in zip(cut[name].to_pylist(), whole[name].to_pylist(), strict=True):
            for column, value in other.items():
                close = pytest.approx(value, rel=1e-7, abs=1e-9) if isinstance(value, float) else value
                assert one[column] == close or "ppm" in column, (name, column)


def test_the_median_current_is_the_same_for_many_short_steps_as_for_few() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(1, 20, 300)
    current = 1.0 + rng.normal(0, 0.01, sizes.sum())
    columns = {
        "test_time_second": np.arange(len(current)) * 1.0,
        "current_ampere": current,
        "voltage_volt": np.full(len(current), 3.7),
        "step_count": np.repeat(np.arange(len(sizes)), sizes),
    }
    truth = [float(np.median(one)) for one in np.split(current, np.cumsum(sizes)[:-1])]
    assert derived(columns)["steps"]["median_current_a"].to_pylist() == truth
    few = {name: values[: sizes[:10].sum()] for name, values in columns.items()}
    assert derived(few)["steps"]["median_current_a"].to_pylist() == truth[:10]
