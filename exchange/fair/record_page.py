"""The metadata record for people: every field with meaning, unit, example, class, and for what it is needed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from html import escape
from itertools import groupby
from types import UnionType
from typing import Final, Union, get_args, get_origin

from pydantic import AwareDatetime

from schemas.iris import unit_terms
from schemas.metadata import Metadata
from schemas.profiles import NEEDS
from schemas.record.field import Described, fields_of
from schemas.upgrade import SCHEMA_VERSION

TITLE: Final = f"The metadata record, version {SCHEMA_VERSION}"
INTRODUCTION: Final = (
    "Every field may be left out of a draft. A quantity is written as a number in the unit of its field, or as "
    '`{"value": 2500, "unit": "mAh"}` in any known unit of the same kind; a moment is written with its offset from '
    "UTC.",
    "Class: `core` fields are shown to everybody to whom the record is open, `network` fields to admitted "
    "organisations, `confidential` ones only with level tables or by a tick in the grant.",
    "Needed for: `shareable` is what release asks for, `round` what a round robin asks for besides, `open` what "
    "publication to the world asks for besides; in brackets the kinds of dataset of which it is asked.",
)
COLUMNS: Final = ("Field", "Meaning", "Form", "Unit", "Example", "Class", "Needed for", "Term")
_FORMS: Final = {
    bool: "yes or no",
    int: "whole number",
    float: "number",
    AwareDatetime: "moment with offset",
    str: "text",
}


@dataclass(frozen=True)
class Row:
    """One field as it is shown; `term` is an IRI, or why there is none."""

    field: str
    meaning: str
    form: str
    unit: str
    unit_iri: str
    example: str
    of: str
    needed: str
    term: str

    @property
    def section(self) -> str:
        """The group of the record in which it stands."""
        return self.field.partition(".")[0].removesuffix("[]") if "." in self.field else ""


def rows() -> tuple[Row, ...]:
    """Every field; those of the record itself first, then group by group."""
    made = [_row(one) for one in fields_of(Metadata)]
    return tuple(sorted(made, key=lambda row: row.section != ""))


def markdown() -> str:
    """The page of the documentation."""
    parts = [f"# {TITLE}", *INTRODUCTION]
    for section, held in _sections(rows()):
        parts += [f"## {section or 'The record'}", _table(held)]
    generated = "<!-- Written by `python -m exchange.fair.schema_docs`; a test compares. -->"
    return "\n\n".join([generated, *parts]) + "\n"


def html() -> str:
    """The body of the page that an installation shows."""
    parts = [f"<h1>{escape(TITLE)}</h1>", *(f"<p>{_marked(text)}</p>" for text in INTRODUCTION)]
    head = "".join(f"<th>{name}" for name in COLUMNS)
    for section, held in _sections(rows()):
        body = "".join("<tr>" + "".join(f"<td>{cell}" for cell in _html_cells(row)) for row in held)
        parts.append(f"<h2>{escape(section or 'The record')}</h2>")
        parts.append(f'<div class="scroll"><table><thead><tr>{head}</thead><tbody>{body}</tbody></table></div>')
    return "".join(parts)


def _sections(every: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    return [(section, list(held)) for section, held in groupby(every, key=lambda row: row.section)]


def _table(held: list[Row]) -> str:
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return "\n".join(lines + ["| " + " | ".join(_markdown_cells(row)) + " |" for row in held])


def _markdown_cells(row: Row) -> tuple[str, ...]:
    unit = f"[{row.unit}]({row.unit_iri})" if row.unit_iri else row.unit
    term = f"<{row.term}>" if row.term.startswith("http") else row.term
    example = f"`{row.example}`" if row.example else ""
    cells = (f"`{row.field}`", row.meaning, row.form, unit, example, row.of, row.needed, term)
    return tuple(cell.replace("|", "\\|") for cell in cells)


def _html_cells(row: Row) -> tuple[str, ...]:
    unit = _link(row.unit_iri, row.unit) if row.unit_iri else escape(row.unit)
    term = _link(row.term, row.term) if row.term.startswith("http") else escape(row.term)
    example = f"<code>{escape(row.example)}</code>" if row.example else ""
    plain = (escape(text) for text in (row.meaning, row.form))
    # A name breaks between its words only.
    field = escape(row.field).replace("_", "_<wbr>").replace(".", ".<wbr>")
    return (field, *plain, unit, example, row.of, escape(row.needed), term)


def _row(one: Described) -> Row:
    unit = unit_terms()[one.unit] if one.unit else None
    example = one.example if isinstance(one.example, str) else json.dumps(one.example, ensure_ascii=False)
    return Row(
        field=one.path,
        meaning=one.meaning,
        form=_form(one.type) + (f", a term of {one.vocabulary}" if one.vocabulary else ""),
        unit=one.unit,
        unit_iri=unit.iri if unit else "",
        example="" if one.example is None else example,
        of=one.of.value,
        needed=_needed(one.path),
        term=one.iri or one.why,
    )


def _needed(path: str) -> str:
    """The profiles that ask for a place, what would do instead of it, and the kinds of dataset of which it is asked."""
    place, asked = path.replace("[]", ""), []
    for need in NEEDS:
        if place in need.places:
            said = [f"or {other}" for other in need.places if other != place]
            said += [", ".join(sorted(kind.value for kind in need.kinds))] if need.kinds else []
            asked.append(need.profile.value + (f" ({'; '.join(said)})" if said else ""))
    return "; ".join(asked)


def _form(annotation: object) -> str:
    origin = get_origin(annotation)
    inner = [one for one in get_args(annotation) if one not in (type(None), ...)]
    if origin is tuple:
        return f"list of {_form(inner[0])}"
    if origin in (Union, UnionType) or hasattr(annotation, "__metadata__"):
        return _form(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "one of " + ", ".join(str(one.value) for one in annotation)
    if isinstance(annotation, type):
        return _FORMS.get(annotation, "group")
    return "text"


def _link(iri: str, text: str) -> str:
    # Long addresses break anywhere only as code.
    return f'<a href="{escape(iri)}"><code>{escape(text)}</code></a>'


def _marked(text: str) -> str:
    return "".join(
        f"<code>{escape(part)}</code>" if at % 2 else escape(part) for at, part in enumerate(text.split("`"))
    )
