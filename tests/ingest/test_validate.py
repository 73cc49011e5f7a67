"""Each check finds its defect, with place and value, and is silent on what is only unusual."""

import numpy as np
import pyarrow as pa
import pytest

from ingest.cycles import Segmenter
from ingest.reader import Reading
from ingest.validate import Validator
from schemas.ingested import Declared
from schemas.report import Problem, Severity

Columns = dict[str, np.ndarray]
CELL = Declared(nominal_capacity_ah=1.0, lower_voltage_v=3.0, upper_voltage_v=4.2)


def cell(cycles: int = 2, step_s: float = 10.0) -> Columns:
    """A good test: a 1 Ah cell charged and discharged at 1C with rests, by the format's conventions."""
    current = np.tile(np.repeat([0.0, 1.0, 0.0, -1.0, 0.0], [5, 360, 20, 360, 20]), cycles)
    time = np.arange(len(current)) * step_s
    charge = np.cumsum(current) * 10.0 / 3600
    step = np.cumsum(np.diff(current, prepend=0.0) != 0) + 1
    return {
        "test_time_second": time,
        "voltage_volt": 3.05 + 1.1 * charge + 0.02 * current,
        "current_ampere": current,
        "unix_time_second": 1_700_000_000.0 + np.floor(time),
        "cycle_count": np.repeat(np.arange(1, cycles + 1), len(current) // cycles),
        "step_count": step,
    }


def findings(columns: Columns, declared: Declared = CELL, pieces: int = 3, rows_in: int | None = None) -> list[Problem]:
    batch = pa.RecordBatch.from_pydict(columns)
    reading = Reading(iter(()), [], rows_in=batch.num_rows if rows_in is None else rows_in, first_line=2)
    validator, segmenter = Validator(declared, reading), Segmenter(declared.cell_configuration, declared)
    size = batch.num_rows // pieces + 1
    for start in range(0, max(batch.num_rows, 1), size):
        validator.add(batch.slice(start, size))
        segmenter.add(batch.slice(start, size))
    return validator.finish(segmenter.finish())


def found(columns: Columns, declared: Declared = CELL) -> dict[str, Problem]:
    return {problem.rule: problem for problem in reversed(findings(columns, declared))}


@pytest.mark.parametrize("pieces", [1, 2, 7, 400])
def test_a_good_file_has_no_findings(pieces: int) -> None:
    assert findings(cell(), pieces=pieces) == []


def test_time_that_goes_back_is_an_error_with_its_row() -> None:
    columns = cell()
    columns["test_time_second"][100:] -= 500.0
    problem = found(columns)["time-goes-back"]
    assert (problem.severity, problem.row, problem.column) == (Severity.ERROR, 102, "test_time_second")
    assert problem.value == "-490"


def test_more_than_ten_findings_of_a_rule_are_counted() -> None:
    columns = cell()
    columns["test_time_second"][10:700:23] -= 100.0
    back = [one for one in findings(columns) if one.rule == "time-goes-back"]
    assert len(back) == 11
    assert sum(one.count for one in back) == 30
    assert back[-1].row is None


@pytest.mark.parametrize("factor", [1000.0, 3600.0, 1 / 3600.0])
def test_a_unit_slip_of_the_test_time_shows_against_the_wall_clock(factor: float) -> None:
    columns = cell(cycles=20)
    columns["test_time_second"] *= factor
    assert found(columns)["clock-mismatch"].severity is Severity.ERROR


def test_a_pause_during_which_only_the_wall_clock_runs_is_nothing() -> None:
    columns = cell()
    columns["unix_time_second"][700:] += 50_000.0
    assert found(columns) == {}


def test_a_clock_that_is_printed_to_the_second_is_compared_over_more_than_that() -> None:
    columns = cell(step_s=0.7)
    del columns["cycle_count"]
    columns["unix_time_second"][700:] += 50_000.0
    assert found(columns, Declared()) == {}


def test_sixteen_years_are_implausible() -> None:
    columns = cell()
    columns["test_time_second"] *= 36_000.0
    del columns["unix_time_second"]
    assert found(columns, Declared())["duration-implausible"].severity is Severity.ERROR


@pytest.mark.parametrize("slip", [1000.0, 3600.0])
def test_a_capacity_far_above_the_nominal_one_is_an_error(slip: float) -> None:
    columns = cell()
    columns["current_ampere"] *= slip
    problem = found(columns)["capacity-implausible"]
    assert problem.severity is Severity.ERROR
    assert ("mA" if slip == 1000.0 else "hours") in problem.hint


def test_another_nominal_capacity_than_measured_is_a_warning() -> None:
    assert found(cell(), Declared(nominal_capacity_ah=0.6))["nominal-capacity"].severity is Severity.WARNING


def test_a_partial_cycle_of_a_larger_cell_is_nothing() -> None:
    assert found(cell(), Declared(nominal_capacity_ah=10.0)) == {}


def test_a_reversed_current_is_an_error() -> None:
    columns = cell()
    columns["current_ampere"] *= -1
    assert found(columns)["current-sign"].severity is Severity.ERROR


def test_a_current_without_sign_is_an_error() -> None:
    columns = cell()
    columns["current_ampere"] = np.abs(columns["current_ampere"])
    assert "no sign" in found(columns)["current-sign"].message


def test_a_noisy_flat_plateau_is_no_evidence_for_a_sign() -> None:
    columns = cell()
    columns["voltage_volt"] = 3.3 + 2e-3 * np.sin(np.arange(len(columns["voltage_volt"])) * 1.7)
    assert found(columns) == {}


def test_a_symmetric_cell_has_no_sign_to_check() -> None:
    columns = cell()
    columns["current_ampere"] *= -1
    assert "current-sign" not in found(columns, Declared(cell_configuration="symmetric"))


def test_charging_only_is_no_finding_of_sign() -> None:
    columns = {name: values[:365] for name, values in cell().items()}
    assert set(found(columns)) == {"cycle-truncated"}


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["test_time_second", "voltage_volt", "current_ampere"])
def test_a_value_that_is_none_is_an_error(name: str, value: float) -> None:
    columns = cell()
    columns[name][50] = value
    problem = found(columns)["value-missing"]
    assert (problem.severity, problem.row, problem.column) == (Severity.ERROR, 52, name)


def test_a_missing_required_column_is_an_error() -> None:
    columns = cell()
    del columns["voltage_volt"]
    assert found(columns)["column-missing"].column == "voltage_volt"


def test_a_file_without_rows_is_an_error() -> None:
    assert [one.rule for one in findings({name: values[:0] for name, values in cell().items()})] == ["no-rows"]


def test_a_file_of_impedance_only_is_a_note() -> None:
    columns = {"frequency_hertz": np.array([1e3, 1e2]), "real_impedance_ohm": np.array([0.1, 0.2])}
    assert [(one.rule, one.severity) for one in findings(columns)] == [("impedance-only", Severity.NOTE)]


def spectrum() -> Columns:
    frequency = np.logspace(4, -1, 31)
    z = 0.01 + 0.02 / (1 + 1j * frequency / 10)
    return {
        "frequency_hertz": frequency,
        "real_impedance_ohm": z.real,
        "imaginary_impedance_ohm": z.imag,
        "absolute_impedance_ohm": np.abs(z),
        "phase_degree": np.degrees(np.angle(z)),
    }


def test_an_impedance_that_agrees_with_its_modulus_and_phase_is_nothing() -> None:
    assert set(found(spectrum())) == {"impedance-only"}


@pytest.mark.parametrize(
    ("column", "change"),
    [("absolute_impedance_ohm", 1.02), ("real_impedance_ohm", 1000.0), ("phase_degree", np.pi / 180)],
)
def test_an_impedance_that_disagrees_with_its_modulus_or_phase_is_a_warning(column: str, change: float) -> None:
    columns = spectrum()
    columns[column][5:] *= change
    problem = found(columns)["impedance-inconsistent"]
    assert (problem.severity, problem.row) == (Severity.WARNING, 7)
    assert "wrong sign" not in problem.message


@pytest.mark.parametrize("column", ["phase_degree", "imaginary_impedance_ohm"])
def test_an_impedance_of_the_wrong_sign_is_told_as_such(column: str) -> None:
    columns = spectrum()
    columns[column] *= -1
    assert "wrong sign" in found(columns)["impedance-inconsistent"].message


@pytest.mark.parametrize("absent", ["absolute_impedance_ohm", "phase_degree"])
def test_one_of_modulus_and_phase_is_enough_to_see_a_wrong_impedance(absent: str) -> None:
    columns = spectrum()
    del columns[absent]
    assert set(found(columns)) == {"impedance-only"}
    columns["imaginary_impedance_ohm"] *= 2.0
    assert "impedance-inconsistent" in found(columns)


def test_rows_without_impedance_and_a_rounded_phase_are_nothing() -> None:
    columns = spectrum()
    columns["phase_degree"] = np.round(columns["phase_degree"], 1)
    for name in columns:
        columns[name][3] = np.nan
    assert set(found(columns)) == {"impedance-only"}


def test_a_voltage_of_0_in_every_row_under_current_is_an_error() -> None:
    columns = cell()
    columns["voltage_volt"][:] = 0.0
    problem = found(columns, Declared())["voltage-zero"]
    assert (problem.severity, problem.count) == (Severity.ERROR, len(columns["voltage_volt"]))
    columns["voltage_volt"][-1] = 1e-6
    assert "voltage-zero" not in found(columns, Declared())


def test_a_voltage_of_0_without_current_is_nothing() -> None:
    columns = cell()
    columns["voltage_volt"][:] = columns["current_ampere"][:] = 0.0
    assert "voltage-zero" not in found(columns, Declared())


def test_volts_taken_for_millivolts_are_a_warning_but_in_a_symmetric_cell() -> None:
    columns = cell()
    assert "voltage-small" not in found(columns, Declared())
    columns["voltage_volt"] /= 1000.0
    assert found(columns, Declared())["voltage-small"].severity is Severity.WARNING
    assert "voltage-small" not in found(columns, Declared(cell_configuration="symmetric"))


def test_a_temperature_of_0_in_every_row_is_a_warning() -> None:
    columns = cell()
    columns["temperature_t1_celsius"] = np.zeros(len(columns["voltage_volt"]))
    problem = found(columns, Declared())["temperature-zero"]
    assert (problem.severity, problem.column) == (Severity.WARNING, "temperature_t1_celsius")
    columns["temperature_t1_celsius"][-1] = 0.1
    assert "temperature-zero" not in found(columns, Declared())


def test_a_file_at_rest_is_a_note() -> None:
    columns = cell()
    columns["current_ampere"][:] = 0.0
    assert found(columns)["no-cycles"].severity is Severity.NOTE


def test_a_cut_end_is_a_note() -> None:
    columns = {name: values[:1000] for name, values in cell().items()}
    assert found(columns)["cycle-truncated"].severity is Severity.NOTE


def test_a_cycle_counter_that_falls_is_a_warning() -> None:
    columns = cell()
    columns["cycle_count"][800:] = 0
    assert found(columns)["cycle-counter"].row == 802


def test_a_cycle_counter_of_two_pi_is_a_warning() -> None:
    columns = cell()
    columns["cycle_count"] = np.full(len(columns["cycle_count"]), 2 * np.pi)
    problem = found(columns)["cycle-counter"]
    assert (problem.severity, problem.count) == (Severity.WARNING, len(columns["cycle_count"]))


def test_a_voltage_outside_the_declared_window_is_a_warning() -> None:
    problem = found(cell(), Declared(upper_voltage_v=4.0))["voltage-outside-window"]
    assert (problem.severity, problem.column) == (Severity.WARNING, "voltage_volt")


def test_a_voltage_in_millivolts_is_seen() -> None:
    columns = cell()
    columns["voltage_volt"] *= 1000.0
    assert "value-implausible" in found(columns)


@pytest.mark.parametrize(("hours", "rules"), [(2.0, {"time-gap"}), (0.5, set())])
def test_a_gap_of_hours_is_a_warning(hours: float, rules: set[str]) -> None:
    columns = cell()
    columns["test_time_second"][375:] += hours * 3600
    columns["unix_time_second"][375:] += hours * 3600
    assert set(found(columns)) == rules


def test_a_storage_test_with_sparse_rows_has_no_gaps() -> None:
    columns = {
        "test_time_second": np.arange(200) * 7200.0,
        "voltage_volt": np.full(200, 3.9),
        "current_ampere": np.zeros(200),
    }
    assert set(found(columns, Declared())) == {"no-cycles"}


def test_two_rows_of_one_time_inside_a_step_are_a_warning() -> None:
    columns = cell()
    columns["test_time_second"][50] = columns["test_time_second"][49]
    assert found(columns)["duplicate-time"].count == 1


def test_a_step_that_begins_when_the_one_before_ends_is_nothing() -> None:
    columns = cell()
    first = int(np.flatnonzero(np.diff(columns["step_count"]))[2]) + 1
    columns["test_time_second"][first] = columns["test_time_second"][first - 1]
    assert found(columns) == {}


def test_rows_lost_on_the_way_are_told() -> None:
    problems = findings(cell(), rows_in=len(cell()["cycle_count"]) + 3)
    assert [(one.rule, one.count) for one in problems] == [("rows-lost", 3)]


def test_all_findings_come_at_once() -> None:
    columns = cell()
    columns["current_ampere"] *= -1
    columns["test_time_second"][100:] -= 500.0
    columns["voltage_volt"][7] = np.nan
    assert {"current-sign", "time-goes-back", "value-missing"} <= set(found(columns))


@pytest.mark.parametrize(("stray", "flagged"), [(0.05, True), (0.5, False)])
def test_some_evidence_for_the_sign_outweighs_little_against_it(stray: float, flagged: bool) -> None:
    columns = cell()
    columns["current_ampere"] *= -1
    charge = slice(6, 106)
    columns["voltage_volt"][charge] = 3.1 - np.linspace(0.0, stray, 100)
    columns["current_ampere"][106] = -0.5
    assert ("current-sign" in found(columns)) is flagged
