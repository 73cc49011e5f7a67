"""Arbin's workbooks and csv exports: sheets of one channel or several, auxiliary channels, clocks of every kind."""

import datetime as dt
from pathlib import Path

import pytest

from ingest.detect import detect, head
from ingest.pipeline import ingest
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Declared
from schemas.instructions import Instructions
from schemas.report import Severity
from tests.books import book
from tests.samples import changed, read, told

HEAD = ("Data_Point", "Date_Time", "Test_Time(s)", "Step_Time(s)", "Step_Index", "Cycle_Index", "Current(A)")
HEAD += ("Voltage(V)", "Charge_Capacity(Ah)", "Discharge_Capacity(Ah)")
START = dt.datetime(2024, 7, 15, 10)


def record(number: int, voltage: object = 3.5) -> list[object]:
    time = 10.0 * number
    return [number, START + dt.timedelta(seconds=time), time, time, 1, 1, 0.5, voltage, 0, 0]


def several(folder: Path, hidden: tuple[str, ...] = ()) -> Path:
    """Two channels, the first in two parts."""
    sheets = {
        "Channel_1-008_1": [HEAD, record(1), record(2)],
        "Channel_1-009_1": [HEAD, record(1, 3.9)],
        "Channel_1-008_2": [HEAD, record(3)],
    }
    return book(folder / "several.xlsx", sheets, hidden)


def picked(path: Path, **reading: str):
    seen = head(path, path.name)
    opened = detect(seen).read(seen, Declared(reading=Instructions(**reading)))
    return [row for batch in opened.batches for row in batch.to_pylist()]


def test_the_parts_of_a_channel_are_read_one_after_the_other_and_statistics_are_not():
    table, reading = read("arbin.xlsx")
    assert table["record_index"].to_pylist() == [1, 2, 3, 4]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.551234567890123, 3.61, 3.41]
    assert table["current_ampere"].to_pylist() == [0, 0.5, 0.5, -0.5]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030410.25, 1721030420.25, 1721030440.25]
    assert table["cycle_count"].to_pylist() == [1, 1, 1, 2]
    assert table["internal_resistance_ohm"].to_pylist() == [None, 0.012, 0.012, 0.012]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.2, 25.3]
    assert reading.rows_in == 4 and reading.instrument == "Arbin"
    assert reading.header["Info 4"].startswith("8 | 2024-07-15 10:00:00 | pilot.sdu")
    assert all(problem.severity is Severity.NOTE for problem in reading.problems)


def test_an_old_binary_workbook_is_read_alike():
    table, _ = read("arbin.xls")
    assert table.equals(read("arbin.xlsx")[0])


def test_a_capacity_that_no_rule_resets_is_the_schedule_s():
    _, reading = read("arbin.xlsx")
    rules = {one.column: one.rule for one in reading.conversions}
    assert rules["schedule_charging_capacity_ah"].startswith("accumulates since the schedule's last reset")


def test_findings_name_the_sheet_and_its_row(tmp_path):
    rows = [["Test report"], [], HEAD, record(1)]
    path = book(tmp_path / "a.xlsx", {"Channel_1_1": rows, "Channel_1_2": [HEAD, record(2), record(3, "fast")]})
    _, reading = read(path)
    found = [problem for problem in reading.problems if problem.rule == "cell-unreadable"]
    assert [(one.sheet, one.row, one.column, one.value) for one in found] == [("Channel_1_2", 3, "Voltage(V)", "fast")]


def test_findings_of_the_checks_name_the_sheet_and_its_row_too(tmp_path):
    back = record(3)
    back[2] = 5.0
    path = book(tmp_path / "a.xlsx", {"Channel_1_1": [HEAD, record(1), record(2)], "Channel_1_2": [HEAD, back]})
    report = ingest(path, path.name, tmp_path).report
    found = [(one.sheet, one.row) for one in report.problems if one.rule == "time-goes-back"]
    assert found == [("Channel_1_2", 2)], [one.rule for one in report.problems]


def test_of_several_channels_one_must_be_picked(tmp_path):
    path = several(tmp_path)
    with pytest.raises(SeveralCells, match="2 channels") as refusal:
        picked(path)
    assert (refusal.value.by, refusal.value.choices) == ("channel", ("Channel_1-008", "Channel_1-009"))
    assert [row["record_index"] for row in picked(path, channel="Channel_1-008")] == [1, 2, 3]
    assert [row["voltage_volt"] for row in picked(path, channel="Channel_1-009")] == [3.9]
    assert [row["record_index"] for row in picked(path, sheet="Channel_1-008_2")] == [1, 2, 3]
    with pytest.raises(Unreadable, match="No sheet with records is “Channel_1-010” as declared"):
        picked(path, channel="Channel_1-010")


def test_sheets_of_names_that_tell_nothing_are_not_joined(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Sheet1": [HEAD, record(1)], "Sheet2": [HEAD, record(2)]})
    with pytest.raises(SeveralCells) as refusal:
        picked(path)
    assert (refusal.value.by, refusal.value.choices) == ("sheet", ("Sheet1", "Sheet2"))
    assert [row["record_index"] for row in picked(path, sheet="Sheet2")] == [2]


def test_a_channel_without_records_is_no_choice(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Channel_1_1": [HEAD, record(1)], "Channel_2_1": [HEAD]})
    assert [row["record_index"] for row in picked(path)] == [1]


def test_a_hidden_sheet_is_read_only_where_it_is_named(tmp_path):
    path = several(tmp_path, hidden=("Channel_1-009_1",))
    assert [row["record_index"] for row in picked(path)] == [1, 2, 3]
    assert [row["voltage_volt"] for row in picked(path, sheet="Channel_1-009_1")] == [3.9]
    alone = book(tmp_path / "b.xlsx", {"a": [["x"]], "b": [HEAD, record(1)]}, hidden=["b"])
    with pytest.raises(Unreadable, match="hidden sheets only"):
        picked(alone)


def test_a_formula_error_is_an_empty_cell_that_is_told(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Channel_1": [HEAD, record(1), record(2, "=NA()")]})
    table, reading = read(path)
    assert table["voltage_volt"].to_pylist() == [3.5, None]
    assert told(reading, "cell-empty") == [(3, "Voltage(V)", None)]


def test_a_refusal_names_the_sheet(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Channel_1": [HEAD]})
    with pytest.raises(Unreadable, match="Sheet “Channel_1”: The file ends after its header"):
        read(path)


def test_statistics_of_cycles_are_no_records(tmp_path):
    path = book(tmp_path / "a.xlsx", {"Statistics_1-008": [[*HEAD, "Vmax_On_Cycle(V)", "Charge_Time(s)"]]})
    with pytest.raises(Unreadable, match="No reader recognises"):
        detect(head(path, path.name))


@pytest.mark.parametrize(
    ("cells", "factor"),
    [
        (("1721037610.25", "1721037620.5"), 1.0),
        (("1721037610250", "1721037620500"), 1e-3),
        (("17210376102500000", "17210376205000000"), 1e-7),
    ],
)
def test_unix_times_are_told_by_their_digits(tmp_path, cells, factor):
    path = changed(tmp_path, "arbin.csv", "2024-07-15 10:00:00", cells[0])
    for old, new in zip(("10:00:10", "10:00:20", "10:00:40"), (cells[0], cells[1], cells[1]), strict=True):
        path.write_text(path.read_text().replace(f"2024-07-15 {old}", new))
    table, reading = read(path, None)
    assert table["unix_time_second"].to_pylist() == pytest.approx([1721037610.25] * 2 + [1721037620.5] * 2, abs=1e-6)
    assert {one.column: one.factor for one in reading.conversions}["unix_time_second"] == factor


def test_days_as_a_spreadsheet_counts_them_are_local_times(tmp_path):
    rows = [[1, 45488.416666666664, 1, 1, 1, 1, 0.5, 3.5, 0, 0], [2, 45488.41678240741, 11, 11, 1, 1, 0.5, 3.5, 0, 0]]
    path = book(tmp_path / "a.xlsx", {"Channel_1": [HEAD, *rows]})
    table, reading = read(path, "Europe/Berlin")
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721030410]
    rule = next(one.rule for one in reading.conversions if one.column == "unix_time_second")
    assert rule == "days since 30 December 1899, local time of Europe/Berlin"
    assert "unix_time_second" not in read(path, None)[0].column_names
    other = book(tmp_path / "b.xlsx", {"Channel_1": [HEAD, *rows]}, date_1904=True)
    with pytest.raises(Unreadable, match="counts days from 1904"):
        read(other, "Europe/Berlin")
    assert read(other, None)[0].num_rows == 2


NEWER = (
    "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,TC_Counter1,Current (A),Voltage (V),"
    "Power (W),Charge Capacity (Ah),Discharge Capacity (Ah),Charge Energy (Wh),Discharge Energy (Wh),Capacity (Ah),"
    "mAh/g,ACR (Ohm),dV/dt (V/s),Internal Resistance (Ohm),dQ/dV (Ah/V),Aux_Temperature_1 (C),Aux_dT/dt_1 (C/s)\n"
    "1,\t10/13/2023 16:09:14.661,0.001,0.001,1,1,0,0,3.2,0,0,0,0,0,0,0,0.011,0,0.012,0,25.1,0\n"
    "2,\t10/13/2023 16:09:24.661,10.001,10.001,1,2,0,0.5,3.5,1.75,0.001,0,0.003,0,0,0,0.011,0,0.012,0,25.2,0\n"
)


def test_newer_headings_with_tabs_before_their_dates(tmp_path):
    path = tmp_path / "newer.csv"
    path.write_text(NEWER)
    table, reading = read(path, "UTC")
    assert table["unix_time_second"].to_pylist() == pytest.approx([1697213354.661, 1697213364.661], abs=1e-6)
    assert table["current_ampere"].to_pylist() == [0, 0.5] and table["power_watt"].to_pylist() == [0, 1.75]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2]
    assert table["ac_internal_resistance_ohm"].to_pylist() == [0.011] * 2
    assert table["internal_resistance_ohm"].to_pylist() == [0.012] * 2
    assert all(problem.severity is Severity.NOTE for problem in reading.problems)


@pytest.mark.parametrize(
    "heading", ["Aux_Temperature(°C)_1", "Aux_Temperature(¡æ)_1", "Aux_Temperature(°)_1", "Aux_Temperature_1(C)"]
)
def test_an_auxiliary_temperature_is_known_however_its_degree_sign_fared(tmp_path, heading):
    table, _ = read(changed(tmp_path, "arbin.csv", "Aux_Temperature(°C)_1", heading))
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.2, 25.3]


def test_a_csv_of_statistics_is_refused_and_says_what_to_upload(tmp_path):
    path = tmp_path / "test_Channel_8_StatisticByCycle.CSV"
    path.write_text("Cycle_Index,Test_Time(s),Charge_Capacity(Ah),Charge_Time(s),Vmax_On_Cycle(V)\n1,10,0.1,5,4.2\n")
    with pytest.raises(Unreadable, match="one row per cycle or step"):
        read(path)


def test_an_auxiliary_temperature_in_another_unit_is_converted_or_left_out(tmp_path):
    table, _ = read(changed(tmp_path, "arbin.csv", "Aux_Temperature(°C)_1", "Aux_Temperature(°F)_1"))
    assert table["temperature_t1_celsius"].to_pylist()[0] == pytest.approx((25.1 - 32) * 5 / 9)
    table, reading = read(changed(tmp_path, "arbin.csv", "Aux_Temperature(°C)_1", "Aux_Temperature(X)_1"))
    assert "temperature_t1_celsius" not in table.column_names
    assert told(reading, "column-left-out") == [(None, "Aux_Temperature(X)_1", None)]


def test_a_current_per_mass_is_refused_by_its_unit_and_not_for_two_readers(tmp_path):
    with pytest.raises(Unreadable, match="“mA/g” is a unit of current"):
        read(changed(tmp_path, "arbin.csv", "Current(A)", "Current(mA/g)"))
