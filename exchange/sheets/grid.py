"""Sheets with rows and columns: from cells to what each row says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from exchange.sheets import cells
from exchange.sheets.cells import Wrong
from exchange.sheets.headings import Heading, heading, headings
from exchange.sheets.rows import At, Row, Said, nested, problem
from ingest import workbook
from schemas.sheet import SheetProblem
from schemas.time_zones import time_zones

DEFAULTS: Final = "DEFAULTS"
"""In a csv, the row with this in its column `dataset` holds the defaults."""
Cells = list[workbook.Cell]


@dataclass(frozen=True)
class Grid:
    """A sheet as rows of cells from its row 1 on, blank ones too; the first that is not blank holds the headings."""

    name: str | None
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class _Entry:
    heading: Heading
    cell: workbook.Cell
    at: At


def read(datasets: Grid, defaults: Grid | None) -> tuple[list[Row], list[SheetProblem]]:
    """What the rows say over the defaults, and all that is wrong with single cells and headings."""
    problems: list[SheetProblem] = []
    lines = list(_lines(datasets, problems))
    of_all = [line for line in lines if _key(line, "dataset") == DEFAULTS]
    common = list(_facts(defaults, problems)) if defaults else [entry for line in of_all for entry in line]
    zone_of_all = _zone(common, None)
    held, _ = _said(common, zone_of_all, "/defaults", problems)
    rows = []
    for number, line in enumerate(line for line in lines if line not in of_all):
        own, keys = _said(line, _zone(line, zone_of_all), f"/datasets/{number}", problems)
        rows.append(Row(own, held, keys.get("dataset", ""), keys.get("file", "")))
    return rows, problems


def _lines(grid: Grid, problems: list[SheetProblem]) -> Iterator[list[_Entry]]:
    """The filled cells of each row that has any."""
    numbered = [(at, row) for at, row in enumerate(grid.rows, 1) if any(_filled(cell) for cell in row)]
    if not numbered:
        return
    (first, top), rest = numbered[0], numbered[1:]
    texts = [workbook.text(cell) for cell in top]
    wide = max(len(row) for _, row in numbered)
    of = headings([*texts, *[""] * (wide - len(texts))])
    for text, found in zip(texts, of, strict=False):
        if isinstance(found, Wrong):
            at = At(grid.name, first, text[:80])
            problems.append(problem(at, "", found.message, text, found.hint))
    for number, row in rest:
        line = []
        for position, cell in enumerate(row):
            found = of[position]
            if found is None and _filled(cell):
                place = At(grid.name, number, f"number {position + 1}")
                problems.append(problem(place, "", "the column has no heading", workbook.text(cell)))
            elif isinstance(found, Heading) and _filled(cell):
                line.append(_Entry(found, cell, At(grid.name, number, found.text)))
        if line:
            yield line


def _facts(grid: Grid, problems: list[SheetProblem]) -> Iterator[_Entry]:
    """The defaults of a workbook: place and value side by side; the first row holds the headings."""
    seen: set[str] = set()
    for number, row in list(enumerate(grid.rows, 1))[1:]:
        name = workbook.text(row[0]).strip() if row else ""
        if len(row) < 2 or not _filled(row[1]):
            continue
        at = At(grid.name, number, name[:80] or None)
        found = heading(name)
        if isinstance(found, Wrong):
            problems.append(problem(at, "", found.message, name, found.hint))
        elif found.key:
            problems.append(problem(at, "", f"{found.key} differs from row to row and has no default"))
        elif found.column and found.column.place in seen:
            problems.append(problem(at, "", f"{found.column.place} stands here a second time"))
        elif found.column:
            seen.add(found.column.place)
            yield _Entry(found, row[1], at)


def _said(
    line: list[_Entry], zone: str | None, pointer: str, problems: list[SheetProblem]
) -> tuple[Said, dict[str, str]]:
    keys, values = {}, []
    for one in line:
        if one.heading.key:
            keys[one.heading.key] = workbook.text(one.cell).strip()
        elif one.heading.column is not None:
            found = cells.value(one.cell, one.heading.column.form, zone)
            place = one.heading.column.place
            if isinstance(found, Wrong):
                shown = workbook.text(one.cell)
                at_place = pointer + "".join(f"/{part}" for part in _steps(place))
                problems.append(problem(one.at, at_place, found.message, shown, found.hint))
            elif found is not cells.NOT_SAID:
                values.append((place, one.heading.in_unit(found), one.at))
    record, places = nested(values)
    at = line[0].at if line else At()
    return Said(record, places, At(at.sheet, at.row), pointer), keys


def _steps(place: str) -> Iterator[str]:
    for step in place.split("."):
        name, _, number = step.partition("[")
        yield name
        if number:
            yield str(int(number.rstrip("]")) - 1)


def _zone(line: Iterable[_Entry], otherwise: str | None) -> str | None:
    """The time zone that the row says; one that does not exist is told where the record is checked."""
    said = (one.cell for one in line if one.heading.column and one.heading.column.place == "time_zone")
    found = next((str(cell).strip() for cell in said), None)
    return found if found in time_zones() else otherwise


def _key(line: list[_Entry], name: str) -> str:
    return next((workbook.text(one.cell).strip() for one in line if one.heading.key == name), "")


def _filled(cell: workbook.Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())
