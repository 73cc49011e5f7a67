"""The template as one long csv: a row per value, with run, object, step, parameter, value and unit."""

import csv
from collections.abc import Iterator, Sequence

from ingest.production.entries import KINDS, Edge, Entry, Filled, Line, Place, Told, is_example, written
from ingest.production.filled_workbook import edges
from ingest.production.headings import Role, heading, step_of
from ingest.reader import Head
from ingest.text import cells, sniff
from ingest.text.headers import plain
from ingest.text.sniff import Opened
from schemas.errors import Unreadable
from schemas.production import ObjectKind, ProducedObject, Recorded
from schemas.vocabulary import production

NEEDED = frozenset({"run", "object", "step", "parameter", "value"})
COLUMNS = ("run", "object", "object_kind", "step", "parameter", "value", "unit", "kind", "time", "machine", "method")
_FACTS = ("cellformat", "timezone", "vocabularyversion")
_LONGEST_CELL = 1024 * 1024


def is_header(headings: Sequence[str]) -> bool:
    """Run, object, step, parameter and value stand in one line."""
    return {plain(cell) for cell in headings} >= NEEDED


def filled(head: Head, told: Told) -> Filled:
    """Everything that stands in the csv.

    Raises:
        Unreadable: bytes are no text, or a quote is never closed.
    """
    opened = sniff.find_header(head, is_header)
    if opened is None:
        raise Unreadable("The header of a production csv (run, object, step, parameter, value) was not found.")
    columns = {plain(text): at for at, text in enumerate(opened.headings) if text.strip()}
    known = {plain(name) for name in COLUMNS}
    for text, at in columns.items():
        if text not in known:
            message = f"The column “{opened.headings[at]}” is none of the template and was not read."
            told.warn("heading-unknown", message, "Write it as a parameter.", Place(None, opened.line + 1))
    found = Filled()
    for number, row in _rows(head, opened):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(opened.headings):
            message = f"The row has {len(row)} cells, the header has {len(opened.headings)}; it could not be read."
            told.error("row-ragged", message, "Put text that holds the delimiter into quotes.", Place(None, number))
            continue
        said = {name: row[at].strip() for name, at in columns.items() if at < len(row)}
        if not is_example(said.get("object", "")):
            _read_row(Place(None, number), said, found, told)
    return found


def _read_row(place: Place, said: dict[str, str], found: Filled, told: Told) -> None:
    run, parameter, value = (said.get(name, "") for name in ("run", "parameter", "value"))
    if found.facts.run and run and run != found.facts.run:
        message = f"The file tells of two runs, “{found.facts.run}” and “{run}”."
        told.error("run-several", message, "Put each run into a file of its own.", place.at("run"), run)
        return
    if run and not found.facts.run:
        found.facts.run, found.facts.place = run, place.at("run")
    if not said.get("object") and not said.get("step") and plain(parameter) in _FACTS:
        _note_fact(plain(parameter), value, found)
        return
    found.rows += 1
    line = _line(place, said, told)
    if line is None or value in cells.EMPTY:
        return
    read = heading(line.step, parameter)
    if read.role is Role.SOURCE and read.kind is not None:
        found.edges.extend(_edges(place, read.kind, value, line))
        return
    entry = _entry(place, said, line, told)
    found.entries.extend([entry] if entry else [])


def _note_fact(name: str, value: str, found: Filled) -> None:
    if name == "cellformat":
        found.facts.cell_format = value
    elif name == "timezone":
        found.facts.time_zone = value or None
    else:
        found.facts.version = value or None


def _line(place: Place, said: dict[str, str], told: Told) -> Line | None:
    step = step_of(said.get("step", ""))
    if step is None:
        message = f"“{said.get('step', '')}” is no process step."
        hint = f"Steps are {', '.join(production().steps)}."
        told.error("step-unknown", message, hint, place.at("step"), said.get("step", ""))
        return None
    if not said.get("object"):
        told.error("object-missing", "The row names no object.", "Name the object.", place.at("object"))
        return None
    objects = production().steps[step].objects
    text = said.get("objectkind", "")
    kind = KINDS.get(text.casefold()) if text else objects[0] if len(objects) == 1 else None
    if kind is None:
        message = f"“{said['object']}” is of no kind that {step} works on."
        told.error("object-kind", message, f"Write one of {', '.join(objects)}.", place.at("object_kind"), text)
        return None
    made = ProducedObject(kind=kind, name=said["object"])
    return Line(place, made, step, said.get("machine") or None, said.get("method") or None)


def _entry(place: Place, said: dict[str, str], line: Line, told: Told) -> Entry | None:
    read = heading(line.step, said.get("parameter", ""))
    text = said.get("kind", "").casefold().replace(" ", "-")
    if text not in ("", *Recorded):
        message = f"“{said['kind']}” is neither set-point nor actual."
        told.error("kind-unknown", message, "Write set-point or actual.", place.at("kind"), said["kind"])
        return None
    if read.named is None:
        message = f"“{said.get('parameter', '')}” is a column of the csv and no parameter."
        told.error("parameter-unknown", message, "Fill in that column.", place.at("parameter"))
        return None
    named = read.named
    if text:
        named = type(named)(named.name, named.parameter, named.side, named.part, Recorded(text))
    unit = said.get("unit") or read.unit
    return Entry(line, place.at("value"), named, said.get("value", ""), unit, said.get("time") or None)


def _edges(place: Place, kind: ObjectKind, value: str, line: Line) -> Iterator[Edge]:
    return edges(place.at("value"), kind, written(value), line)


def _rows(head: Head, opened: Opened) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header with the number of the line on which each ends."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with head.path.open(encoding=opened.encoding, newline="") as file:
            for _ in range(opened.line + 1):
                file.readline(_LONGEST_CELL)
            lines = csv.reader(file, delimiter=opened.delimiter)
            for row in lines:
                yield opened.line + 1 + lines.line_num, row
    except (csv.Error, UnicodeDecodeError) as fault:
        raise Unreadable(f"The csv is damaged ({fault}): save it again as UTF-8, with every quote closed.") from fault
