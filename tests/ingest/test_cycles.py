"""The cycle summary: closed-form truth, published traps, and the same result however rows arrive."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cycles import Segmenter
from ingest.derived import rows as module
from ingest.reader import Reading
from ingest.validate import Validator
from schemas.ingested import Declared

EXTRACTION = Path(__file__).resolve().parents[2] / "../shared/reference/roundrobin/extraction"
TRAPS = [
    "synthetic_base",
    "trap_capacity_cumulative_never_reset",
    "trap_capacity_resets_each_step",
    "trap_cycle_counter_increments_on_discharge",
    "trap_units_h_mA",
]
COLUMNS = {
    "test_time_s": ("test_time_second", 1.0),
    "test_time_h": ("test_time_second", 3600.0),
    "current_A": ("current_ampere", 1.0),
    "current_mA": ("current_ampere", 1e-3),
    "voltage_V": ("voltage_volt", 1.0),
    "cycle": ("cycle_count", 1),
    "step": ("step_count", 1),
}


def extraction(name: str) -> pa.RecordBatch:
    path = EXTRACTION / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the project")
    read = pa.csv.read_csv(path)
    columns = {COLUMNS[one][0]: np.asarray(read[one]) * COLUMNS[one][1] for one in read.column_names if one in COLUMNS}
    return batch(**columns)


def batch(**columns: object) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def test_run(current: list[float], seconds: float = 100.0) -> pa.RecordBatch:
    """Rows of these currents, one every so many seconds; the voltage follows the charge."""
    amps = np.array(current, dtype=float)
    charge = np.cumsum(amps) * seconds / 3600
    return batch(test_time_second=np.arange(len(amps)) * seconds, current_ampere=amps, voltage_volt=3.5 + 0.1 * charge)


test_run.__test__ = False  # type: ignore[attr-defined]


def summary(rows: pa.RecordBatch, configuration: str | None = None, declared: Declared | None = None) -> pa.Table:
    segmenter = Segmenter(configuration, declared)
    segmenter.add(rows)
    return segmenter.finish()


@pytest.mark.parametrize("name", TRAPS)
def test_closed_form_cell_and_its_traps_give_the_same_summary(name: str) -> None:
    rows = extraction(name)
    expected = json.loads((EXTRACTION / "synthetic.expected.json").read_text())["cycles"]
    found = summary(rows, "full", Declared(nominal_capacity_ah=1.0)).to_pylist()
    assert [one["cycle"] for one in found] == [1, 2, 3]
    for one, truth in zip(found, expected, strict=True):
        assert one["charge_capacity_ah"] == pytest.approx(truth["Q_chg"], rel=1e-9)
        assert one["discharge_capacity_ah"] == pytest.approx(truth["Q_dis"], rel=1e-9)
        assert one["charge_energy_wh"] == pytest.approx(truth["E_chg"], rel=1e-6)
        assert one["discharge_energy_wh"] == pytest.approx(truth["E_dis"], rel=1e-6)
        assert one["coulombic_efficiency"] == pytest.approx(truth["CE"], rel=1e-9)
        assert one["energy_efficiency"] == pytest.approx(truth["EE"], rel=1e-6)
        assert one["charge_cc_share"] == pytest.approx(truth["cc_fraction"], rel=1e-9)
        assert one["charge_cv_share"] == pytest.approx(1 - truth["cc_fraction"], rel=1e-9)
        assert one["discharge_c_rate"] == pytest.approx(truth["I_dis"], rel=1e-9)
        assert not one["truncated"]


def test_flipped_sign_is_refused() -> None:
    rows = extraction("trap_sign_flipped")
    validator = Validator(Declared(), Reading(iter(()), [], rows_in=rows.num_rows))
    validator.add(rows)
    assert "current-sign" in {problem.rule for problem in validator.finish(summary(rows))}


def test_cell_without_step_numbers_has_the_same_capacities() -> None:
    rows = extraction("synthetic_base")
    bare = rows.select(["test_time_second", "current_ampere", "voltage_volt"])
    assert summary(bare)["discharge_capacity_ah"].to_pylist() == pytest.approx([1.0, 0.97, 0.9194444444444444])
    assert summary(bare)["charge_cc_share"].to_pylist() == pytest.approx([0.97690, 0.94614, 0.85800], abs=5e-3)


@pytest.mark.parametrize("every_s", [30.0, 60.0])
def test_a_voltage_that_jitters_while_it_is_held_changes_no_share(every_s: float) -> None:
    """A millivolt or two beside a current that fades by a tenth from row to row is no jump of the current."""
    driven, held, out = (np.arange(0.0, end, every_s) for end in (3000.0, 1200.0, 3000.0))
    current = np.concatenate([np.full(len(driven), 1.0), np.exp(-held / 400.0), np.full(len(out), -1.0)])
    held_v = 4.2 + 0.002 * np.resize([0, 1, -1, 1, 0, -1, 0, 0, 1, -1, 0], len(held))
    voltage = np.concatenate([3.5 + 0.7 * driven / 3000, held_v, 4.1 - 0.8 * out / 3000])
    step = np.repeat([1, 2, 3], [len(driven), len(held), len(out)])
    time = np.arange(len(current)) * every_s
    found = summary(batch(test_time_second=time, current_ampere=current, voltage_volt=voltage, step_count=step))
    moved = np.trapezoid(current[step == 2], dx=every_s) + every_s * 1.0
    whole = moved + (len(driven) - 1) * every_s
    assert found["charge_cv_share"].to_pylist() == [pytest.approx(moved / whole, rel=1e-9)]


def test_rows_of_the_cycles_tile_the_file() -> None:
    found = summary(extraction("synthetic_base")).to_pylist()
    assert found[0]["start_row"] == 0
    assert [one["end_row"] + 1 for one in found[:-1]] == [one["start_row"] for one in found[1:]]
    assert found[-1]["end_row"] == 13259


def test_leading_half_in_the_other_direction_is_cycle_zero() -> None:
    found = summary(test_run([0] + [-1] * 50 + [1] * 100 + [-1] * 100 + [0]))
    assert found["cycle"].to_pylist() == [0, 1]
    assert found["truncated"].to_pylist() == [True, False]
    assert found["charge_capacity_ah"].to_pylist()[0] is None


def test_negative_half_cell_discharges_first() -> None:
    found = summary(test_run([0] + [-1] * 100 + [1] * 90 + [0]), "half-negative").to_pylist()
    assert [one["cycle"] for one in found] == [1]
    ratio = found[0]["charge_capacity_ah"] / found[0]["discharge_capacity_ah"]
    assert found[0]["coulombic_efficiency"] == pytest.approx(ratio)
    assert found[0]["coulombic_efficiency"] < 1


def test_pulses_rests_and_noise_make_no_cycle() -> None:
    pulse = [0, -1, 1, 0]
    charge = [*([1] * 60), *pulse, *([0] * 500), *([1] * 40), *([1e-5, -1e-5] * 20)]
    discharge = [*([-1] * 30), *([0] * 20), 1, 0, *([-1] * 70), 0]
    assert summary(test_run(pulse + charge + discharge + charge + discharge))["cycle"].to_pylist() == [1, 2]


def test_file_that_ends_under_current_has_no_efficiency_for_its_last_cycle() -> None:
    whole = [1] * 100 + [-1] * 100
    found = summary(test_run([*whole, *([1] * 100), *([-1] * 40)])).to_pylist()
    assert [one["truncated"] for one in found] == [False, True]
    assert found[1]["coulombic_efficiency"] is None
    assert found[1]["discharge_capacity_ah"] > 0


def test_interval_before_a_step_belongs_to_it_as_far_as_its_step_time_says() -> None:
    rows = batch(
        test_time_second=[0.0, 100.0, 200.0, 300.0, 400.0],
        current_ampere=[0.0, 1.0, 1.0, 0.0, 0.0],
        voltage_volt=[3.0, 4.0, 4.0, 4.0, 4.0],
        step_count=[1, 2, 2, 3, 3],
        step_time_second=[0.0, 40.0, 140.0, 100.0, 200.0],
    )
    assert summary(rows)["charge_capacity_ah"].to_pylist() == pytest.approx([140 / 3600])
    assert summary(rows)["charge_energy_wh"].to_pylist() == pytest.approx([4 * 140 / 3600])


def test_file_at_rest_has_no_cycles() -> None:
    assert summary(test_run([0.0] * 100)).num_rows == 0


def test_file_without_rows_or_columns_has_no_cycles() -> None:
    assert Segmenter(None).finish().num_rows == 0
    assert summary(batch(frequency_hertz=[1.0])).num_rows == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([-2.0, -1.0, -0.001, 0.0, 0.001, 1.0, 2.0]), st.integers(1, 40)),
        min_size=1,
        max_size=30,
    ),
    st.data(),
)
def test_summary_does_not_depend_on_how_rows_are_cut(runs: list[tuple[float, int]], data: st.DataObject) -> None:
    rows = test_run([amps for amps, count in runs for _ in range(count)])
    cuts = sorted(data.draw(st.lists(st.integers(0, rows.num_rows), max_size=8)))
    segmenter = Segmenter(None)
    for start, end in zip([0, *cuts], [*cuts, rows.num_rows], strict=True):
        segmenter.add(rows.slice(start, end - start))
    assert segmenter.finish().equals(summary(rows))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([-2.0133, -1.0071, -0.00101, 0.0, 0.00103, 1.0047, 2.0191]), st.integers(1, 40)),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 50),
)
def test_blocks_carry_over_what_is_open(runs: list[tuple[float, int]], block: int) -> None:
    # Odd numbers, so that no charge is exactly the part at which a direction turns: sums are made in another order.
    rows = test_run([2.0237, *(amps for amps, count in runs for _ in range(count))])
    whole = summary(rows).to_pylist()
    kept, module.BLOCK_ROWS = module.BLOCK_ROWS, block
    try:
        cut = summary(rows).to_pylist()
    finally:
        module.BLOCK_ROWS = kept
    assert len(cut) == len(whole)
    for one, other in zip(cut, whole, strict=True):
        for name in one.keys() - {
            "charge_cc_share",
            "charge_cv_share",
            "charge_current_a",
            "discharge_current_a",
            "definition",
        }:
            expected = None if other[name] is None else pytest.approx(other[name], rel=1e-9, abs=1e-12)
            assert one[name] == expected, name


def test_every_cycle_counts_every_charge_once() -> None:
    rows = extraction("synthetic_base")
    found = summary(rows)
    seconds = np.asarray(rows.column("test_time_second"))
    assert sum(found["duration_s"].to_pylist()) == pytest.approx(seconds[-1] - seconds[0])
