"""What the header of a measured file says of test and cell, in the words of many instruments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.production import ProductionUnit
from schemas.record.quantity import converted
from schemas.vocabulary import production

_IS: Final = r"\s*[:=,\t]\s*"
_TEXT: Final = r"(?P<value>[^,;\t\r\n]*[^,;\t\r\n\s])"
_MODEL: Final = r"(?P<value>[^,;\t\r\n(]*[^,;\t\r\n\s(])"
_NUMBER: Final = r"(?P<value>[0-9][0-9 .,']*)"
_FILE: Final = re.compile(r"\.[A-Za-z0-9]{2,4}$")
_NOTHING: Final = frozenset({"", "-", "none", "n/a", "enter description here..."})
_MOST_CELLS: Final = 3
"""A line with more cells than that is a row of headings or values."""
_LONGEST: Final = 500
"""Of a longer line the beginning is looked at: nobody writes a setting as long, and patterns take their time."""
_AMPERE_HOURS: Final = "A.h"


@dataclass(frozen=True)
class Said:
    """A value that a line of the header gives for a place of the record."""

    place: str
    value: Any  # Any: JSON
    line: str


_TEXTS: Final = (
    ("test.instrument.channel", rf"run on channel{_IS}(?P<value>[\w-]+)"),
    ("test.instrument.channel", rf"\b(?:tester |test )?channel(?: number| index| id)?{_IS}(?P<value>\w*\d[\w-]*)"),
    ("test.instrument.serial", r"^\s*device\s*:.*\(SN (?P<value>\w+)\)"),
    ("test.instrument.serial", rf"\b(?:device|instrument|cycler|tester) (?:s/n|sn|serial(?: number)?){_IS}{_TEXT}"),
    ("test.instrument.model", rf"^\s*(?:settings: )?(?:device|instrument|cycler|tester)(?: model| type)?{_IS}{_MODEL}"),
    ("test.instrument.software", r"^\s*(?P<value>(?:EC|BT)-Lab for windows v[\w.]+)"),
    ("test.instrument.software", rf"\bsoftware(?: version)?{_IS}{_TEXT}"),
    ("test.protocol.name", rf"\b(?:procedure|protocol|schedule(?: file)?(?: name)?|test plan){_IS}{_TEXT}"),
    ("cell.id", rf"\b(?:cell ?id|cell name|cell|battery(?: id| name)|barcode|sample(?: id| name)?){_IS}{_TEXT}"),
    ("cell.serial", rf"^\s*(?:cell )?serial(?: number)?{_IS}{_TEXT}"),
)
_PATTERNS: Final = tuple((place, re.compile(pattern, re.IGNORECASE)) for place, pattern in _TEXTS)
_CAPACITY: Final = re.compile(
    rf"\b(?:battery |nominal |rated )?capacity(?: ?\((?P<in>[^)]+)\))?{_IS}{_NUMBER}(?P<unit>m?A[.·]?h)?", re.IGNORECASE
)


def read(header: Mapping[str, str]) -> Iterator[Said]:
    """What the lines give, the first that speaks of a place; keys are numbers of lines, or names of settings."""
    found: dict[str, Said] = {}
    for key, text in header.items():
        if sum(1 for cell in text[:_LONGEST].split(",") if cell.strip()) > _MOST_CELLS:
            continue
        line = (text if key.isdecimal() else f"{key}: {text}")[:_LONGEST]
        for one in (*_texts(line), *_capacity(line)):
            found.setdefault(one.place, one)
    yield from found.values()


def _texts(line: str) -> Iterator[Said]:
    for place, pattern in _PATTERNS:
        match = pattern.search(line)
        value = match["value"].strip() if match else ""
        # A cell named after the file says no more than the file's name does.
        if value.lower() not in _NOTHING and not (place == "cell.id" and _FILE.search(value)):
            yield Said(place, value[:300], line)


def _capacity(line: str) -> Iterator[Said]:
    match = _CAPACITY.search(line)
    unit = _unit(match["unit"] or match["in"]) if match else None
    kept = production().unit(_AMPERE_HOURS)
    if match is None or unit is None or kept is None or unit.dimension != kept.dimension:
        return
    number = _number(match["value"])
    if number is not None and number > 0:
        yield Said("cell.nominal_capacity_ah", converted(number, unit, kept), line)


def _unit(spelling: str | None) -> ProductionUnit | None:
    return production().unit(spelling) if spelling else None


def _number(text: str) -> float | None:
    """A number with a point or a comma before its decimals; None where it could be read in two ways."""
    plain = text.strip(" .,").replace(" ", "").replace("'", "")
    if plain.count(",") + plain.count(".") > 1:
        return None
    whole, mark, decimals = plain.partition("," if "," in plain else ".")
    if mark == "," and len(decimals) == 3 and whole != "0" and len(whole) <= 3 and " " not in text.strip():
        return None
    return float(f"{whole}.{decimals or 0}") if (whole + decimals).isdecimal() else None
