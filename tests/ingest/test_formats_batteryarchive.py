"""Battery Archive: the time series is read, its twin names it."""

import shutil

import pytest

from schemas.errors import Unreadable
from tests.samples import FILES, changed, read, told


def test_a_time_series_of_the_archive():
    table, reading = read("batteryarchive_timeseries.csv")
    assert table["test_time_second"].to_pylist() == [0.5, 30.5, 60.5]
    assert table["cycle_count"].to_pylist() == [1, 1, 2]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["cycle_charging_capacity_ah"].to_pylist() == [0, 0.004, 0]
    assert table["cycle_discharging_energy_wh"].to_pylist() == [0, 0, 0.014]
    assert table["ambient_temperature_celsius"].to_pylist() == [25, 25, 25]
    assert table["temperature_t1_celsius"].to_pylist() == [None, 25.2, 25.3]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030430, 1721030460]
    assert reading.problems == []


def test_cycle_data_is_refused_and_names_its_partner(tmp_path):
    with pytest.raises(Unreadable, match=r"partner “batteryarchive_timeseries\.csv” \(or “…_timeseries_data\.csv”\)"):
        read("batteryarchive_cycle_data.csv")
    renamed = shutil.copy(FILES / "batteryarchive_cycle_data.csv", tmp_path / "mine.csv")
    with pytest.raises(Unreadable, match=r"whose name ends in “_timeseries\.csv”"):
        read(renamed)


def test_half_a_cycle_is_no_cycle(tmp_path):
    _, reading = read(changed(tmp_path, "batteryarchive_timeseries.csv", "60.5,2.0", "60.5,2.5"))
    assert told(reading, "cell-unreadable") == [(4, "Cycle_Index", "2.5")]


def test_a_voltage_without_unit_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="“Voltage” prints no unit"):
        read(changed(tmp_path, "batteryarchive_timeseries.csv", "Voltage (V)", "Voltage"))


def test_cycle_data_of_the_studies_without_start_and_end_are_recognised_too(tmp_path):
    path = changed(tmp_path, "batteryarchive_cycle_data.csv", "Start_Time,End_Time,", "")
    with pytest.raises(Unreadable, match="one row per cycle and no time series"):
        read(path)
