"""Novonix exports of both layouts."""

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
