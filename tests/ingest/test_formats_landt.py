"""Landt exports: the software's own headings, and flat ones whose names end in the unit."""

import pytest

from schemas.errors import Unreadable
from tests.samples import FILES, changed, read, told


def test_the_software_s_own_headings_with_unsigned_current():
    table, reading = read("landt.csv")
    assert table["record_index"].to_pylist() == [1, 2, 3]
    assert table["test_time_second"].to_pylist() == [0.5, 15.5, 30.5]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.0002, -0.0002])
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["step_cumulative_capacity_ah"].to_pylist() == pytest.approx([0, 8e-7, 8e-7])
    assert table["step_type"].to_pylist() == ["R", "C_CC", "D_CC"]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030415, 1721030430]
    assert reading.instrument == "Landt"


def test_a_signed_export_comes_out_as_it_was(tmp_path):
    signed = changed(tmp_path, "landt.csv", "3.4100,0.2000", "3.4100,-0.2000")
    assert read(signed)[0].equals(read("landt.csv")[0])


def test_an_unknown_state_with_unsigned_current_is_an_error(tmp_path):
    _, reading = read(changed(tmp_path, "landt.csv", "D_CC", "?"))
    assert told(reading, "sign-unknown") == [(4, "current_ampere", None)]


def test_a_flat_export_has_its_units_in_the_names():
    table, reading = read("landt_flat.csv")
    assert table["test_time_second"].to_pylist() == [0.02, 15.02, 30.02]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.0002, -0.0002])
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["step_charging_capacity_ah"].to_pylist() == pytest.approx([0, 8e-7, 0])
    assert table["step_discharging_capacity_ah"].to_pylist() == pytest.approx([0, 0, 8e-7])
    assert table["cycle_count"].to_pylist() == [1, 1, 2]
    assert table["step_id"].to_pylist() == [1, 2, 1]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030415, 1721030430]
    assert {c.column: (c.source, c.factor) for c in reading.conversions}["current_ampere"] == ("current_mA", 1e-3)
    assert reading.line_of(0) == 4


def test_a_flat_export_without_preamble_is_not_taken_for_the_battery_data_format(tmp_path):
    path = tmp_path / "bare.csv"
    lines = (FILES / "landt_flat.csv").read_text().splitlines(keepends=True)
    path.write_text("".join(lines[2:]).replace("current_mA", "current_A"))
    table, reading = read(path)
    assert reading.instrument == "Landt"
    assert table["current_ampere"].to_pylist() == [0, 0.2, -0.2]


def test_a_current_in_an_unknown_unit_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="no column for Current"):
        read(changed(tmp_path, "landt_flat.csv", "current_mA", "current_dA"))
    with pytest.raises(Unreadable, match="unknown unit “dA”"):
        read(changed(tmp_path, "landt.csv", "Current/mA", "Current/dA"))
