"""Digatron exports: units on a line of their own, states, program times beyond a day."""

import pytest

from ingest.pipeline import ingest
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


def test_a_german_unsigned_export_in_cp1252():
    table, reading = read("digatron_german.csv")
    assert table["test_time_second"].to_pylist() == [86390, 86450.5, 86510.5]
    assert table["step_time_second"].to_pylist() == [60, 60.5, 60]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["step_id"].to_pylist() == [3, 4, 5]
    assert table["step_type"].to_pylist() == ["PAU", "LAD", "ELA"]
    assert table["cycle_count"].to_pylist() == [0, 1, 1]
    assert table["schedule_charging_capacity_ah"].to_pylist() == [0, 0.0084, 0.0084]
    assert table["schedule_discharging_capacity_ah"].to_pylist() == [0, 0, 0.0084]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]
    assert table["unix_time_second"].to_pylist() == [1721037510, 1721037570, 1721037630]
    assert reading.header["2"] == "Batteriename;Tasche 07 – Füllung"


@pytest.mark.parametrize("name", ["digatron.csv", "digatron_german.csv", "digatron_manager.csv"])
def test_the_capacity_of_a_step_is_negative_where_its_state_discharges(name):
    table, _ = read(name)
    capacity = table["step_net_capacity_ah"].to_pylist()
    assert capacity[0] == 0 and capacity[1] > 0 and capacity[2] < 0


def test_battery_manager_prints_units_behind_a_number_sign():
    table, reading = read("digatron_manager.csv", zone=None)
    assert table["test_time_second"].to_pylist() == [0, 30.25, 60, 70]
    assert table["step_time_second"].to_pylist() == [0, 30.25, 29.75, 10]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5, -0.48]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030430.25, 1721030460, 1721030470]
    assert table["step_net_capacity_ah"].to_pylist() == [0, 0.0042, -0.0041, 0.0014]
    assert table["schedule_charging_capacity_ah"].to_pylist() == [0, 0.0042, 0.0042, 0.0042]
    assert table["ambient_temperature_celsius"].to_pylist() == [24.9, 24.9, 25, 25]
    assert {c.column: (c.source, c.unit) for c in reading.conversions}["schedule_charging_capacity_ah"] == (
        "AhCha#AH",
        "Ah",
    )


def test_a_duration_in_milliseconds_is_read_as_such(tmp_path):
    table, _ = read(changed(tmp_path, "digatron_manager.csv", "Program Duration#s", "Program Duration#ms"))
    assert table["test_time_second"].to_pylist() == pytest.approx([0, 0.03025, 0.06, 0.07])


def test_milliseconds_below_a_heading_of_seconds_are_found_by_the_clock(tmp_path):
    rows = ["Step,Status,Timestamp,Program Duration#s,Cycle,Voltage#V,Current#A"]
    rows += [
        f"1,CHA,2025-06-06 09:{i // 60:02d}:{i % 60:02d}+00:00,{i * 1000},0,{3.2 + i / 1000:.3f},0.5"
        for i in range(120)
    ]
    path = tmp_path / "slipped.csv"
    path.write_text("\n".join(rows) + "\n")
    report = ingest(path, path.name, tmp_path).report
    assert not report.passed
    assert any(problem.column == "test_time_second" and "1000" in problem.message for problem in report.problems)
