"""Channels that do not show the cell: loose contacts, a voltage that stands still, exchanged sensors, foreign steps."""

import numpy as np
import pytest

from ingest.checks.chemistry import window_of
from schemas.ingested import Declared
from tests.ingest.test_validate import CELL, Columns, cell, findings, found


def rows(columns: Columns, rule: str, pieces: int = 3) -> list[int | None]:
    return [one.row for one in findings(columns, pieces=pieces) if one.rule == rule]


@pytest.mark.parametrize("pieces", [1, 3, 11, 300])
@pytest.mark.parametrize("length", [1, 4, 10])
def test_a_contact_that_opens_for_some_rows_is_told_with_its_first_row(pieces: int, length: int) -> None:
    columns = cell()
    columns["voltage_volt"][100 : 100 + length] = 0.0
    columns["voltage_volt"][900 : 900 + length] += 0.9
    assert rows(columns, "voltage-jump", pieces) == [102, 902]


def test_a_cell_that_is_taken_off_at_the_end_is_told_once() -> None:
    columns = cell()
    columns["voltage_volt"][1500:] = 0.001
    columns["current_ampere"][1500:] = 0.0
    assert rows(columns, "voltage-jump") == [1502]


def test_a_pulse_moves_voltage_and_current_and_is_nothing() -> None:
    columns = cell()
    columns["current_ampere"][375:380] = -9.0
    columns["voltage_volt"][375:380] -= 0.8
    assert rows(columns, "voltage-jump") == []


def test_a_half_cycle_at_another_level_is_no_jump() -> None:
    columns = cell()
    columns["voltage_volt"] = np.where(columns["current_ampere"] > 0, 0.6, -0.6)
    assert rows(columns, "voltage-jump") == []


def stuck(rows: int) -> Columns:
    """The discharge of the first cycle, at one row a second, with the voltage standing still from its 400th second."""
    columns = cell()
    fine = {name: np.repeat(values, 10) for name, values in columns.items()}
    fine["test_time_second"] = np.arange(len(fine["current_ampere"]), dtype=float)
    fine["unix_time_second"] = 1_700_000_000.0 + fine["test_time_second"]
    fine["voltage_volt"] = np.interp(fine["test_time_second"], columns["test_time_second"], columns["voltage_volt"])
    fine["voltage_volt"][4250 : 4250 + rows] = fine["voltage_volt"][4250]
    return fine


@pytest.mark.parametrize("pieces", [1, 4, 60])
def test_a_voltage_that_stands_still_while_a_tenth_of_the_capacity_flows_is_a_warning(pieces: int) -> None:
    problems = {one.rule: one for one in findings(stuck(1500), pieces=pieces)}
    assert problems["voltage-stuck"].row is not None
    assert 4252 <= problems["voltage-stuck"].row <= 4252 + 320  # Three samples of a batch, 64 rows apart.


def test_a_short_plateau_of_few_digits_is_nothing() -> None:
    assert "voltage-stuck" not in {one.rule for one in findings(stuck(250), pieces=1)}


def test_a_constant_voltage_at_falling_current_is_nothing() -> None:
    columns = stuck(1500)
    columns["current_ampere"][4250:5750] = -np.exp(-np.arange(1500) / 900.0)
    assert "voltage-stuck" not in {one.rule for one in findings(columns, pieces=1)}


def warmed(surface_k: float, ambient_k: float) -> Columns:
    columns = cell()
    heat = np.convolve(np.abs(columns["current_ampere"]), np.full(15, 1 / 15), "same")
    return columns | {
        "surface_temperature_celsius": 25.0 + surface_k * heat,
        "ambient_temperature_celsius": 25.0 + ambient_k * heat,
    }


@pytest.mark.parametrize(("surface", "ambient", "flagged"), [(5.0, 0.2, False), (0.2, 5.0, True), (3.0, 2.5, False)])
def test_exchanged_temperatures_are_seen_by_what_current_warms(surface: float, ambient: float, flagged: bool) -> None:
    assert ("temperatures-mixed" in found(warmed(surface, ambient))) is flagged


def test_a_count_of_steps_that_comes_back_is_the_program_s_step() -> None:
    columns = cell()
    columns["step_count"] = (columns["step_count"] - 1) % 5 + 1
    assert "step_id" in found(columns)["step-counter"].hint


def test_an_infinite_value_of_a_quantity_without_range_is_told() -> None:
    columns = cell()
    columns["power_watt"] = columns["current_ampere"] * columns["voltage_volt"]
    columns["power_watt"][7] = np.inf
    problem = found(columns)["value-implausible"]
    assert (problem.row, problem.column, problem.value) == (9, "power_watt", "inf") and "infinite" in problem.message


@pytest.mark.parametrize(
    ("chemistry", "configuration", "flagged"),
    [
        ("NMC622", "full", False),
        ("LiNi0.6Mn0.2Co0.2O2", None, False),
        ("NCM 811 // graphite", "full", False),
        ("LFP", "full", True),
        ("LiFePO₄", "full", True),
        ("lithium iron phosphate", "full", True),
        ("LFP", "half-positive", False),
        ("NMC622/LTO", "full", True),
        ("LCO vs. graphite", "full", False),
        ("NVP", "full", True),
        ("graphite", "half-negative", True),
        ("NMC622", "half-negative", False),
        ("our secret blend", "full", False),
        ("NMC622", "symmetric", False),
        (None, "full", False),
    ],
)
def test_a_voltage_that_the_declared_chemistry_does_not_have_is_a_warning(
    chemistry: str | None, configuration: str | None, flagged: bool
) -> None:
    declared = Declared(chemistry=chemistry, cell_configuration=configuration)
    assert ("voltage-chemistry" in found(cell(), declared)) is flagged


def test_a_fresh_cell_at_rest_is_nothing_either() -> None:
    columns = cell()
    columns["voltage_volt"][:] = 0.08
    columns["current_ampere"][:] = 0.0
    assert "voltage-chemistry" not in found(columns, Declared(chemistry="NMC//graphite"))
    columns["current_ampere"][300:] = 0.1
    assert "voltage-chemistry" in found(columns, Declared(chemistry="NMC//graphite"))


def test_a_fresh_cell_starts_outside_its_window_and_that_is_nothing() -> None:
    columns = cell()
    columns["voltage_volt"][:40] = np.linspace(0.05, columns["voltage_volt"][40], 40)
    declared = CELL.model_copy(update={"chemistry": "NMC//graphite", "cell_configuration": "full"})
    assert "voltage-chemistry" not in found(columns, declared)
    columns["voltage_volt"][700:702] = 0.1
    assert found(columns, declared)["voltage-chemistry"].count == 2


@pytest.mark.parametrize(
    ("written", "of"),
    [
        ("NMC111", "NMC"),
        ("nmc 532", "NMC"),
        ("NMC-811", "NMC"),
        ("NCM(6:2:2)", None),
        ("Li(Ni,Mn,Co)O2", "NMC"),
        ("LiNi0.8Co0.15Al0.05O2", "NCA"),
        ("LiCoO2", "LCO"),
        ("LiMn2O4", "LMO"),
        ("LiNi0.5Mn1.5O4", "LNMO"),
        ("LMFP", "LMFP"),
        ("Na3V2(PO4)3", "NVP"),
        ("Prussian white", "Prussian blue analogue"),
        ("NFM111", "sodium layered oxide"),
        ("NaNi1/3Fe1/3Mn1/3O2", "sodium layered oxide"),
        ("NMC + LMO", None),
        ("", None),
    ],
)
def test_a_chemistry_is_known_in_its_usual_spellings(written: str, of: str | None) -> None:
    window = window_of(written, "half-positive")
    assert (window.of.split(" against")[0] if window else None) == of


@pytest.mark.parametrize("written", ["graphite", "Gr", "SiOx/C", "Si/C", "MCMB", "Li4Ti5O12", "hard carbon"])
def test_a_negative_half_cell_has_its_own_window(written: str) -> None:
    window = window_of(written, "half-negative")
    assert window is not None and window.high <= 3.0
