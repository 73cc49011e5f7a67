"""Maccor exports: the headings of its several programs, state letters, clock-like times, what 0 ohm means."""

import re

import pyarrow as pa
import pytest

from ingest.detect import detect, head
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.instructions import ColumnMeaning, Instructions
from schemas.report import Severity
from tests.samples import FILES, changed, read, told


def test_mims_text_with_decimal_commas_blank_lines_and_two_cycle_counters():
    table, reading = read("maccor_mims.txt")
    assert table.to_pydict() == {
        "record_index": [1, 2, 3],
        "cycle_count": [0, 1, 1],
        "step_id": [1, 2, 3],
        "test_time_second": [0, 90.88, 86399.5],
        "step_time_second": [0, 90.88, 30],
        "step_cumulative_capacity_ah": [0, 0.01263, 0.00417],
        "step_cumulative_energy_wh": [0, 0.0442, 0.0142],
        "current_ampere": [0, 0.50011, -0.50011],
        "voltage_volt": [3.2, 3.55, 3.41],
        "step_type": ["R", "C", "D"],
        "unix_time_second": [1721030400, 1721030491, 1721116800],
        "clock_text": ["15.07.2024 10:00:00", "15.07.2024 10:01:31", "16.07.2024 10:00:00"],
    }
    assert [reading.line_of(record) for record in range(3)] == [8, 10, 12]
    assert reading.header["2"] == "Prüfling:\tZelle 7 – Fülltest"


def test_the_procedure_s_counter_is_the_cycle_only_where_there_is_no_other(tmp_path):
    _, reading = read("maccor_mims.txt")
    assert any("Cycle P" in problem.message for problem in reading.problems)
    alone, reading = read(changed(tmp_path, "maccor_mims.txt", "Cycle C", "Loop", "cp1252"))
    assert alone["cycle_count"].to_pylist() == [0, 0, 0]
    assert {c.column: c.rule for c in reading.conversions}["cycle_count"] == "the procedure's counter"


def test_mims_csv_below_a_preamble_of_keys_and_values():
    table, _ = read("maccor_mims.csv")
    assert table["test_time_second"].to_pylist() == [0, 30.04, 60.08]
    assert table["current_ampere"].to_pylist() == [0, 1.5, -1.5]
    assert table["cycle_count"].to_pylist() == [0, 0, 1]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.1, 25.3]
    assert table["ambient_temperature_celsius"].to_pylist() == [25, 25, 25]
    assert table["unix_time_second"].to_pylist() == [1559462400, 1559462430, 1559462460]


def test_minutes_and_a_current_that_is_signed_already():
    table, reading = read("maccor_minutes.001")
    assert table["test_time_second"].to_pylist() == pytest.approx([0, 10.002, 19.998, 30])
    assert table["step_time_second"].to_pylist() == pytest.approx([0, 1.002, 1.002, 10.002])
    assert table["current_ampere"].to_pylist() == [0, 0.00024, 0, -0.00024]
    assert table["step_type"].to_pylist() == ["R", "C", "P", "D"]
    assert "NCM, Formation at 0.1C" in reading.header["1"]


def test_a_resistance_of_zero_is_none_that_was_measured():
    table, reading = read("maccor_minutes.001")
    assert table["ac_internal_resistance_ohm"].to_pylist() == [None, None, 0.0125, None]
    assert table["dc_internal_resistance_ohm"].to_pylist() == [None, None, None, 0.031]
    assert {c.column: c.rule for c in reading.conversions}["dc_internal_resistance_ohm"].startswith("0 where none")


def test_milliamperes_in_the_names_and_no_record_number():
    table, _ = read("maccor_milli.csv")
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.50011, -0.50011])
    assert table["step_cumulative_capacity_ah"].to_pylist() == pytest.approx([0, 0.004167, 0.004167])
    assert table["step_cumulative_energy_wh"].to_pylist() == pytest.approx([0, 0.0148, 0.0142])
    assert table["ambient_temperature_celsius"].to_pylist() == [25, 25, 25]
    assert "temperature_t1_celsius" not in table.column_names
    assert table["unix_time_second"].to_pylist() == [1700751368, 1700751398, 1700751428]


def test_a_current_without_unit_is_refused_and_can_be_declared():
    with pytest.raises(Unreadable, match=r"“Current” prints no unit.*declare"):
        read("maccor_no_units.txt")


def test_a_charge_row_with_a_negative_current_of_weight_is_an_error(tmp_path):
    row = ("0.0002400000\t3.35678264\tC", "-0.0002400000\t3.35678264\tC")
    _, reading = read(changed(tmp_path, "maccor_minutes.001", *row))
    assert told(reading, "sign-unknown") == [(4, "current_ampere", None)]


def test_a_discharge_row_with_a_positive_current_is_an_error_where_others_are_negative(tmp_path):
    row = ("0.0000000000\t3.35571450\tP", "0.0002400000\t3.35571450\tD")
    _, reading = read(changed(tmp_path, "maccor_minutes.001", *row))
    assert told(reading, "sign-unknown") == [(5, "current_ampere", None)]


def test_noise_around_zero_keeps_its_sign_in_a_charge_row(tmp_path):
    row = ("0.0000000000\t3.35571450\tP", "-0.0000010000\t3.35571450\tC")
    table, reading = read(changed(tmp_path, "maccor_minutes.001", *row))
    assert table["current_ampere"].to_pylist() == [0, 0.00024, -1e-6, -0.00024]
    assert not told(reading, "sign-unknown")


def test_a_file_without_states_and_without_negative_current_gets_a_warning(tmp_path):
    table, reading = read(changed(tmp_path, "maccor_mims.csv", "Md", "Operator"))
    assert table["current_ampere"].to_pylist() == [0, 1.5, 1.5]
    assert [p.severity for p in reading.problems if p.rule == "sign-unknown"] == [Severity.WARNING]


def test_headings_without_a_column_for_the_step_are_not_claimed(tmp_path):
    with pytest.raises(Unreadable, match="No reader recognises"):
        read(changed(tmp_path, "maccor_milli.csv", "Step,", "Phase,"))


def test_a_header_that_is_repeated_inside_the_file_is_told_cell_by_cell(tmp_path):
    header = (
        "Rec,Cycle C,Step,Test Time [s],Step Time [s],Capacity [Ah],Energy [Wh],Current [A],Voltage [V],Md,ES,DPT Time"
    )
    header += ",Temperature Cell [degC],Temperature Chamber [degC]\n"
    _, reading = read(changed(tmp_path, "maccor_mims.csv", "3,1,4,60.08", header + "3,1,4,60.08"))
    assert ("Current [A]" in {column for _, column, _ in told(reading, "cell-unreadable")}) and all(
        row == 9 for row, _, _ in told(reading, "cell-unreadable")
    )


def test_the_same_text_as_landt_s_software_writes_it(tmp_path):
    rows = [
        "Landt\tchannel 3",
        "Rec#\tCyc#\tStep\tTest(Sec)\tStep(Sec)\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt-Time",
        "1\t1\t1\t0.02\t0.02\t0\t0\t0\t3.2\tR\t0\t2024-07-15 10:00:00",
        "2\t1\t2\t15.02\t15.00\t0.002\t0.007\t0.5\t3.55\tC_CC\t1\t2024-07-15 10:00:15",
        "3\t1\t3\t30.02\t15.00\t0.002\t0.007\t0.5\t3.41\tD_CC\t1\t2024-07-15 10:00:30",
    ]
    path = tmp_path / "landt.txt"
    path.write_text("\n".join(rows) + "\n")
    table, reading = read(path)
    assert table["test_time_second"].to_pylist() == [0.02, 15.02, 30.02]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030415, 1721030430]
    assert not told(reading, "sign-unknown")


def test_rows_with_more_cells_than_headings_are_refused_as_no_heading_is_their_own(tmp_path):
    path = changed(tmp_path, "maccor_minutes.001", "\tVAR1", "")
    with pytest.raises(Unreadable, match="16 headings but the rows below have 17 cells: which cell belongs"):
        read(path)


def test_lines_that_end_with_cr_alone_are_refused_by_their_name(tmp_path):
    path = changed(tmp_path, "maccor_minutes.001", "\r\n", "\r")
    with pytest.raises(Unreadable, match="CR alone"):
        read(path)


@pytest.mark.parametrize(
    ("printed", "unix"), [("Today's Date 01/16/2016", 1456930800.0), ("Today's Date 16/01/2016", 1454511600.0)]
)
def test_the_date_of_the_export_tells_day_from_month(tmp_path, printed, unix):
    path = changed(tmp_path, "maccor_minutes.001", "Today's Date 04/04/2016", printed)
    text = path.read_text().replace("Date of Test:\t03/31/2016", "Date of Test:\t03/02/2016")
    path.write_text(re.sub(r"03/31/2016 16:0\d:\d\d", "03/02/2016 16:00:00", text))
    assert read(path)[0]["unix_time_second"].to_pylist() == [unix] * 4


def test_a_date_in_a_comment_tells_nothing(tmp_path):
    path = changed(tmp_path, "maccor_minutes.001", "04/04/2016", "04/03/2016")
    text = path.read_text().replace("03/31/2016", "03/02/2016").replace("C-rate= 2.4 mAh", "made 16/01/2016")
    path.write_text(text)
    table, reading = read(path)
    assert "unix_time_second" not in table.column_names
    assert any("day first and month first" in problem.message for problem in reading.problems)


def test_times_without_a_unit_count_as_the_clock_of_their_rows_goes_on():
    table, reading = read("maccor_bare_minutes.txt")
    assert table["test_time_second"].to_pylist() == [0, 120, 150, 270, 405]
    assert table["step_time_second"].to_pylist() == [0, 120, 30, 150, 135]
    assert table["current_ampere"].to_pylist() == [0, 0, 0.012, 0.012, -0.012]
    units = {one.column: (one.unit, one.rule) for one in reading.conversions}
    assert units["test_time_second"] == ("min", "in min: so fast goes the clock of its rows")


def test_times_without_a_unit_beside_a_clock_that_goes_otherwise_are_refused(tmp_path):
    text = (FILES / "maccor_bare_minutes.txt").read_text("cp1252")
    (tmp_path / "other.txt").write_text(re.sub(r"09:1[246]:(\d\d)\t", r"09:59:\1\t", text), "cp1252")
    with pytest.raises(Unreadable, match=r"“TestTime” cannot be read.*declare its unit"):
        read(tmp_path / "other.txt")


@pytest.mark.parametrize(("printed", "unix"), [("4 May 2022", 1651648200.0), ("5 April 2022", 1649142600.0)])
def test_the_day_of_the_test_by_its_month_s_name_tells_day_from_month(tmp_path, printed, unix):
    table, _ = read(changed(tmp_path, "maccor_bare_minutes.txt", "4 May 2022", printed, "cp1252"))
    assert table["unix_time_second"].to_pylist()[0] == unix


@pytest.mark.parametrize("printed", ["4 June 2022", "4 Mai 2022", "04/05/2022"])
def test_another_day_above_the_rows_tells_nothing(tmp_path, printed):
    table, reading = read(changed(tmp_path, "maccor_bare_minutes.txt", "4 May 2022", printed, "cp1252"))
    assert "unix_time_second" not in table.column_names
    assert any("day first and month first" in problem.message for problem in reading.problems)


def test_declared_units_open_a_file_without_any_and_its_states_sign_the_current():
    path = FILES / "maccor_no_units.txt"
    seen = head(path, path.name)
    columns = {
        "Current": ColumnMeaning(quantity="current_ampere", unit="mA"),
        "Voltage": ColumnMeaning(quantity="voltage_volt", unit="V"),
    }
    reading = detect(seen).read(seen, Declared(reading=Instructions(columns=columns)))
    table = pa.Table.from_batches(list(reading.batches))
    assert table["current_ampere"].to_pylist() == [0, 0.008]
    assert table["voltage_volt"].to_pylist() == [3.266, 3.306]
    assert table["test_time_second"].to_pylist() == [0, 45]


def test_days_before_a_colon_are_days(tmp_path):
    path = tmp_path / "colons.txt"
    path.write_text(re.sub(r"  (\d)d (\S+)", r":\1:\2", (FILES / "maccor.txt").read_text()))
    table, _ = read(path)
    assert table.equals(read("maccor.txt")[0]) and ":1:00:01:30.5" in path.read_text()
