"""Templates for metadata, made from the schema: as a workbook, csv, YAML or JSON, empty or with records filled in."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from exchange.sheets import skeleton
from exchange.sheets.book import workbook_of
from exchange.sheets.columns import KEYS, Column, column, columns
from exchange.sheets.flat import Flat, flat
from exchange.sheets.grid import DEFAULTS
from schemas.metadata import DatasetKind
from schemas.sheet import SheetForm
from schemas.upgrade import SCHEMA_VERSION

MEDIA_TYPES: Final = {
    SheetForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetForm.CSV: "text/csv",
    SheetForm.YAML: "application/yaml",
    SheetForm.JSON: "application/json",
}


@dataclass(frozen=True)
class Filled:
    """A record for a row of a sheet, and what says which dataset it is about."""

    record: Mapping[str, Any]
    keys: Mapping[str, str] = field(default_factory=dict)


def template(kind: DatasetKind, form: SheetForm) -> bytes:
    """An empty sheet for datasets of this kind, with the meaning of every field."""
    return sheet(kind, form, ())


def sheet(
    kind: DatasetKind, form: SheetForm, rows: Sequence[Filled], defaults: Mapping[str, Any] | None = None
) -> bytes:
    """A sheet with these records; `defaults` hold for all of them."""
    common = {"kind": kind.value} if defaults is None else dict(defaults)
    if form is SheetForm.YAML:
        return skeleton.yaml_of(kind, columns(kind), [{**one.keys, **one.record} for one in rows], common).encode()
    if form is SheetForm.JSON:
        return _json(columns(kind), rows, common)
    cells: list[Flat] = [{**one.keys, **flat(one.record)} for one in rows]
    of = _with_more(columns(kind), [*cells, flat(common)])
    if form is SheetForm.CSV:
        return _csv(of, cells, flat(common))
    return workbook_of(kind, of, cells, flat(common))


def _with_more(of: Sequence[Column], rows: Iterable[Flat]) -> list[Column]:
    """Columns for what records hold beyond the template's: further entries of lists, places of another kind."""
    known = {one.place for one in of}
    more = sorted({place for row in rows for place in row} - known - set(KEYS))
    return [*of, *(found for place in more if (found := column(place)) is not None)]


def _csv(of: Sequence[Column], rows: Sequence[Flat], common: Flat) -> bytes:
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([*KEYS, *(one.heading for one in of)])
    for row in ({"dataset": DEFAULTS, **common}, *rows):
        lines.writerow([row.get(place, "") for place in (*KEYS, *(one.place for one in of))])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _json(of: Sequence[Column], rows: Sequence[Filled], common: Mapping[str, Any]) -> bytes:
    about = KEYS | {one.heading: one.said() for one in of}
    empty = dict.fromkeys(KEYS, "") | skeleton.nested_places(of, lambda _: "")
    document = {
        "about": {
            "schema_version": SCHEMA_VERSION,
            "an empty text": "says nothing",
            "null": "empties a field",
            **about,
        },
        "defaults": dict(common),
        "datasets": [{**one.keys, **one.record} for one in rows] or [empty],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
