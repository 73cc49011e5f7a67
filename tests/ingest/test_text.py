"""The shared text reader: what it understands, and what it says of what it does not."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.detect import HEAD_BYTES, detect, head
from ingest.formats.bdf.text import LAYOUT
from ingest.formats.maccor import LAYOUT as MACCOR
from ingest.reader import Reading
from ingest.text.reader import TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Problem, Severity

HEADER = "test_time_second,voltage_volt,current_ampere,cycle_count"


def rows(count: int, start: int = 0) -> list[str]:
    return [f"{i}.5,3.{i % 1000:03d}1,0.25,{i // 10}" for i in range(start, start + count)]


def write(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path, zone: str | None = None, reader: TextReader | None = None) -> tuple[pa.Table, Reading]:
    seen = head(path, path.name)
    reading = (reader or detect(seen)).read(seen, Declared(time_zone=zone))
    return pa.Table.from_batches(list(reading.batches)), reading


def errors(reading: Reading) -> list[Problem]:
    return [problem for problem in reading.problems if problem.severity is Severity.ERROR]


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_same_table_comes_of_every_encoding_and_line_end(tmp_path, codec, newline, end):
    text = newline.join([HEADER + ",Ümgebung / °C", *(row + ",25" for row in rows(50))]) + (newline if end else "")
    table, reading = read(write(tmp_path, text.encode(codec)))
    assert table.num_rows == reading.rows_in == 50
    assert table["test_time_second"].to_pylist()[:2] == [0.5, 1.5]
    assert table.schema.field("cycle_count").type == pa.int64()
    assert (reading.line_of(0), reading.line_of(49)) == (2, 51)
    assert not errors(reading)


@pytest.mark.parametrize("chunk_bytes", [50, 97, 1000, 1 << 24])
def test_chunks_of_any_size_give_the_same_rows_lines_and_problems(tmp_path, chunk_bytes):
    lines = rows(200)
    lines[7] = "7.5,abc,0.25,0"
    lines.insert(50, "")
    lines.insert(120, "1.0,2.0")
    path = write(tmp_path, "\n".join([HEADER, *lines]) + "\n")
    table, reading = read(path, reader=TextReader(LAYOUT, chunk_bytes))
    assert (table.num_rows, reading.rows_in) == (200, 201)
    assert {(p.rule, p.row, p.value) for p in errors(reading)} == {
        ("cell-unreadable", 9, "abc"),
        ("row-ragged", 122, "1.0,2.0"),
    }
    times = table["test_time_second"].to_pylist()
    shown = path.read_text().split("\n")
    assert all(shown[reading.line_of(i) - 1].startswith(f"{time},") for i, time in enumerate(times))


def test_every_bad_cell_is_named_at_once_and_many_of_a_kind_are_counted(tmp_path):
    lines = rows(100)
    for number in range(20, 60):
        lines[number] = f"{number}.5,?,0.25,1"
    lines[70] = "70.5,3.7,1e,1.5"
    table, reading = read(write(tmp_path, "\n".join([HEADER, *lines])))
    assert table.num_rows == 100
    voltage = [problem for problem in errors(reading) if problem.column == "voltage_volt"]
    assert len(voltage) == 11 and sum(problem.count for problem in voltage) == 40
    assert (voltage[0].row, voltage[0].value) == (22, "?")
    others = {(p.row, p.column, p.value) for p in errors(reading) if p.column != "voltage_volt"}
    assert others == {(72, "current_ampere", "1e"), (72, "cycle_count", "1.5")}
    assert all(problem.hint for problem in errors(reading))


def test_an_empty_cell_of_a_required_column_is_an_error_and_of_an_optional_one_is_not(tmp_path):
    _, reading = read(write(tmp_path, f"{HEADER}\n1,3.7,0.1,\n2,,0.1,1\n3,3.7,0.1,1\n"))
    assert [(p.rule, p.row, p.column) for p in errors(reading)] == [("cell-empty", 3, "voltage_volt")]


def test_counts_printed_as_decimals_are_whole_numbers_all_the_same(tmp_path):
    table, reading = read(write(tmp_path, f"{HEADER}\n1,3.7,0.1,1.0\n2,3.7,0.1,2.0\n"))
    assert table["cycle_count"].to_pylist() == [1, 2] and not errors(reading)


def test_rows_of_delimiters_alone_are_blank_lines_and_what_follows_keeps_its_line(tmp_path):
    text = f"{HEADER}\n1,3.7,0.1,1\n,,,\n2,x,0.1,1\n3,3.7,0.1,1\r\n,,,\r\n,,,\n"
    table, reading = read(write(tmp_path, text))
    assert table["test_time_second"].to_pylist() == [1, 2, 3]
    assert [(p.rule, p.row) for p in errors(reading)] == [("cell-unreadable", 4)]


def test_decimal_commas_and_thousands_points_are_read(tmp_path):
    text = "Test Time / s;Voltage / V;Current / mA\n0,5;3,7001;-1.250,5\n1.000,5;3,7002;250\n"
    table, reading = read(write(tmp_path, text))
    assert table.to_pydict() == {
        "test_time_second": [0.5, 1000.5],
        "voltage_volt": [3.7001, 3.7002],
        "current_ampere": [-1.2505, 0.25],
    }
    assert [(c.unit, c.factor) for c in reading.conversions][2] == ("mA", 0.001)


def test_thousands_are_taken_for_such_where_a_count_or_another_number_shows_them(tmp_path):
    text = "Test Time / s;Voltage / V;Current / mA;Cycle Count / 1\n0,5;3,71;1.250;1\n1,5;3,72;1.251;{}\n"
    assert read(write(tmp_path, text.format("1.002")))[0]["current_ampere"].to_pylist() == [1.25, 1.251]
    assert "whether “1.250”" in refusal(write(tmp_path, text.format("1")))


def test_quoted_decimal_commas_between_commas_are_read(tmp_path):
    table, _ = read(write(tmp_path, f'{HEADER}\n"0,5","3,7001","0,25",1\n"1,5","3,71","0,25",1\n'))
    assert table["voltage_volt"].to_pylist() == [3.7001, 3.71]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Test Time / s;Voltage / V;Current / A\n1;3,700;0\n2;3,701;0\n",
            "“3,700” may be a decimal comma or a thousands",
        ),
        ("Test Time / s;Voltage / V;Current / A\n1;3,70;0.5\n2;3,7;0.25\n", "decimal sign is ambiguous"),
        (
            "Test Time / s;Voltage / V;Current / A\n1;3.500;1,5\n2;3.490;2,0\n",
            "other numbers have a decimal comma, and nothing tells whether “3.490” has one of its own or thousands",
        ),
        (
            "Test Time / s;Voltage / V;Current / A\n1.5;3,500;0.5\n2.5;3,490;0.25\n",
            "whether “3,490” has one of its own",
        ),
        (f"{HEADER}\n0,5,3,7,0,25,1\n1,5,3,7,0,25,1\n", "4 headings but the rows below have 7 cells: decimal commas"),
        ("Test Time / s,Voltage,Current / A\n1,3.7,0\n", "“Voltage” prints no unit"),
        ("Test Time / s,Voltage / V,Current / xA\n1,3.7,0\n", "“Current / xA” is in the unknown unit “xA”"),
        ("Test Time / s,Voltage / V\n1,3.7\n", "no column for Current / A"),
        ("Test Time / s,Voltage / V,Current / A,Current / A\n1,3.7,0,0\n", "both hold Current / A"),
        (f"{HEADER}\n", "ends after its header (line 1) without a single row"),
        (f"{HEADER}\n\n\n", "without a single row"),
        ("", "is empty"),
        ("hello world\n", "No reader recognises"),
        (random.Random(1).randbytes(5000), "No reader recognises"),
        (b"\x00" * 5000, "it is no text"),
        (HEADER.encode() + b"\n" + b"\x00" * 5000, "it is no text"),
        (b"\x89PNG\r\n\x1a\n" + b"\x01" * 300, "it is no text"),
        (",".join(f"column_{i}" for i in range(100_000)) + "\n", "first line is longer than 64 kB"),
        (HEADER + "".join(f",x{i}" for i in range(3000)) + "\n1,3.7,0\n", "3004 columns and a test has at most 2000"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, text, said):
    assert said in refusal(write(tmp_path, text))


def test_zero_bytes_in_the_middle_of_a_file_are_bad_cells_with_their_line(tmp_path):
    body = "\n".join([HEADER, *rows(5000)]).encode()
    at = body.index(b"\n4000.5,") + 1
    path = write(tmp_path, body[:at] + b"\x00" * 6 + body[at + 6 :])
    _, reading = read(path)
    assert [(p.row, p.column) for p in errors(reading)] == [(4002, "test_time_second")]
    assert errors(reading)[0].value == "\\x00" * 6


def test_a_last_row_that_is_cut_off_is_an_error_and_not_dropped_silently(tmp_path):
    _, reading = read(write(tmp_path, "\n".join([HEADER, *rows(20), "20.5,3.7"])))
    assert [(p.rule, p.row, p.value) for p in errors(reading)] == [("row-ragged", 22, "20.5,3.7")]
    assert reading.rows_in == 21


def test_a_line_without_end_is_refused(tmp_path):
    path = write(tmp_path, "\n".join([HEADER, *rows(2000)]) + "\n" + "9" * (1 << 20))
    with pytest.raises(Unreadable, match="longer than"):
        read(path, reader=TextReader(LAYOUT, 1 << 18))


def test_a_quote_that_is_never_closed_is_refused_and_not_swallowed(tmp_path):
    lines = rows(4000)
    lines[100] = '"' + lines[100]
    path = write(tmp_path, "\n".join([HEADER, *lines]))
    with pytest.raises(Unreadable, match="quote"):
        read(path, reader=TextReader(LAYOUT, 1 << 14))


@pytest.mark.parametrize("chunk_bytes", [120, 1 << 20])
def test_line_breaks_inside_quotes_shift_the_lines_but_lose_no_row(tmp_path, chunk_bytes):
    lines = [f'{row},"two\nlines"' if i % 3 == 0 else f"{row},one" for i, row in enumerate(rows(30))]
    lines[20] = "20.5,bad,0.25,2,one"
    path = write(tmp_path, "\n".join([HEADER + ",Comment", *lines]) + "\n")
    table, reading = read(path, reader=TextReader(LAYOUT, chunk_bytes))
    assert table.num_rows == 30
    assert path.read_text().split("\n")[errors(reading)[0].row - 1].startswith("20.5,bad")


def test_rows_that_end_with_a_delimiter_more_than_the_header_are_read(tmp_path):
    table, reading = read(write(tmp_path, "\n".join([HEADER, *(row + "," for row in rows(9))])))
    assert table.num_rows == 9 and not errors(reading)


def test_a_change_of_encoding_far_into_the_file_does_not_pass(tmp_path):
    text = "\n".join([HEADER, *rows(9000)]).encode("utf-16-le")
    assert len(text) > 2 * HEAD_BYTES
    path = write(tmp_path, b"\xff\xfe" + text + b"\x00\xd8\x20\x00")
    assert "although the file begins as such" in refusal(path)


MACCOR_HEAD = "Today's Date\t01.02.2024\nRec#\tCyc#\tStep\tTestTime\tAmps\tVolts\tState\tDPt Time\n"


def maccor(*cells: tuple[str, str, str]) -> str:
    lines = [f"{i}\t0\t1\t{t}\t{a}\t3.7\t{s}\t01.02.2024 10:00:{i:02d}" for i, (t, a, s) in enumerate(cells, 1)]
    return MACCOR_HEAD + "\n".join(lines) + "\n"


def test_times_of_day_are_carried_past_midnight_also_across_chunks(tmp_path):
    times = ["23:59:50", "23:59:59.5", "0:00:10", "12:00:00", "23:00:00", "1:00:00"]
    path = write(tmp_path, maccor(*((t, "0", "R") for t in times)))
    for chunk_bytes in (60, 1 << 20):
        table, reading = read(path, reader=TextReader(MACCOR, chunk_bytes))
        assert table["test_time_second"].to_pylist() == [86390, 86399.5, 86410, 129600, 169200, 176400]
        assert any(p.rule == "past-midnight" and "2 days" in p.message for p in reading.problems)


def test_a_test_time_with_days_that_goes_back_is_left_for_the_checks(tmp_path):
    table, _ = read(write(tmp_path, maccor(("0d 23:00:00", "0", "R"), ("0d 01:00:00", "0", "R"))))
    assert table["test_time_second"].to_pylist() == [82800, 3600]


@pytest.mark.parametrize(
    ("cells", "signed"),
    [
        ([("1", "C"), ("2", "D"), ("0", "R")], [1, -2, 0]),
        ([("1", "C"), ("-2", "D"), ("-0.5", "P")], [1, -2, -0.5]),
    ],
)
def test_current_is_positive_in_charge_rows_and_negative_in_discharge_rows(tmp_path, cells, signed):
    table, reading = read(write(tmp_path, maccor(*((f"0:00:{i}", a, s) for i, (a, s) in enumerate(cells)))))
    assert table["current_ampere"].to_pylist() == signed and not errors(reading)


@pytest.mark.parametrize(
    ("cells", "row"),
    [([("1", "C"), ("2", "D"), ("3", "P")], 5), ([("1", "C"), ("-2", "D"), ("3", "D")], 5)],
)
def test_a_sign_that_cannot_be_known_is_an_error_with_its_line(tmp_path, cells, row):
    _, reading = read(write(tmp_path, maccor(*((f"0:00:{i}", a, s) for i, (a, s) in enumerate(cells)))))
    assert [(problem.rule, problem.row) for problem in errors(reading)] == [("sign-unknown", row)]


def test_a_date_that_reads_both_ways_gives_no_unix_time_but_says_so(tmp_path):
    table, reading = read(write(tmp_path, maccor(("0:00:1", "0", "R"), ("0:00:2", "0", "R"))), "Europe/Berlin")
    assert "unix_time_second" not in table.column_names
    assert any("day first and month first" in problem.message for problem in reading.problems)
    assert reading.header["1"] == "Today's Date\t01.02.2024"


def test_a_local_time_becomes_utc_by_the_declared_zone_in_summer_and_winter(tmp_path):
    text = maccor(("0:00:1", "0", "R"), ("0:00:2", "0", "R")).replace("01.02.2024 10:00:01", "15.07.2024 10:00:00")
    text = text.replace("01.02.2024 10:00:02", "15.12.2024 10:00:00")
    table, reading = read(write(tmp_path, text), "Europe/Berlin")
    assert table["unix_time_second"].to_pylist() == [1721030400.0, 1734253200.0]
    assert reading.started_at is not None and reading.started_at.isoformat() == "2024-07-15T08:00:00+00:00"


def test_an_unknown_time_zone_is_told_and_nothing_is_made_up(tmp_path):
    table, reading = read(write(tmp_path, maccor(("0:00:1", "0", "R"))), "Mars/Olympus")
    assert "unix_time_second" not in table.column_names
    assert any("none of the IANA names" in problem.message for problem in reading.problems)


def test_a_damaged_number_does_not_decide_the_decimal_sign_of_all_others(tmp_path):
    lines = [HEADER, *rows(20), "20.5,3.4.1,0.25,2", *rows(20, 21)]
    _, reading = read(write(tmp_path, "\n".join(lines)))
    assert [(bad.row, bad.value) for bad in errors(reading)] == [(22, "3.4.1")]


def test_a_line_of_remarks_does_not_decide_how_the_cells_of_others_are_read(tmp_path):
    header = "test_time_second;voltage_volt;current_ampere;unix_time_second"
    lines = [header, *(f"{i},0;3,7;0,5;{1_700_000_000 + i}" for i in range(9)), "Ended at 12:30:00; 1.234.567"]
    table, reading = read(write(tmp_path, "\n".join(lines)))
    assert [bad.rule for bad in errors(reading)] == ["row-ragged"]
    assert table["test_time_second"].to_pylist() == list(range(9))


def test_unix_times_may_have_a_decimal_comma(tmp_path):
    header = "test_time_second;voltage_volt;current_ampere;unix_time_second"
    table, _ = read(write(tmp_path, f"{header}\n0,5;3,71;0,25;1494645243,4715\n1,5;3,72;0,25;1494645244,4715"))
    assert table["unix_time_second"].to_pylist() == [1494645243.4715, 1494645244.4715]
