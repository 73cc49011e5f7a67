"""The file's charge counter against the integral: what printed digits and sampling allow for is no warning."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from schemas.report import Problem, Severity


def found(folder: Path, shown: Callable[[float], str], amperes: Callable[[int], float], every_s: int) -> Problem | None:
    """The finding for an hour of charge whose true counter is printed by `shown`."""
    lines, charge = ["test_time_second,voltage_volt,current_ampere,step_count,step_cumulative_capacity_ah"], 0.0
    for second in range(0, 3601):
        if second % every_s == 0:
            lines.append(f"{second},{3.3 + second / 36000:.4f},{amperes(second):.7f},1,{shown(charge)}")
        charge += (amperes(second) + amperes(second + 1)) / 7200.0
    lines += [f"{3600 + second},3.3,0,2,{shown(0.0)}" for second in range(10, 100, 10)]
    path = folder / "cell.bdf.csv"
    path.write_text("\n".join(lines))
    report = ingest(path, path.name, folder).report
    return next((one for one in report.problems if one.rule == "counter-mismatch"), None)


def cut(value: float) -> str:
    """As a display of five decimals cuts it off."""
    return f"{math.floor(value * 1e5 + 1e-6) / 1e5:.5f}"


@pytest.mark.parametrize(
    ("shown", "severity"),
    [
        (lambda charge: f"{charge:.9f}", None),
        (cut, Severity.NOTE),
        (lambda charge: cut(charge * 0.9), Severity.WARNING),
        (lambda charge: f"{charge * 0.97:.9f}", Severity.WARNING),
    ],
    ids=["fine", "few digits", "few digits of a wrong counter", "fine digits of a wrong counter"],
)
def test_a_counter_may_differ_by_its_last_digit(tmp_path, shown, severity):
    problem = found(tmp_path, shown, lambda _: 0.000278, 10)
    assert (problem and problem.severity) == severity


def test_a_current_that_falls_between_rows_far_apart_explains_what_the_integral_misses(tmp_path):
    problem = found(tmp_path, lambda charge: f"{charge:.9f}", lambda second: 2.0 * math.exp(-second / 300.0), 300)
    assert problem is not None and problem.severity is Severity.NOTE
    assert "sampling allow for" in problem.message
    problem = found(tmp_path, lambda charge: f"{charge * 0.5:.9f}", lambda second: 2.0 * math.exp(-second / 300.0), 300)
    assert problem is not None and problem.severity is Severity.WARNING


def test_a_set_point_of_one_digit_does_not_make_a_wrong_counter_right(tmp_path):
    problem = found(tmp_path, lambda charge: f"{charge * 0.95:.9f}", lambda _: 0.5, 10)
    assert problem is not None and problem.severity is Severity.WARNING


def test_a_current_of_one_printed_digit_may_be_off_by_half_of_it(tmp_path):
    problem = found(tmp_path, lambda charge: f"{charge * 0.9:.9f}", lambda _: 0.0002, 10)
    assert problem is not None and problem.severity is Severity.NOTE
