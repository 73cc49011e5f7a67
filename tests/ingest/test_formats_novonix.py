"""Novonix exports of both layouts."""

from pathlib import Path

import pytest

from schemas.errors import Unreadable
from tests.samples import FILES, changed, read, told


def test_hours_become_seconds_and_the_protocol_s_json_is_no_header():
    table, reading = read("novonix.csv")
    assert table["test_time_second"].to_pylist() == [0, 3600, 9000]
    assert table["step_time_second"].to_pylist() == [0, 1800, 900]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["cycle_count"].to_pylist() == [1, 1, 2]
    assert table["step_id"].to_pylist() == [1, 2, 3]
    assert table["step_type"].to_pylist() == ["0", "1", "2"]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]
    assert table["net_capacity_ah"].to_pylist() == [0, 0.25, 0.125]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721034000, 1721039400]
    assert {c.column: (c.unit, c.factor) for c in reading.conversions}["test_time_second"] == ("h", 3600.0)
    assert reading.header["4"] == "Cell: coin_07" and reading.line_of(0) == 12


def test_an_earlier_export_has_every_line_in_quotes_and_noon_is_not_midnight():
    table, reading = read("novonix_quoted.csv")
    assert table["test_time_second"].to_pylist() == [0, 3600]
    assert table["current_ampere"].to_pylist() == [0.0120000702, 0.0120000708]
    assert table["voltage_volt"].to_pylist() == [3.42722773, 3.4273338]
    assert table["unix_time_second"].to_pylist() == [1721037540, 1721041140]
    assert reading.line_of(1) == 12


def test_an_earlier_export_without_the_quotes_is_read_alike(tmp_path):
    plain = changed(tmp_path, "novonix_quoted.csv", '"', "")
    assert read(plain)[0].equals(read("novonix_quoted.csv")[0])


def test_a_quoted_line_with_a_wrong_number_is_told_with_its_line(tmp_path):
    _, reading = read(changed(tmp_path, "novonix_quoted.csv", "3.42733380", "3.4273E"))
    assert told(reading, "cell-unreadable") == [(12, "Potential (V)", "3.4273E")]


def test_a_run_time_without_unit_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="“Run Time” prints no unit"):
        read(changed(tmp_path, "novonix.csv", "Run Time (h)", "Run Time"))


def test_a_wrong_byte_far_into_a_quoted_file_is_told_and_the_rows_are_kept(tmp_path):
    whole = (FILES / "novonix_quoted.csv").read_bytes()
    row = whole.splitlines(keepends=True)[-1]
    path = tmp_path / "long.csv"
    path.write_bytes(whole + row * 2000 + row.replace(b"1.0000000,1.0", b"1.0000000,\xff1.0"))
    table, reading = read(path)
    assert table.num_rows == 2003
    assert [row for row, _, _ in told(reading, "text-damaged")] == [2013]


def test_without_a_declared_zone_there_is_no_unix_time():
    table, reading = read("novonix_quoted.csv", zone=None)
    assert "unix_time_second" not in table.column_names and told(reading, "time-without-zone")


HEADINGS = "Date and Time,Cycle Number,Step Number,Run Time (h), Step Time (h),Current (A),Potential (V),Capacity (Ah)"
ROWS = (
    "1/13/2019 9:33:48 AM,1,0,0.0000000,0.0000000,0.0000000000,3.50476652,0.0000000000",
    "1/13/2019 9:34:18 AM,1,1,0.0083806,0.0000000,-1.5000002795,3.30365182,-0.0125000000",
    "1/13/2019 9:34:48 AM,2,7,0.0167139,0.0083333,0.1998694781,3.32378247,-0.0108344210",
)


def early(folder: Path, *lines: str) -> Path:
    path = folder / "early.csv"
    path.write_text("\n".join(("[Summary]", "Novonix HPC data file", "[End Summary]", "[Protocol]", *lines)) + "\n")
    return path


def test_a_step_number_without_a_type_is_the_code_of_the_step(tmp_path):
    table, reading = read(early(tmp_path, "[End Protocol]", "[Data]", HEADINGS, *ROWS))
    assert table["step_type"].to_pylist() == ["0", "1", "7"] and "step_id" not in table.column_names
    assert table["net_capacity_ah"].to_pylist() == [0.0, -0.0125, -0.010834421]
    assert table["step_time_second"].to_pylist() == pytest.approx([0, 0, 30], abs=1e-3)
    assert reading.problems == []


@pytest.mark.parametrize(
    "protocol", [["   [End operating limits]"] * 4000, ['{"Version":"2.13.0",' + "x" * 90_000 + "}"]]
)
def test_a_protocol_may_be_longer_than_what_is_searched_for_the_header(tmp_path, protocol):
    for quote in ("", '"'):
        lines = (f"{quote}{line}{quote}" for line in (HEADINGS, *ROWS))
        table, reading = read(early(tmp_path, *protocol, "[End Protocol]", "[Data]", *lines))
        assert table.num_rows == 3
        assert reading.line_of(0) == 4 + len(protocol) + 4


def test_sections_that_stand_once_more_between_the_records_of_a_test_begun_again_are_no_rows(tmp_path):
    again = ("[Summary]", "Novonix HPC data file", "[End Summary]", "[Protocol]", "[a, b]", "[End Protocol]", "[Data]")
    table, reading = read(early(tmp_path, "[End Protocol]", "[Data]", HEADINGS, *ROWS, *again, HEADINGS, *ROWS))
    assert table["step_type"].to_pylist() == ["0", "1", "7"] * 2
    assert reading.problems == [] and reading.line_of(3) == 7 + 3 + 8 + 1
    other = HEADINGS.replace("Current (A),Potential (V)", "Potential (V),Current (A)")
    _, reading = read(early(tmp_path, "[End Protocol]", "[Data]", HEADINGS, *ROWS, *again, other, *ROWS))
    assert {row for row, _, _ in told(reading, "cell-unreadable")} == {18}


def test_a_few_columns_are_enough(tmp_path):
    lines = ("Date and Time,Run Time (h),Current (A),Potential (V)", "2023-06-14 5:22:45 PM,0.0,2.0,3.0")
    table, _ = read(early(tmp_path, "[End Protocol]", "[Data]", *lines))
    assert table["unix_time_second"].to_pylist() == [1686756165.0]


def test_semicolons_between_the_columns_lose_no_row_of_a_long_file(tmp_path):
    lines = [f"2023-06-14 5:22:45 PM;{row / 100:.4f};0,25;3,{row:04d}" for row in range(2000)]
    headings = "Date and Time;Run Time (h);Current (A);Potential (V)"
    for decimals in ([line.replace(".", ",") for line in lines], [line.replace(",", ".") for line in lines]):
        table, reading = read(early(tmp_path, "[End Protocol]", "[Data]", headings, *decimals))
        assert table.num_rows == reading.rows_in == 2000
        assert table["voltage_volt"][1999].as_py() == 3.1999


def test_a_time_zone_is_asked_for_only_where_one_is_missing(tmp_path):
    hints = []
    for date, zone in (("01/02/2024 10:00:00", "Europe/Berlin"), ("2024-02-01 10:00:00", None)):
        lines = ("Date and Time,Run Time (h),Current (A),Potential (V)", f"{date},0.0,2.0,3.0")
        _, reading = read(early(tmp_path, "[End Protocol]", "[Data]", *lines), zone)
        hints += [one.hint for one in reading.problems if one.rule == "time-without-zone"]
    assert [hint.split(",")[0] for hint in hints] == [
        "Export dates with the year first if the time of day matters.",
        "Declare the time zone of the test place in the metadata",
    ]


def test_the_number_that_stands_for_no_sensor_is_no_temperature(tmp_path):
    table, _ = read(changed(tmp_path, "novonix.csv", "25.200", "-9999.000"))
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, None, 25.3]


def test_cells_behind_the_last_heading_belong_to_none(tmp_path):
    path = tmp_path / "longer.csv"
    lines = (FILES / "novonix.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(f"{line},0,0,,0.25,3" if line.startswith("2024-") else line for line in lines))
    table, reading = read(path)
    assert table.equals(read("novonix.csv")[0]) and reading.line_of(0) == read("novonix.csv")[1].line_of(0)


def test_decimal_commas_between_commas_are_no_cells_without_heading(tmp_path):
    lines = (FILES / "novonix.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "commas.csv"
    path.write_text("\n".join(line.replace(".", ",") if line.startswith("2024-") else line for line in lines))
    with pytest.raises(Unreadable, match="decimal commas cannot be told"):
        read(path)
