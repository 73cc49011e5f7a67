"""Columns as the uploader declares them: each heading found in the file, each unit one of its quantity."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from ingest.reader import TIMESERIES, Reading
from ingest.text.headers import DECLARED, FREE, Field, Form, Spelling, plain, recognised
from ingest.units import unit, why_not
from schemas.errors import Unreadable
from schemas.instructions import ColumnMeaning
from schemas.quantities import QUANTITIES, Kind

Declarations = Mapping[str, ColumnMeaning]
NONE: Declarations = {}
SHOWN = 40
_BY_UPLOADER = "declared by the uploader"
_CLOCK = "unix_time_second"
_TIMES = frozenset({"test_time_second", "step_time_second"})


def mapped(
    headings: Sequence[str], columns: Declarations, fields: Sequence[Field] = (), spelling: Spelling = FREE
) -> dict[int, Field]:
    """The declared field of each position; what the format itself fixes of the same quantity stays.

    Raises:
        Unreadable: a heading is not in the file or stands there twice, or a unit is none of its quantity; all at once.
    """
    own = recognised(headings, fields, spelling)
    faults: list[str] = []
    found: dict[int, Field] = {}
    for heading, meaning in columns.items():
        places = [at for at, there in enumerate(headings) if same(there) == same(heading)]
        if fault := _fault(heading, meaning, places):
            faults.append(fault)
        else:
            found[places[0]] = _declared(heading, meaning, own.get(places[0]))
    if faults:
        absent = any(same(heading) not in map(same, headings) for heading in columns)
        raise Unreadable(" ".join(faults) + (f" {listed(headings)}" if absent else "") + _advice(columns, headings))
    return found


def same(heading: str) -> str:
    """A heading in the form in which a declared one is looked for: blanks and variants of a letter do not count."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", heading)).strip(" \ufeff")


def listed(headings: Sequence[str]) -> str:
    """Which headings there are, as a sentence."""
    named = [f"“{heading.strip()}”" for heading in headings if heading.strip()]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"The file's headings are {', '.join(named[:SHOWN])}{more}."


def nearest(heading: str, headings: Sequence[str]) -> list[str]:
    """The file's headings that look most like a declared one."""
    by_plain = {plain(there): there.strip() for there in headings if there.strip()}
    return [by_plain[one] for one in get_close_matches(plain(heading), list(by_plain), n=3, cutoff=0.5)]


def _fault(heading: str, meaning: ColumnMeaning, places: Sequence[int]) -> str:
    """Why a declaration cannot be followed; empty where it can."""
    if not places:
        return f"The declared column “{heading}” is not in the file."
    if len(places) > 1:
        columns = " and ".join(str(at + 1) for at in places)
        return f"The declared column “{heading}” stands in the file {len(places)} times (columns {columns})."
    term = QUANTITIES[meaning.quantity]
    if meaning.unit is None:
        return ""
    known = unit(meaning.unit, term.ucum)
    if known is None:
        return f"The unit declared for “{heading}” does not fit {term.name}: {why_not(meaning.unit, term.ucum)}."
    if term.kind is Kind.COUNT and known.factor != 1.0:
        return f"The unit declared for “{heading}” does not fit {term.name}: a count has no unit."
    return ""


def _declared(heading: str, meaning: ColumnMeaning, own: Field | None) -> Field:
    rule = _BY_UPLOADER if meaning.unit is None else f"column and unit {_BY_UPLOADER}"
    if own is None or own.quantity != meaning.quantity:
        own = Field(meaning.quantity, (heading,), form=_form(meaning))
    elif meaning.unit is not None and own.form is Form.CLOCK:
        own = replace(own, form=Form.NUMBER)
    said = "; ".join(part for part in (own.rule, rule) if part)
    return replace(own, unit=meaning.unit or own.unit, fixed=meaning.unit is not None, rule=said, rank=DECLARED)


def _form(meaning: ColumnMeaning) -> Form:
    if QUANTITIES[meaning.quantity].kind is Kind.TEXT:
        return Form.TEXT
    if meaning.quantity == _CLOCK and meaning.unit is None:
        return Form.CLOCK
    return Form.DURATION if meaning.quantity in _TIMES else Form.NUMBER


def _advice(columns: Declarations, headings: Sequence[str]) -> str:
    there = set(map(same, headings))
    hints = [
        f"“{heading}” may be {' or '.join(f'“{one}”' for one in near)}"
        for heading in columns
        if same(heading) not in there and (near := nearest(heading, headings))
    ]
    return f" {'; '.join(hints)}." if hints else ""


def unapplied(reading: Reading, columns: Declarations) -> str:
    """A sentence on declared columns that a reader has not followed, as its format fixes what they are."""
    followed = {one.column for one in reading.conversions if _BY_UPLOADER in one.rule}
    left = [heading for heading, one in columns.items() if one.quantity not in followed]
    if not left or reading.table != TIMESERIES:
        return ""
    there = ", ".join(f"“{one.source}” is {one.column}" for one in reading.conversions)
    return (
        f"The columns of this format have fixed meanings ({there}), so that {', '.join(f'“{one}”' for one in left)} "
        "cannot be declared: take the declaration back, or export the file as text."
    )
