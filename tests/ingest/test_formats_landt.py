"""Landt exports: the software's own headings, and flat ones whose names end in the unit."""

import pytest

from schemas.errors import Unreadable
from schemas.report import Problem
from tests.books import book
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


def test_an_export_in_layers_has_its_records_only():
    table, reading = read("landt_layers.csv")
    assert table["record_index"].to_pylist() == [1, 2, 3, 4]
    assert table["cycle_count"].to_pylist() == [1, 1, 1, 2]
    assert table["test_time_second"].to_pylist() == [5, 15, 86400, 86430]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0, 0.0002, -0.0002])
    assert table["step_cumulative_capacity_ah"].to_pylist() == pytest.approx([0, 0, 0.000125, 8e-7])
    assert table["voltage_volt"].to_pylist() == [3.2, 3.2001, 3.55, 3.41]
    assert table["ambient_temperature_celsius"].to_pylist() == [25, 25, None, 25.5]
    assert table["unix_time_second"].to_pylist()[0] == 1721030405
    assert reading.line_of(3) == 15 and reading.header["2"] == "1,0.125,0.1,80"
    assert told(reading, "row-ragged") == told(reading, "cell-unreadable") == []


def test_layers_are_told_apart_however_long_the_first_cycle_is(tmp_path):
    lines = (FILES / "landt_layers.csv").read_text().splitlines()
    many = [f"{at},1,1,0:00:05,3.2,0.0,0,0,0,2024/07/15 10:00:05,R,25.0" for at in range(1, 1001)]
    path = tmp_path / "long.csv"
    path.write_text("\n".join([*lines[:6], *many, *lines[9:]]))
    table, reading = read(path)
    assert table.num_rows == 1001 and told(reading, "row-ragged") == []


def test_a_workbook_goes_on_in_sheets_without_header():
    table, reading = read("landt.xlsx")
    assert table["record_index"].to_pylist() == [1, 2, 3]
    assert table["test_time_second"].to_pylist() == [0, 1800, 3600]
    assert table["step_time_second"].to_pylist() == [0, 900, 900]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.0005, -0.0005])
    assert table["step_type"].to_pylist() == ["R", "RateC", "RateD"]
    assert table["temperature_t1_celsius"].to_pylist() == [None] * 3
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721032200, 1721034000]
    assert reading.header["Test information 1"] == "Test name | cell 7"
    located = reading.located(Problem(rule="x", severity="note", message="", row=reading.line_of(2)))
    assert (located.sheet, located.row) == ("Record1", 1)


def test_layers_in_a_workbook_are_read_as_in_a_csv(tmp_path):
    rows = [line.split(",") for line in (FILES / "landt_layers.csv").read_text().splitlines()]
    assert read(book(tmp_path / "a.xlsx", {"Sheet1": rows}))[0].equals(read("landt_layers.csv")[0])


def test_unsigned_current_in_rate_steps_is_signed_by_them(tmp_path):
    path = changed(tmp_path, "landt.csv", "D_CC", "RateD")
    assert read(path)[0]["current_ampere"].to_pylist() == pytest.approx([0, 0.0002, -0.0002])


def test_days_before_the_hours_are_days(tmp_path):
    for spelled in ("2-00:00:30", "2.00:00:30", "2 00:00:30", "2d 00:00:30", "48:00:30"):
        path = changed(tmp_path, "landt_layers.csv", "1-00:00:30", spelled)
        assert read(path)[0]["test_time_second"].to_pylist()[-1] == 172830


def test_an_export_with_the_time_within_the_step_only_has_a_test_time_made(tmp_path):
    path = tmp_path / "steps.txt"
    path.write_text(
        "Record\tStepTime/Sec.\tCurrent/mA\tVoltage/V\tCycleNo\tStepNo\n"
        "1\t0\t0\t3.2\t1\t1\n2\t15\t0\t3.2\t1\t1\n3\t0\t-0.5\t3.1\t1\t2\n4\t30\t-0.5\t3.0\t1\t2\n"
    )
    table, _ = read(path)
    assert table["test_time_second"].to_pylist() == [0, 15, 15, 45]
    assert table["current_ampere"].to_pylist() == [0, 0, -0.0005, -0.0005]


def test_headings_and_states_in_chinese(tmp_path):
    table, reading = read("landt_chinese.csv")
    assert reading.instrument == "Landt"
    assert table["record_index"].to_pylist() == [1, 2, 3]
    assert table["test_time_second"].to_pylist() == [5, 15, 86415]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.0002, -0.0002])
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["step_id"].to_pylist() == [1, 2, 3]
    assert table["temperature_t1_celsius"].to_pylist() == [25, 25.1, 25.2]
    assert table["unix_time_second"].to_pylist()[0] == 1721030405
    rows = [line.split(",") for line in (FILES / "landt_chinese.csv").read_bytes().decode("gb18030").splitlines()]
    sheets = {"记录表": rows, "循环表": [["循环序号", "充电容量/mAh"], ["1", "0.5"]]}
    assert read(book(tmp_path / "chinese.xlsx", sheets))[0].equals(table)
