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
from tests.samples import read, told

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
