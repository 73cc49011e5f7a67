"""Everything that is wrong with a sheet is told at once: where it stands, what was found, what is meant."""

import datetime as dt
import io
from typing import Any

import pytest
import xlsxwriter

from exchange.sheets.read import read
from schemas.errors import ExchangeError
from schemas.sheet import SheetForm, SheetProblem

Cells = list[list[Any]]


def book(datasets: Cells, defaults: Cells = ()) -> bytes:  # type: ignore[assignment]  # none
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
        for name, rows in (("Datasets", datasets), ("Defaults", [["place", "value"], *defaults])):
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return content.getvalue()


def problems(datasets: Cells, defaults: Cells = ()) -> tuple[SheetProblem, ...]:  # type: ignore[assignment]  # none
    return read(book(datasets, defaults), SheetForm.XLSX, "cells.xlsx").problems


CLOCK = dt.datetime(2026, 3, 31, 14, 5)


@pytest.mark.parametrize(
    ("heading", "cell", "message", "hint"),
    [
        ("cell.nominal_capacity_ah", "3,55", "decimal comma, where 3.55 is meant", "decimal point"),
        ("cell.nominal_capacity_ah", "1.234,5", "decimal comma, where 1234.5 is meant", "decimal point"),
        ("cell.nominal_capacity_ah", "5 Ah", "holds a number and 'Ah' in one cell", "heading"),
        ("cell.nominal_capacity_ah", "five", "is no number", "digits"),
        ("cell.nominal_capacity_ah", CLOCK, "may have turned one into a date", "Format the cell"),
        ("cell.nominal_capacity_ah", -1, "greater than 0", ""),
        ("cell.nominal_capacity_ah [V]", 5, "'V' is a unit of", "Known here are"),
        ("cell.nominal_capacity_ah [Amp]", 5, "'Amp' is no known unit", "Known here are"),
        ("cell.id [Ah]", "A", "cell.id has no unit", "without [Ah]"),
        ("nominal_capacity_ah", 5, "no place 'nominal_capacity_ah'", ""),
        ("cell.nominal_capcity_ah", 5, "nearest are cell.nominal_capacity_ah, cell.nominal_voltage_v", ""),
        ("creators[101].name", "Ada", "no place 'creators[101].name'", ""),
        ("cell.configuration", "ful", "nearest is 'full'", ""),
        ("creators[1].agreed", "perhaps", "neither yes nor no", "yes or no"),
        ("creators[1].orcid", "0000-0002-1825-0098", "wrong check character", ""),
        ("creators[1].ror", "ror.org/010nsgg66", "no ROR id", ""),
        ("test.cycles", 2.5, "no whole number", ""),
        ("test.started_at", CLOCK, "neither row nor defaults say a time zone", "Europe/Berlin"),
        ("test.started_at", "2026-03-31 14:05", "neither row nor defaults say a time zone", "offset"),
        ("test.started_at", "2026-03-31", "a day without a clock time", "2026-03-31T14:05"),
        ("test.started_at", "31.3. noon", "is no date and time", "2026-03-31T14:05"),
        ("time_zone", "Berlin", "'Berlin' is no IANA time zone", ""),
        ("schema_version", "9.0", "version 9.0 of the metadata schema", ""),
        ("dataset", "PLX-1", "is no id of a dataset", "PLX-7Q4K-M2XD"),
        ("dataset", "PLX-7Q4K-M2XD@2", "is no id of a dataset", ""),
        ("protocol.targets", "[1", "is no JSON", ""),
        ("", "stray", "the column has no heading", ""),
    ],
)
def test_each_wrong_cell_is_told_with_its_place_and_what_is_meant(
    heading: str, cell: object, message: str, hint: str
) -> None:
    found = [one for one in problems([["title", heading], ["A", cell]]) if one.column != "creators[1].name"]
    matching = [one for one in found if message in one.message and hint in one.hint]
    assert matching, found
    one = matching[0]
    assert (one.file, one.sheet) == ("cells.xlsx", "Datasets")
    assert one.row == (1 if "place" in message or "unit" in message or "nearest are cell" in message else 2)
    assert one.value


def test_all_problems_of_a_file_are_told_at_once_and_those_of_defaults_once() -> None:
    found = problems(
        [["title", "test.cycles", "titel"], ["A", "3,5", ""], ["B", 0, ""]],
        [["cell.configuration", "ful"], ["file", "a.csv"], ["test.protcol.name", "RR"], ["line", ""], ["line", "N"]],
    )
    places = {(one.sheet, one.row, one.column) for one in found}
    assert places == {
        ("Datasets", 1, "titel"),
        ("Datasets", 2, "test.cycles"),
        ("Datasets", 3, "test.cycles"),
        ("Defaults", 2, "cell.configuration"),
        ("Defaults", 3, "file"),
        ("Defaults", 4, "test.protcol.name"),
    }
    assert {one.pointer for one in found} >= {"/datasets/0/test/cycles", "/defaults/cell/configuration"}


def test_a_heading_that_stands_twice_is_refused_in_whatever_unit() -> None:
    found = problems([["cell.nominal_voltage_v", "cell.nominal_voltage_v [mV]"], [3.7, 3700]])
    assert {one.message for one in found} == {"there are 2 columns for cell.nominal_voltage_v"}


@pytest.mark.parametrize(
    ("heading", "cell", "kept"), [("[mAh]", 3550, 3.55), ("[A.h]", 3.55, 3.55), ("[C]", 18000, 5.0)]
)
def test_units_in_the_heading_are_converted_exactly(heading: str, cell: float, kept: float) -> None:
    found = read(book([[f"cell.nominal_capacity_ah {heading}"], [cell]]), SheetForm.XLSX, "x")
    assert found.problems == () and found.rows[0].record == {"cell": {"nominal_capacity_ah": kept}}


def test_dates_of_the_spreadsheet_are_taken_in_the_time_zone_of_row_or_defaults() -> None:
    cells = [["test.started_at", "time_zone"], [CLOCK, ""], [CLOCK, "UTC"], [dt.datetime(2026, 10, 25, 2, 30), ""]]
    found = read(book(cells, [["time_zone", "Europe/Berlin"]]), SheetForm.XLSX, "x")
    first, second = (row.record.get("test", {}).get("started_at") for row in found.rows)
    assert (first, second) == ("2026-03-31T14:05:00+02:00", "2026-03-31T14:05:00+00:00")
    [one] = found.problems
    assert "showed twice" in one.message and one.row == 4


def test_a_number_in_a_column_of_text_is_the_text_that_was_typed() -> None:
    found = read(book([["test.protocol.version", "cell.id"], [2, 12.5]]), SheetForm.XLSX, "x")
    assert found.rows[0].record == {"test": {"protocol": {"version": "2"}}, "cell": {"id": "12.5"}}


def test_a_row_goes_before_the_defaults_and_may_empty_what_they_say() -> None:
    found = read(
        book(
            [["cell.id", "line", "creators[2].name"], ["A", "", ""], ["B", "West", "Bo"], ["C", "(empty)", ""]],
            [["line", "North"], ["creators[1].name", "Ada"]],
        ),
        SheetForm.XLSX,
        "x",
    )
    assert [row.record["line"] for row in found.rows] == ["North", "West", None]
    assert [row.record["creators"] for row in found.rows] == [[{"name": "Ada"}], [{"name": "Bo"}], [{"name": "Ada"}]]


YAML = """\
defaults:
  kind: cell-test
  time_zone: Europe/Berlin
datasets:
  - file: a.csv
    cell: {id: 0012, nominal_capacity_ah: {value: 5000, unit: mAh}}
    test:
      protocol: {name: RR-2026-1, version: 1.10}
      started_at: 2026-03-31 14:05
      cycles: "3,5"
    description:
    line: null
  - cell:
      nominal_capacity: 5
      nominal_capacity_ah: {value: 5, unit: V}
    keywords: [no, 2026]
"""


def test_yaml_keeps_what_was_typed_and_problems_name_their_lines() -> None:
    found = read(YAML.encode(), SheetForm.YAML, "cells.yaml")
    first = found.rows[0].record
    assert (first["cell"]["id"], first["test"]["protocol"]["version"]) == ("0012", "1.10")
    assert first["test"]["started_at"] == "2026-03-31T14:05:00+02:00"
    assert first["line"] is None and "description" not in first
    assert found.rows[1].record["keywords"] == ["no", "2026"]
    assert [(one.row, one.pointer) for one in found.problems] == [
        (10, "/datasets/0/test/cycles"),
        (15, "/datasets/1/cell/nominal_capacity_ah"),
        (14, "/datasets/1/cell/nominal_capacity"),
    ]
    assert "nearest" in found.problems[2].message and "unit of" in found.problems[1].message


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        (b"", SheetForm.XLSX, "no workbook"),
        (b"PK\x03\x04 cut off", SheetForm.XLSX, "no workbook"),
        (b"\xff\xfe", SheetForm.CSV, "no text in UTF-8"),
        (b"title\n", SheetForm.CSV, "holds no datasets"),
        (b'title\n"A', SheetForm.CSV, "no csv"),
        (b"datasets: [", SheetForm.YAML, "no YAML"),
        (b"a: &a [1]\ndatasets: [*a, *a]", SheetForm.YAML, "an alias"),
        (b"- title: A", SheetForm.YAML, "no object with `datasets`"),
        (b"defaults: {}", SheetForm.YAML, "no list `datasets`"),
        (b"[" * 100_000, SheetForm.YAML, ""),
        (b"[" * 100_000, SheetForm.JSON, ""),
        (b'{"datasets": [', SheetForm.JSON, "no JSON"),
        (b'{"datasets": [{"cell": {"nominal_capacity_ah": NaN}}]}', SheetForm.JSON, "no JSON"),
        (b'{"datasets": [' + b'{"title": "A"},' * 1000 + b'{"title": "A"}]}', SheetForm.JSON, "at most 1000"),
        (b" " * (8 * 2**20 + 1), SheetForm.CSV, "at most"),
    ],
)
def test_what_is_no_sheet_is_refused_with_a_sentence(content: bytes, form: SheetForm, said: str) -> None:
    with pytest.raises(ExchangeError) as refused:
        read(content, form, "x")
    assert said in refused.value.message and refused.value.message.endswith(".")


@pytest.mark.parametrize("form", [SheetForm.YAML, SheetForm.JSON])
def test_a_name_that_stands_twice_or_is_unknown_at_the_top_is_told(form: SheetForm) -> None:
    found = read(b'{"datasets": [{"title": "A", "title": "B"}], "dataset": []}', form, "x").problems
    assert any("twice" in one.message or "second time" in one.message for one in found)
    assert any("no 'dataset' here" in one.message for one in found)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_has_its_defaults_in_a_row_of_its_own(delimiter: str) -> None:
    lines = [["dataset", "cell.id", "line"], ["DEFAULTS", "", "North"], ["", "A", ""]]
    text = "\n".join(delimiter.join(line) for line in lines)
    [row] = read(text.encode(), SheetForm.CSV, "x").rows
    assert row.record == {"line": "North", "cell": {"id": "A"}} and row.own.at.row == 3
