"""Files read as their uploader declares: which column holds what, which sign, up to which row."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from ingest.pipeline import ingest
from schemas.ingested import Declared, Ingested
from schemas.instructions import ColumnMeaning, Instructions
from schemas.report import Severity
from tests.samples import FILES

COLUMNS = {
    "Zeit": {"quantity": "test_time_second", "unit": "min"},
    "U [mV]": {"quantity": "voltage_volt"},
    "Strom": {"quantity": "current_ampere", "unit": "mA"},
}
TABLE = "Zeit;U [mV];Strom;Raum\n0;3700;0;21,5\n1;3705,5;250;21,6\n2;3711;250;21,7\n"


def made(folder: Path, content: str | bytes, name: str = "cell.txt", **reading: object) -> Ingested:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return ingest(path, name, folder, Declared(reading=Instructions.model_validate(reading)))


def rows(folder: Path) -> dict[str, list[object]]:
    found: dict[str, list[object]] = pq.read_table(folder / "timeseries.parquet").to_pydict()
    return found


def told(found: Ingested, rule: str) -> list[str]:
    return [problem.message for problem in found.report.problems if problem.rule == rule]


def test_a_file_that_no_reader_knows_is_read_by_the_declared_columns_alone(tmp_path):
    found = made(tmp_path, f"Labor 3\nZelle;7\n\n{TABLE}", columns=COLUMNS)
    assert found.reader == "Declared columns" and found.report.passed
    assert rows(tmp_path) == {
        "test_time_second": [0.0, 60.0, 120.0],
        "voltage_volt": [3.7, 3.7055, 3.711],
        "current_ampere": [0.0, 0.25, 0.25],
    }
    assert [(one.column, one.source, one.unit, one.factor) for one in found.conversions] == [
        ("test_time_second", "Zeit", "min", 60.0),
        ("voltage_volt", "U [mV]", "mV", 0.001),
        ("current_ampere", "Strom", "mA", 0.001),
    ]
    assert all("declared by the uploader" in one.rule for one in found.conversions)
    assert "Raum" in told(found, "column-unknown")[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_does_not_matter(tmp_path, encoding):
    assert made(tmp_path, TABLE.replace("Raum", "Wärme").encode(encoding), columns=COLUMNS).report.passed


def test_columns_may_stand_between_blanks(tmp_path):
    text = "# by hand\n  t     E      I  \n  0.0   3.70   0.0\n 60.0   3.71   0.5\n"
    meant = {"t": ("test_time_second", "s"), "E": ("voltage_volt", "V"), "I": ("current_ampere", "A")}
    columns = {heading: {"quantity": name, "unit": unit} for heading, (name, unit) in meant.items()}
    assert made(tmp_path, text, columns=columns).report.passed
    assert rows(tmp_path)["voltage_volt"] == [3.7, 3.71]


def test_all_that_is_wrong_with_a_declaration_of_a_known_format_is_said_at_once(tmp_path):
    columns = {
        "Amps ": {"quantity": "current_ampere", "unit": "mAh"},
        "Volt": {"quantity": "voltage_volt"},
        "Rec#": {"quantity": "record_index", "unit": "%"},
    }
    found = made(tmp_path, (FILES / "maccor.txt").read_bytes(), columns=columns)
    (message,) = told(found, "unreadable")
    assert "“mAh” is a unit of charge (Ah), not of current (A)" in message
    assert "“Volt” is not in the file" in message and "“Volt” may be “Volts”" in message
    assert "“Rec#” does not fit record_index: a count has no unit" in message
    assert "The file's headings are “Rec#”" in message


def test_a_file_without_the_declared_headings_names_the_nearest_line(tmp_path):
    (message,) = told(made(tmp_path, f"x\n{TABLE.replace('Strom', 'Stromm')}", columns=COLUMNS), "unreadable")
    assert "in line 2, “Strom” (perhaps “Stromm”) is not" in message
    assert "headings are “Zeit”, “U [mV]”, “Stromm”, “Raum”" in message
    (message,) = told(made(tmp_path, "nothing here\n", columns=COLUMNS), "unreadable")
    assert "holds all declared headings (“Zeit”, “U [mV]”, “Strom”), nor any that looks like them" in message


def test_a_heading_that_stands_there_twice_cannot_be_declared(tmp_path):
    (message,) = told(made(tmp_path, TABLE.replace("Raum", "Strom"), columns=COLUMNS), "unreadable")
    assert "“Strom” stands in the file 2 times (columns 3 and 4)" in message


def test_a_declared_column_without_any_unit_is_refused(tmp_path):
    columns = COLUMNS | {"Strom": {"quantity": "current_ampere"}}
    (message,) = told(made(tmp_path, TABLE, columns=columns), "unreadable")
    assert "“Strom” prints no unit" in message and "or declare its unit" in message


def test_a_declared_column_goes_before_the_format_s_own_of_that_quantity(tmp_path):
    text = "Test Time / s,Voltage / V,Current / A,Shunt\n0,3.7,9,0\n10,3.7,9,500\n"
    found = made(tmp_path, text, columns={"Shunt": {"quantity": "current_ampere", "unit": "mA"}})
    assert found.reader == "Battery Data Format csv"
    assert rows(tmp_path)["current_ampere"] == [0.0, 0.5]
    assert "Current / A" in told(found, "column-unknown")[0]


def test_a_declared_unit_goes_before_the_printed_one(tmp_path):
    text = "Test Time / s,Voltage / V,Current / A\n0,3700,0\n10,3700,500\n"
    columns = {"Voltage / V": {"quantity": "voltage_volt", "unit": "mV"}}
    assert made(tmp_path, text, columns=columns).conversions[1].unit == "mV"
    assert rows(tmp_path)["voltage_volt"] == [3.7, 3.7]


def test_clock_times_and_unix_milliseconds_can_be_declared(tmp_path):
    text = "Zeit;U [mV];Strom;wann\n0;3700;0;1700000000000\n1;3701;0;1700000060500\n"
    columns = COLUMNS | {"wann": {"quantity": "unix_time_second", "unit": "ms"}}
    made(tmp_path, text, columns=columns)
    assert rows(tmp_path)["unix_time_second"] == [1700000000.0, 1700000060.5]
    text = "Zeit;U [mV];Strom;wann\n0;3700;0;2023-11-14T22:13:20Z\n1;3701;0;2023-11-14T22:14:20Z\n"
    made(tmp_path, text, columns=COLUMNS | {"wann": {"quantity": "unix_time_second"}})
    assert rows(tmp_path)["unix_time_second"] == [1700000000.0, 1700000060.0]


def test_a_parquet_file_is_read_by_name(tmp_path):
    path = tmp_path / "cell.parquet"
    pq.write_table(pa.table({"t": [0.0, 0.5], "U": [3700, 3701], "I": [0.0, 1.0], "step": ["a", "b"]}), path)
    meant = {"t": ("test_time_second", "h"), "U": ("voltage_volt", "mV"), "I": ("current_ampere", "A")}
    columns = {heading: {"quantity": name, "unit": unit} for heading, (name, unit) in meant.items()}
    found = made(tmp_path, path.read_bytes(), "cell.parquet", columns=columns | {"step": {"quantity": "step_type"}})
    assert found.report.passed
    expected = {"test_time_second": [0.0, 1800.0], "voltage_volt": [3.7, 3.701], "current_ampere": [0.0, 1.0]}
    assert rows(tmp_path) == expected | {"step_type": ["a", "b"]}


def test_a_column_whose_meaning_a_format_fixes_cannot_be_declared(tmp_path):
    columns = {"current": {"quantity": "power_watt"}}
    found = made(tmp_path, (FILES / "neware.ndax").read_bytes(), "cell.ndax", columns=columns)
    assert "fixed meanings" in told(found, "unreadable")[0] and "“current”" in told(found, "unreadable")[0]


DISCHARGE = "test_time_second,voltage_volt,current_ampere,power_watt,net_capacity_ah\n" + "".join(
    f"{10 * at},{3.7 - 0.01 * at if at < 50 else 3.2 + 0.01 * (at - 50):.2f},{0 if at == 0 else 1 if at < 50 else -1},"
    f"{0 if at == 0 else 3 if at < 50 else -3},0\n"
    for at in range(100)
)


def test_a_current_that_counts_discharging_as_positive_passes_once_that_is_declared(tmp_path):
    found = made(tmp_path, DISCHARGE, current_sign="discharge-positive")
    assert found.report.passed
    table = rows(tmp_path)
    assert table["current_ampere"][::50] == [0.0, 1.0] and table["power_watt"][1] == -3.0
    assert str(table["current_ampere"][0]) == "0.0"
    factors = {one.column: (one.factor, one.rule) for one in found.conversions}
    assert factors["current_ampere"][0] == factors["power_watt"][0] == -1.0
    assert "discharging counts as positive" in factors["current_ampere"][1]
    assert "net_capacity_ah stay as the file has them" in told(found, "sign-kept")[0]
    assert factors["net_capacity_ah"][0] == 1.0


def test_without_the_declaration_or_with_a_wrong_one_the_sign_is_objected_to(tmp_path):
    assert told(made(tmp_path, DISCHARGE), "current-sign")
    assert told(made(tmp_path, DISCHARGE, current_sign="charge-positive"), "current-sign")
    right = DISCHARGE.replace(",1,", ",x,").replace(",-1,", ",1,").replace(",x,", ",-1,")
    assert made(tmp_path, right).report.passed
    assert told(made(tmp_path, right, current_sign="discharge-positive"), "current-sign")


@pytest.mark.parametrize("name", ["neware.ndax", "maccor.txt", "novonix.csv"])
def test_the_declared_sign_is_followed_whatever_the_format(tmp_path, name):
    content = (FILES / name).read_bytes()
    made(tmp_path, content, name)
    before = rows(tmp_path)["current_ampere"]
    found = made(tmp_path, content, name, current_sign="discharge-positive")
    path = tmp_path / "timeseries.parquet"
    if found.report.passed:
        assert pq.read_table(path)["current_ampere"].to_pylist() == pytest.approx([-one for one in before])
    else:  # The voltage or the states of the rows object.
        assert told(found, "current-sign") or told(found, "sign-unknown")


def test_states_that_tell_the_sign_go_with_a_discharge_positive_file_that_is_declared_as_such(tmp_path):
    head = "Rec#\tCyc#\tStep\tTestTime\tAmps\tVolts\tState\n"
    text = (
        head + "1\t1\t1\t0\t-1\t3.70\tC\n2\t1\t1\t10\t-1\t3.71\tC\n3\t1\t2\t20\t1\t3.70\tD\n4\t1\t2\t30\t1\t3.69\tD\n"
    )
    columns = {"TestTime": {"quantity": "test_time_second", "unit": "s"}}
    assert told(made(tmp_path, text, columns=columns), "sign-unknown")
    assert made(tmp_path, text, columns=columns, current_sign="discharge-positive").report.passed
    assert rows(tmp_path)["current_ampere"] == [1.0, 1.0, -1.0, -1.0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_rows_behind_the_declared_one_are_neither_read_nor_judged(tmp_path, encoding):
    text = f"a note\n{TABLE}3;oops;1\nx\n4;3700;250;21,9"
    assert not made(tmp_path, text.encode(encoding), columns=COLUMNS).report.passed
    found = made(tmp_path, text.encode(encoding), columns=COLUMNS, last_row=5)
    assert found.report.passed and len(rows(tmp_path)["voltage_volt"]) == 3
    (cut,) = [problem for problem in found.report.problems if problem.rule == "cut"]
    assert (cut.severity, cut.row, cut.count) == (Severity.NOTE, 5, 3)
    assert "up to row 5, as declared: 3 lines behind it were left out" in cut.message
    assert (found.report.rows_in, found.report.rows_out) == (3, 3)
    provenance = json.loads(pq.read_metadata(tmp_path / "timeseries.parquet").metadata[b"provenance"])
    assert provenance["reading"]["last_row"] == 5 == found.declared.reading.last_row


def test_a_row_behind_the_end_cuts_nothing_and_that_is_said(tmp_path):
    found = made(tmp_path, TABLE, columns=COLUMNS, last_row=500)
    assert "it has none behind it" in told(found, "cut")[0] and found.report.rows_out == 3


def test_a_row_above_the_data_leaves_nothing_and_the_declaration_is_named(tmp_path):
    (message,) = told(made(tmp_path, TABLE, columns=COLUMNS, last_row=1), "unreadable")
    assert "It was read up to row 1, as declared" in message


def test_records_of_a_binary_file_are_cut_by_their_number(tmp_path):
    found = made(tmp_path, (FILES / "neware.ndax").read_bytes(), "cell.ndax", last_row=5)
    assert found.report.rows_in == found.report.rows_out == 5
    assert "3 records behind it were left out" in told(found, "cut")[0]


def test_a_cut_file_is_known_by_the_hash_of_the_whole(tmp_path):
    whole = made(tmp_path, TABLE, columns=COLUMNS)
    before = json.loads(pq.read_metadata(tmp_path / "timeseries.parquet").metadata[b"provenance"])
    made(tmp_path, TABLE, columns=COLUMNS, last_row=3)
    after = json.loads(pq.read_metadata(tmp_path / "timeseries.parquet").metadata[b"provenance"])
    assert whole.report.passed and before["source_sha256"] == after["source_sha256"]


def test_a_meaning_without_unit_keeps_what_the_format_fixes(tmp_path):
    meaning = ColumnMeaning(quantity="current_ampere")
    found = made(tmp_path, (FILES / "maccor.txt").read_bytes(), columns={"Amps": meaning})
    unit = {one.column: one.unit for one in found.conversions}
    assert unit["current_ampere"] == "A"


@pytest.mark.parametrize("units", ["min;mV;mA;°C", "[min];[mV];[mA];[°C]", "(min);(mV);(mA);"])
def test_units_on_the_line_below_the_headings_are_the_columns_own(tmp_path, units):
    text = f"Zeit;U;Strom;Raum\n{units}\n0;3700;0;21,5\n1;3705,5;250;21,6\n"
    names = {"Zeit": "test_time_second", "U": "voltage_volt", "Strom": "current_ampere"}
    columns = {heading: {"quantity": name} for heading, name in names.items()}
    found = made(tmp_path, text, columns=columns)
    assert found.report.passed, found.report
    assert rows(tmp_path)["voltage_volt"] == [3.7, 3.7055]
    assert [one.unit for one in found.conversions] == ["min", "mV", "mA"]


def workbook(folder: Path, table: list[list[object]]) -> Path:
    path = folder / "cell.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    return path


def test_a_workbook_is_read_by_the_declared_columns(tmp_path):
    table = [["Labor 3"], ["Zeit", "U [mV]", "Strom", "Raum"], [0, 3700, 0, 21.5], [1, 3705.5, 250, 21.6]]
    content = workbook(tmp_path, table).read_bytes()
    found = made(tmp_path, content, "cell.xlsx", columns=COLUMNS)
    assert found.reader == "Declared columns" and found.report.passed, found.report
    assert rows(tmp_path)["voltage_volt"] == [3.7, 3.7055]
    (message,) = told(
        made(tmp_path, content, "cell.xlsx", columns=COLUMNS | {"I": {"quantity": "power_watt"}}), "unreadable"
    )
    assert "in line 2, “I” is not" in message


def test_rows_of_a_sheet_are_cut_where_it_is_declared(tmp_path):
    head = ["Zeit", "U [mV]", "Strom", "Raum"]
    content = workbook(tmp_path, [head, *([at, 3700, 0, 20] for at in range(9)), *([9, "x", 1, 1] for _ in range(30))])
    found = made(tmp_path, content.read_bytes(), "cell.xlsx", columns=COLUMNS, last_row=10)
    assert found.report.passed and found.report.rows_out == 9
    assert "30 records behind it were left out" in told(found, "cut")[0]


CLOCKED = (
    "when,U [mV],Strom\n2025-10-26 02:59:50,3700,0\n2025-10-26 02:00:00,3701,250\n2025-10-26 02:00:20.5,3702,250\n"
)
BY_CLOCK = {name: COLUMNS[name] for name in ("U [mV]", "Strom")} | {"when": {"quantity": "unix_time_second"}}


def test_without_a_test_time_the_clock_runs_from_the_first_row_on_also_through_the_repeated_hour(tmp_path):
    path = tmp_path / "cell.txt"
    path.write_text(CLOCKED)
    reading = Instructions.model_validate({"columns": BY_CLOCK})
    found = ingest(path, path.name, tmp_path, Declared(time_zone="Europe/Berlin", reading=reading))
    assert found.report.passed, found.report
    assert rows(tmp_path)["test_time_second"] == [0.0, 10.0, 30.5]
    record = next(one for one in found.conversions if one.column == "test_time_second")
    assert (record.source, record.rule) == ("when", "clock time since the first row")
    (message,) = told(made(tmp_path, CLOCKED, columns=BY_CLOCK), "unreadable")
    assert "declare the time zone of its clock" in message


def test_times_within_steps_add_up_to_a_test_time(tmp_path):
    text = "step;s;U [mV];Strom\n1;0;3700;0\n1;60;3701;0\n2;0;3702;250\n2;30;3703;250\n"
    columns = BY_CLOCK | {"step": {"quantity": "step_id"}, "s": {"quantity": "step_time_second", "unit": "s"}}
    found = made(tmp_path, text, columns={name: one for name, one in columns.items() if name != "when"})
    assert rows(tmp_path)["test_time_second"] == [0.0, 60.0, 60.0, 90.0], found.report
