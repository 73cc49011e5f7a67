"""Workbooks as sheets of cells: what each kind of cell becomes, what is refused before it is opened."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from ingest import workbook
from ingest.detect import detect, head
from ingest.workbook import bounds as workbook_bounds
from schemas.errors import Unreadable
from tests.books import book
from tests.samples import FILES

SPAN, MOMENT = dt.timedelta, dt.datetime


def cells(path: Path, sheet: str = "a") -> list[list[str]]:
    return [[workbook.text(cell) for cell in row] for row in workbook.rows(path, sheet)]


def test_numbers_keep_every_digit_and_whole_ones_have_no_point(tmp_path):
    path = book(tmp_path / "a.xlsx", {"a": [[1, 0.3, 3.551234567890123, 1e-12, -4.0, 1e22, True, " 3,5 "]]})
    assert cells(path) == [["1", "0.3", "3.551234567890123", "1e-12", "-4", "1e+22", "TRUE", " 3,5 "]]


def test_clock_times_are_iso_and_time_spans_run_on_beyond_a_day(tmp_path):
    row = [MOMENT(2024, 7, 15, 10, 0, 0, 582000), MOMENT(2024, 7, 15), SPAN(hours=25, seconds=1.5), SPAN(0)]
    path = book(tmp_path / "a.xlsx", {"a": [row, [dt.time(23, 59, 59)]]})
    assert cells(path)[0] == ["2024-07-15 10:00:00.582000", "2024-07-15", "25:00:01.5", "0:00:00"]
    assert cells(path)[1][0] == "23:59:59"


@pytest.mark.parametrize(
    ("date", "span"),
    [
        (dt.date(1900, 1, 1), "24:00:00"),
        (MOMENT(1900, 1, 2, 6), "54:00:00"),
        (MOMENT(1900, 3, 1, 12), "1476:00:00"),
        # The calendar of workbooks has this day twice.
        (MOMENT(1900, 2, 28, 12), "1900-02-28 12:00:00"),
        (MOMENT(1904, 1, 2), "1904-01-02 00:00:00"),
    ],
)
def test_a_time_of_day_past_midnight_is_a_time_span_again(date, span):
    assert workbook.text(date) == span


def test_a_workbook_that_counts_from_1904_has_the_same_dates(tmp_path):
    path = book(tmp_path / "a.xlsx", {"a": [[MOMENT(2024, 7, 15, 10, 0, 1)]]}, date_1904=True)
    assert cells(path) == [["2024-07-15 10:00:01"]]


def test_rows_are_those_of_the_sheet_even_below_blank_ones_and_errors_are_empty(tmp_path):
    path = book(tmp_path / "a.xlsx", {"a": [[], [], ["x"], [], ["=NA()", 1]]})
    assert cells(path) == [["", ""], ["", ""], ["x", ""], ["", ""], ["", "1"]]


def test_line_breaks_and_tabs_in_a_cell_become_blanks():
    assert workbook.text("Voltage\n(V)\t ") == "Voltage (V)"


def test_sheets_are_told_with_their_first_rows_and_whether_they_are_hidden(tmp_path):
    rows = [[number, "x"] for number in range(5000)]
    path = book(tmp_path / "a.xlsx", {"a": rows, "b": [["y"]]}, hidden=["b"])
    first, second = workbook.sheets(path)
    assert (first.name, first.hidden, len(first.head)) == ("a", False, workbook.HEAD_ROWS)
    assert first.head[:2] == (("0", "x"), ("1", "x"))
    assert (second.name, second.hidden, second.head) == ("b", True, (("y",),))


def test_an_old_binary_workbook_has_the_same_cells_as_a_new_one():
    assert [sheet.name for sheet in workbook.sheets(FILES / "arbin.xls")] == ["Info", "Channel_1-008"]
    old = cells(FILES / "arbin.xls", "Channel_1-008")
    new = cells(FILES / "arbin.xlsx", "Channel_1-008_1")
    assert old[:4] == new


def member(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def test_a_part_that_unpacks_to_hundreds_of_times_its_size_is_refused_unopened(tmp_path):
    path = member(book(tmp_path / "a.xlsx", {"a": [["x"]]}), "xl/media/image1.xml", b"0" * 40_000_000)
    with pytest.raises(Unreadable, match=r"“xl/media/image1\.xml” of the workbook unpacks to 38 MB"):
        workbook.sheets(path)


def test_too_many_parts_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_bounds, "MOST_MEMBERS", 5)
    with pytest.raises(Unreadable, match="at most 5 parts"):
        workbook.sheets(book(tmp_path / "a.xlsx", {"a": [["x"]]}))


@pytest.mark.parametrize("corner", [(0, 16383), (3, 0)])
def test_a_sheet_whose_cells_span_too_much_is_refused_before_it_is_loaded(tmp_path, monkeypatch, corner):
    monkeypatch.setattr(workbook_bounds, "MOST_CELLS", 3)
    rows = [["x", *([None] * (corner[1] - 1)), *(["y"] if corner[1] else [])] for _ in range(corner[0] + 1)]
    with pytest.raises(Unreadable, match="The sheet “a” has"):
        cells(book(tmp_path / "a.xlsx", {"a": rows}))


def test_two_cells_at_the_corners_of_a_sheet_are_refused_before_it_is_loaded(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet("a")
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 100, "y")
    assert workbook.sheets(path)[0].head[0][0] == "x"
    with pytest.raises(Unreadable, match="within 1048576 rows and 101 columns"):
        cells(path)


def test_a_number_that_is_no_date_in_a_cell_of_dates_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        out.add_worksheet("a").write_number(0, 0, 1e300, out.add_format({"num_format": "[h]:mm:ss"}))
    with pytest.raises(Unreadable, match="cannot be opened"):
        cells(path)


def test_an_entity_in_a_workbook_is_not_expanded(tmp_path):
    path = book(tmp_path / "a.xlsx", {"a": [["x"]]})
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"b" * 1000 + b'">]><worksheet><sheetData><row r="1">'
    evil += b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    out = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(out, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, evil if name.endswith("sheet1.xml") else whole.read(name))
    try:
        assert "b" * 1000 not in str(cells(out))
    except Unreadable as refusal:
        assert "cannot be opened" in str(refusal)


@pytest.mark.parametrize("kept", [100, 3000, 7000])
def test_a_workbook_that_is_cut_off_is_refused_with_advice(tmp_path, kept):
    path = tmp_path / "cut.xlsx"
    path.write_bytes((FILES / "arbin.xlsx").read_bytes()[:kept])
    with pytest.raises(Unreadable, match="damaged or cut off"):
        detect(head(path, path.name))


def test_a_workbook_without_the_headings_of_a_test_is_refused_with_advice(tmp_path):
    path = book(tmp_path / "a.xlsx", {"a": [["Electrode", "Mass"], ["A", 1.5]]})
    with pytest.raises(Unreadable, match="no sheet of this workbook has the header of a known export"):
        detect(head(path, path.name))


def test_another_archive_or_binary_is_no_workbook(tmp_path):
    path = member(tmp_path / "a.xlsx", "word/document.xml", b"<x/>")
    assert not workbook.is_workbook(head(path, path.name))
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert not workbook.is_workbook(head(path, path.name))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "save it as .xlsx"),
        ("a.xls", b"<html><table/></html>", "save it as .xlsx"),
        ("a.ods", b"PK\x03\x04" + b"\0" * 40, "Save it as one of these"),
        ("a.cex", b"\0\1\2", "Export the records as csv or Excel from LANDdt"),
    ],
)
def test_what_looks_like_a_workbook_but_is_none_is_refused_with_advice(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=said):
        detect(head(path, name))
