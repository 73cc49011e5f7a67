"""Digatron exports: units on a line of their own, states, program times beyond a day."""

import pytest

from schemas.errors import Unreadable
from tests.samples import changed, read, told

UNITS = ",,,,,,,,[V],[mA],[Ah],[Ah],[Wh],[W],[°C],"


def test_units_stand_on_the_line_below_the_header():
    table, reading = read("digatron.csv")
    assert table["test_time_second"].to_pylist() == [86390, 86450.5, 86510.5]
    assert table["step_time_second"].to_pylist() == [60, 60.5, 60]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["step_id"].to_pylist() == [3, 4, 5]
    assert table["cycle_count"].to_pylist() == [0, 1, 1]
    assert table["step_net_capacity_ah"].to_pylist() == [0, 0.0084, -0.0084]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]
    assert table["unix_time_second"].to_pylist() == [1721037510, 1721037570, 1721037630]
    assert {c.column: (c.source, c.factor) for c in reading.conversions}["current_ampere"] == ("Current [mA]", 1e-3)
    assert reading.header["2"] == "Battery Name,pouch 07" and reading.line_of(0) == 8


def test_an_unsigned_export_with_its_units_in_the_header_says_the_same():
    signed, unsigned = read("digatron.csv")[0], read("digatron_unsigned.csv")[0]
    assert unsigned.equals(signed)


def test_an_unsigned_current_in_another_state_is_an_error(tmp_path):
    _, reading = read(changed(tmp_path, "digatron_unsigned.csv", "DCH", "TABLE"))
    assert told(reading, "sign-unknown") == [(9, "current_ampere", None)]


def test_a_signed_current_in_another_state_stays_as_it_is(tmp_path):
    table, reading = read(changed(tmp_path, "digatron.csv", "DCH", "TABLE"))
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5] and not told(reading, "sign-unknown")


@pytest.mark.parametrize("units", ["", UNITS.replace("[mA]", ""), UNITS.replace("[V]", "[?]")])
def test_without_known_units_of_current_and_voltage_the_file_is_refused(tmp_path, units):
    with pytest.raises(Unreadable, match="unit"):
        read(changed(tmp_path, "digatron.csv", UNITS + "\n", units + "\n" if units else ""))


def test_lines_are_those_of_the_file_below_the_units(tmp_path):
    _, reading = read(changed(tmp_path, "digatron.csv", "3.55000,500.00000", "3.55000,fast"))
    assert told(reading, "cell-unreadable") == [(9, "Current [mA]", "fast")]


def test_a_file_that_ends_with_its_header_is_refused(tmp_path):
    text = "Step,Status,Prog Time,Step Time,Cycle,Voltage,Current,AhAccu"
    path = tmp_path / "short.csv"
    path.write_text(text)
    with pytest.raises(Unreadable, match="without a single row"):
        read(path)
