"""PEC exports: capacity and energy under one name, millivolts, one cell a file."""

import pytest

from schemas.errors import Unreadable
from tests.samples import changed, read, told


def test_capacity_and_energy_are_told_by_their_units():
    table, reading = read("pec.csv")
    assert table["cycle_charging_capacity_ah"].to_pylist() == pytest.approx([0, 0.000139, 0])
    assert table["cycle_discharging_capacity_ah"].to_pylist() == pytest.approx([0, 0, 0.004168])
    assert table["cycle_charging_energy_wh"].to_pylist() == pytest.approx([0, 0.000493, 0])
    assert table["cycle_discharging_energy_wh"].to_pylist() == pytest.approx([0, 0, 0.0142])
    assert not told(reading, "column-left-out")


def test_millivolts_milliamperes_and_cycles_counted_from_zero():
    table, reading = read("pec.csv")
    assert table["test_time_second"].to_pylist() == [1, 31.183, 61.183]
    assert table["step_time_second"].to_pylist() == [1, 1, 30]
    assert table["voltage_volt"].to_pylist() == pytest.approx([3.2, 3.5505, 3.41])
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.5002, -0.5002])
    assert table["cycle_count"].to_pylist() == [0, 0, 1]
    assert table["step_id"].to_pylist() == [0, 1, 2]
    assert table["ambient_temperature_celsius"].to_pylist() == [25.1, None, 25.2]
    assert table["surface_temperature_celsius"].to_pylist() == [24.9, None, 25]
    assert table["dc_internal_resistance_ohm"].to_pylist() == [None, 0.0125, 0.0125]
    assert table["unix_time_second"].to_pylist() == [1721030401, 1721030431, 1721030461]
    assert reading.header["3"] == "Number Of Cells:,1" and reading.line_of(0) == 10


def test_a_file_of_several_cells_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="several cells"):
        read(changed(tmp_path, "pec.csv", "207,1,SBT1,001,1,,2", "207,2,SBT1,001,1,,2"))


@pytest.mark.parametrize(("heading", "broken"), [("Voltage (mV)", "Voltage"), ("Total Time (Seconds)", "Total Time")])
def test_a_required_heading_without_unit_is_refused(tmp_path, heading, broken):
    with pytest.raises(Unreadable, match="unit"):
        read(changed(tmp_path, "pec.csv", heading, broken))


def test_an_energy_in_an_unknown_unit_is_not_taken_for_a_capacity(tmp_path):
    table, reading = read(changed(tmp_path, "pec.csv", "Charge Capacity (mWh)", "Charge Capacity (J)"))
    assert "cycle_charging_energy_wh" not in table.column_names
    assert table["cycle_charging_capacity_ah"].to_pylist() == pytest.approx([0, 0.000139, 0])
    assert any("Charge Capacity (J)" in problem.message for problem in reading.problems)
