"""Basytec exports: units in brackets, decimal commas, damaged degree signs."""

import pytest

from schemas.errors import Unreadable
from tests.samples import changed, read, told


def test_a_german_export_in_hours():
    table, reading = read("basytec.txt")
    assert table["test_time_second"].to_pylist() == [0, 1800, 4500]
    assert table["step_time_second"].to_pylist() == [0, 900, 1800]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["step_id"].to_pylist() == [3, 4, 5]
    assert table["cycle_count"].to_pylist() == [0, 1, 1]
    assert table["step_type"].to_pylist() == ["Pause", "Charge", "Discharge"]
    assert table["cycle_discharging_capacity_ah"].to_pylist() == [0, 0, 0.25]
    assert table["step_net_capacity_ah"].to_pylist() == [0, 0.125, -0.25]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]
    assert told(reading, "record-missing") == [(8, "record_index", None)]
    assert reading.header["2"] == "~Name of Test: formation 07"


def test_milliampere_and_kelvin_are_converted_where_they_are_printed(tmp_path):
    table, _ = read(changed(tmp_path, "basytec.txt", "T1[°C]", "T1[K]", "cp1252"))
    assert table["temperature_t1_celsius"].to_pylist() == pytest.approx([-248.05, -247.95, -247.85])
    path = changed(tmp_path, "basytec.txt", "I[A]", "I[mA]", "cp1252")
    assert read(path)[0]["current_ampere"].to_pylist() == pytest.approx([0, 0.0005, -0.0005])


def test_a_degree_sign_that_was_lost_leaves_the_temperature_readable(tmp_path):
    table, _ = read(changed(tmp_path, "basytec.txt", "T1[°C]", "T1[?C]", "cp1252"))
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]


@pytest.mark.parametrize(("heading", "broken", "said"), [("U[V]", "U", "prints no unit"), ("I[A]", "I[X]", "unknown")])
def test_a_current_or_voltage_without_known_unit_is_refused(tmp_path, heading, broken, said):
    with pytest.raises(Unreadable, match=said):
        read(changed(tmp_path, "basytec.txt", heading, broken, "cp1252"))


def test_a_command_is_text_and_turns_no_sign(tmp_path):
    table, _ = read(changed(tmp_path, "basytec.txt", "Charge\t3", "Pause\t3", "cp1252"))
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]


def test_a_row_that_is_cut_off_is_told(tmp_path):
    table, reading = read(changed(tmp_path, "basytec.txt", "\t0,0931\t1\t1\r\n", "", "cp1252"))
    assert table.num_rows == 2 and [row for row, _, _ in told(reading, "row-ragged")] == [8]
