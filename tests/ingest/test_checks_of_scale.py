"""Slips of unit and range that a file's own columns give away: counters, step time, C-rate, declared cycles."""

from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import ingest
from schemas.ingested import Declared
from schemas.report import Severity
from tests.ingest.test_pipeline import bdf
from tests.ingest.test_validate import CELL, Columns, cell, found


def with_counters(columns: Columns) -> Columns:
    """The same with a counter of charge that starts anew in each step, and one of energy that does not."""
    step, current, time = columns["step_count"], columns["current_ampere"], columns["test_time_second"]
    moved = np.abs(current) * np.diff(time, prepend=time[0]) / 3600.0
    run = np.cumsum(moved)
    start = np.flatnonzero(np.diff(step, prepend=step[0] - 1))
    base = np.repeat(run[start] - moved[start], np.diff([*start, len(step)]))
    energy = np.cumsum(moved * columns["voltage_volt"])
    return columns | {"step_cumulative_capacity_ah": run - base, "cumulative_energy_wh": energy}


def test_counters_that_agree_with_current_and_time_are_no_finding() -> None:
    assert found(with_counters(cell())) == {}


@pytest.mark.parametrize(
    ("column", "factor", "said"),
    [
        ("test_time_second", 1000.0, "milliseconds"),
        ("test_time_second", 1 / 60.0, "minutes"),
        ("test_time_second", 1 / 3600.0, "hours"),
        ("test_time_second", 1e6, "microseconds"),
        ("current_ampere", 1000.0, "mA"),
        ("current_ampere", 10.0, "current range"),
        ("step_cumulative_capacity_ah", 1000.0, "mAh"),
        ("cumulative_energy_wh", 3600.0, "Ws"),
    ],
)
def test_a_slip_of_unit_contradicts_the_counters_and_is_named(column: str, factor: float, said: str) -> None:
    columns = with_counters(cell())
    columns[column] = columns[column] * factor
    del columns["unix_time_second"]
    problem = found(columns, Declared())["counter-scale"]
    assert problem.severity is Severity.ERROR and said in problem.hint
    assert float(problem.value or 0) == pytest.approx(factor if column.endswith("h") else 1 / factor, rel=0.03)


def test_a_current_range_that_is_wrong_in_part_of_a_file_is_a_warning_with_its_row() -> None:
    columns = with_counters(cell(4))
    columns["current_ampere"][2300:] /= 10.0
    problem = found(columns, Declared())["counter-scale"]
    assert problem.severity is Severity.WARNING and problem.row is not None and problem.row >= 2302
    assert "places looked at" in problem.message and "range" in problem.hint


def test_a_counter_of_few_digits_is_no_finding() -> None:
    columns = with_counters(cell())
    columns["step_cumulative_capacity_ah"] = np.round(columns["step_cumulative_capacity_ah"], 1)
    assert found(columns) == {}


@pytest.mark.parametrize("factor", [1.02, 0.9, 7.0, 30.0, 500.0])
def test_a_counter_that_is_off_by_no_factor_of_units_is_not_this_check_s_affair(factor: float) -> None:
    columns = with_counters(cell())
    columns["step_cumulative_capacity_ah"] *= factor
    assert "counter-scale" not in found(columns)


def with_step_time(columns: Columns) -> Columns:
    step, time = columns["step_count"], columns["test_time_second"]
    start = np.flatnonzero(np.diff(step, prepend=step[0] - 1))
    return columns | {"step_time_second": time - np.repeat(time[start], np.diff([*start, len(step)]))}


@pytest.mark.parametrize(("factor", "rules"), [(1.0, set()), (1000.0, {"step-time-scale"}), (1.3, set())])
def test_a_step_time_in_another_unit_than_the_test_time_is_an_error(factor: float, rules: set[str]) -> None:
    columns = with_step_time(cell())
    del columns["unix_time_second"]
    columns["step_time_second"] *= factor
    assert set(found(columns)) & {"step-time-scale"} == rules


@pytest.mark.parametrize(("nominal", "flagged"), [(0.005, True), (1.0, False), (20_000.0, True), (100.0, False)])
def test_a_current_beyond_every_rate_is_a_warning(nominal: float, flagged: bool) -> None:
    assert ("rate-implausible" in found(cell(), Declared(nominal_capacity_ah=nominal))) is flagged


@pytest.mark.parametrize(("declared", "rules"), [(2, set()), (3, {"cycles-declared"}), (1, {"cycles-declared"})])
def test_another_number_of_cycles_than_declared_is_a_warning(declared: int, rules: set[str]) -> None:
    assert set(found(cell(2), CELL.model_copy(update={"cycles": declared}))) == rules


def test_a_cut_cycle_does_not_count_for_the_declared_number() -> None:
    columns = {name: values[:1000] for name, values in cell(2).items()}
    problem = found(columns, CELL.model_copy(update={"cycles": 2}))["cycles-declared"]
    assert "1 whole cycles and a cut one" in problem.message


@pytest.mark.parametrize(
    ("ratio", "said"), [(10.0, "×10"), (100.0, "×100"), (60.0, "minutes"), (3600.0, "hours"), (1e6, "µA")]
)
def test_an_implausible_capacity_names_the_slip_that_is_nearest(ratio: float, said: str) -> None:
    problem = found(cell(), Declared(nominal_capacity_ah=1.0 / ratio))["capacity-implausible"]
    assert said in problem.hint


@pytest.mark.parametrize(("digits", "share", "differs"), [(4, 1.0, False), (4, 0.8, True), (7, 0.99, True)])
def test_a_counter_of_few_digits_differs_only_beyond_them(
    tmp_path: Path, digits: int, share: float, differs: bool
) -> None:
    small = cell()
    small["current_ampere"] = small["current_ampere"] * 0.00207
    columns = with_counters(small)
    columns["step_cumulative_capacity_ah"] = np.round(columns["step_cumulative_capacity_ah"] * share, digits)
    report = ingest(bdf(tmp_path / "cell.csv", columns), "cell.bdf.csv", tmp_path).report
    warned = {one.rule for one in report.problems if one.severity is Severity.WARNING}
    assert ("counter-mismatch" in warned) is differs
