"""The template as a workbook: one sheet per step with a row per object, and a sheet for the genealogy."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest import workbook
from ingest.production.cell_errors import cell_errors
from ingest.production.entries import KINDS, Edge, Entry, Facts, Filled, Line, Place, Told, is_example, written
from ingest.production.headings import Heading, Role, heading, step_of
from ingest.reader import Head
from ingest.text import cells
from ingest.text.headers import plain
from schemas.production import ObjectKind, ProducedObject
from schemas.vocabulary import production

RUN_SHEET = "Production run"
GENEALOGY_SHEET = "Genealogy"
SILENT_SHEETS = ("Read me", "Lists")
_HEADER_WITHIN = 20
Rows = Sequence[Sequence[object]]
Pairs = Sequence[tuple[Heading, object]]
"""The cells of a row, each with its heading."""


def filled(head: Head, told: Told) -> Filled:
    """Everything that stands in the workbook.

    Raises:
        Unreadable: the workbook is damaged.
    """
    found = Filled()
    every = [(one.name, list(workbook.rows(head.path, one.name))) for one in workbook.sheets(head.path)]
    for name, rows in every:
        if plain(name) == plain(RUN_SHEET):
            found.facts = facts(rows, name)
    for name, rows in every:
        step = step_of(name)
        if step is not None or plain(name) in (plain(RUN_SHEET), plain(GENEALOGY_SHEET)):
            _tell_errors(head, name, told)
        if step is not None:
            _read_step(_Sheet(name, step, rows), found, told)
        elif plain(name) == plain(GENEALOGY_SHEET):
            _read_genealogy(name, rows, found, told)
        elif plain(name) not in {plain(known) for known in (RUN_SHEET, *SILENT_SHEETS)} and any(_rows(rows)):
            message = f"The sheet “{name}” is none of the template and was not read."
            told.warn("sheet-unknown", message, "Name it after a process step if it holds one.", Place(name, 1))
    return found


def _tell_errors(head: Head, sheet: str, told: Told) -> None:
    for row, column, shown in cell_errors(head.path, sheet):
        message = f"The cell {column}{row} holds the spreadsheet's error “{shown}”."
        told.error(
            "cell-unreadable", message, "Correct the formula or write the value.", Place(sheet, row, column), shown
        )


def facts(rows: Rows, sheet: str) -> Facts:
    """What the sheet of the run says: the name in the first column, the value in the second."""
    said: dict[str, tuple[int, str]] = {}
    for row, row_cells in _rows(rows):
        if len(row_cells) > 1 and written(row_cells[1]):
            said.setdefault(plain(written(row_cells[0])), (row, written(row_cells[1])))
    place = Place(sheet, said.get("productionrun", (1, ""))[0])
    return Facts(
        run=said.get("productionrun", (0, ""))[1],
        cell_format=said.get("cellformat", (0, ""))[1],
        time_zone=said.get("timezone", (0, ""))[1] or None,
        version=said.get("vocabularyversion", (0, ""))[1] or None,
        place=place,
    )


@dataclass(frozen=True)
class _Sheet:
    name: str
    step: str
    rows: Rows


def _read_step(sheet: _Sheet, found: Filled, told: Told) -> None:
    header = _header(sheet)
    if header is None:
        if any(_rows(sheet.rows)):
            message = f"The sheet “{sheet.name}” has no heading such as “{_object_heading(sheet.step)}”."
            told.error("header-missing", message, "Keep the template's headings in one row.", Place(sheet.name, 1))
        return
    number, headings = header
    for row, row_cells in _rows(sheet.rows[number:], number):
        found.rows += 1
        _read_row(sheet, row, list(zip(headings, row_cells, strict=False)), found, told)


def _header(sheet: _Sheet) -> tuple[int, list[Heading]] | None:
    """How many rows stand up to and with the header, and its headings."""
    for row, row_cells in _rows(sheet.rows[:_HEADER_WITHIN]):
        headings = [heading(sheet.step, written(cell)) for cell in row_cells]
        if any(one.role is Role.OBJECT for one in headings):
            return row, headings
    return None


def _read_row(sheet: _Sheet, row: int, pairs: Pairs, found: Filled, told: Told) -> None:
    place = Place(sheet.name, row)
    name, kind = _object(sheet, pairs)
    if name and is_example(name):
        found.rows -= 1
        return
    if not name:
        there = next((one.text for one, cell in pairs if written(cell)), "")
        message = f"The row has values but names no object under “{_object_heading(sheet.step)}”."
        told.error("object-missing", message, "Name the object or empty the row.", place.at(there))
        return
    if kind is None:
        message = f"“{name}” is of no kind that {sheet.step} works on."
        hint = f"Choose one of {', '.join(production().steps[sheet.step].objects)} under “Object kind”."
        told.error("object-kind", message, hint, place.at("Object kind"))
        return
    made = ProducedObject(kind=kind, name=name)
    said = {one.role: written(cell) for one, cell in pairs if one.role in (Role.MACHINE, Role.METHOD)}
    line = Line(place, made, sheet.step, said.get(Role.MACHINE) or None, said.get(Role.METHOD) or None, row)
    for one, cell in pairs:
        text = written(cell)
        if text in cells.EMPTY:
            continue
        if one.role is Role.SOURCE and one.kind is not None:
            found.edges.extend(edges(place.at(one.text), one.kind, text, line))
        elif one.named is not None and one.text:
            found.entries.append(Entry(line, place.at(one.text), one.named, cell, one.unit))
        elif one.named is not None:
            told.warn("heading-unknown", "A value stands below no heading and was not read.", "", place, cell)


def edges(place: Place, kind: ObjectKind, text: str, line: Line) -> Iterator[Edge]:
    """One edge for each name of a cell; several stand with semicolons or on lines of their own."""
    for name in re.split(r"[;\n]", text):
        if name.strip():
            yield Edge(place, ProducedObject(kind=kind, name=name.strip()), line.step, line.object)


def _object(sheet: _Sheet, pairs: Pairs) -> tuple[str, ObjectKind | None]:
    step = production().steps[sheet.step]
    name, kind = "", step.objects[0] if len(step.objects) == 1 else None
    for one, cell in pairs:
        if one.role is Role.OBJECT and written(cell):
            name, kind = written(cell), one.kind or kind
        elif one.role is Role.KIND and written(cell):
            kind = KINDS.get(written(cell).casefold())
    return name, kind


def _read_genealogy(name: str, rows: Rows, found: Filled, told: Told) -> None:
    columns: dict[str, int] = {}
    for row, row_cells in _rows(rows):
        texts = [written(cell) for cell in row_cells]
        if not columns:
            plains = [plain(text) for text in texts]
            if {"input", "step", "output"} <= set(plains):
                columns = {text: plains.index(text) for text in plains if text}
            continue
        said = {key: texts[at] for key, at in columns.items() if at < len(texts)}
        if is_example(said.get("input", "")):
            continue
        found.rows += 1
        edge = _edge(Place(name, row), said, told)
        found.edges.extend([edge] if edge else [])
    if not columns and any(_rows(rows)):
        message = f"The sheet “{name}” has no row with the headings Input, Step and Output."
        told.error("header-missing", message, "Keep the template's headings in one row.", Place(name, 1))


def _edge(place: Place, said: dict[str, str], told: Told) -> Edge | None:
    step = step_of(said.get("step", ""))
    kinds = [KINDS.get(said.get(key, "").casefold()) for key in ("inputkind", "outputkind")]
    source, product = said.get("input", ""), said.get("output", "")
    wrong = [
        what
        for what, right in (
            ("Input", source),
            ("Input kind", kinds[0]),
            ("Step", step),
            ("Output", product),
            ("Output kind", kinds[1]),
        )
        if not right
    ]
    if wrong or step is None or kinds[0] is None or kinds[1] is None:
        message = f"The genealogy's row has no usable {', '.join(wrong)}."
        hint = f"Fill in all five cells; kinds are {', '.join(KINDS)}, steps are those of the template."
        told.error("genealogy-incomplete", message, hint, place.at(wrong[0]), said.get(plain(wrong[0]), ""))
        return None
    return Edge(place, ProducedObject(kind=kinds[0], name=source), step, ProducedObject(kind=kinds[1], name=product))


def _object_heading(step: str) -> str:
    return object_heading(production().steps[step].objects)


def object_heading(objects: Sequence[ObjectKind]) -> str:
    """The heading above the names of a step's objects."""
    return f"{objects[0].value.capitalize()} id" if len(objects) == 1 else "Object id"


def _rows(rows: Rows, before: int = 0) -> Iterator[tuple[int, Sequence[object]]]:
    """Rows that are not empty, with their 1-based number."""
    for number, row in enumerate(rows, before + 1):
        if any(written(cell) for cell in row):
            yield number, row
