"""Headings of a sheet: which place of the record, or which key of a dataset, a column holds, and in which unit."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from exchange.sheets.cells import Wrong
from exchange.sheets.columns import KEYS, Column, column, nearest
from schemas.production import ProductionUnit
from schemas.record.quantity import converted
from schemas.vocabulary import production

_HEADING: Final = re.compile(r"(?P<place>[^\s\[]+(?:\[\d+\][^\s\[]*)*)(?:\s*\[(?P<unit>.+)\])?")


@dataclass(frozen=True)
class Heading:
    """A column of the sheet: a key, or a place in the unit that the heading names."""

    text: str
    key: str = ""
    column: Column | None = None
    unit: ProductionUnit | None = None

    def in_unit(self, number: object) -> object:
        """A number of this column in the unit of the record, rounded once."""
        kept = self.column.unit if self.column else None
        if kept is None or self.unit is None or not isinstance(number, float) or self.unit.ucum == kept.ucum:
            return number
        return converted(number, self.unit, kept)


def headings(texts: Iterable[str]) -> list[Heading | Wrong | None]:
    """Each heading understood; None for one that is blank."""
    found = [_heading(text.strip()) for text in texts]
    counted = Counter(_name(one) for one in found if isinstance(one, Heading))
    return [
        Wrong(f"there are {counted[_name(one)]} columns for {_name(one)}", "Keep one of them.")
        if isinstance(one, Heading) and counted[_name(one)] > 1
        else one
        for one in found
    ]


def heading(text: str) -> Heading | Wrong:
    """One heading or place, understood."""
    return _heading(text.strip()) or Wrong("there is no name")


def _name(one: Heading) -> str:
    return one.key or (one.column.place if one.column else "")


def _heading(text: str) -> Heading | Wrong | None:
    if not text:
        return None
    found = _HEADING.fullmatch(text)
    place = found["place"] if found else text
    if place in KEYS and found and not found["unit"]:
        return Heading(text, key=place)
    of = column(place) if found else None
    if found is None or of is None:
        return Wrong(f"there is no place '{place[:80]}' in the record; {nearest(place)}")
    return Heading(text, column=of) if not found["unit"] else _in_unit(text, of, found["unit"])


def _in_unit(text: str, of: Column, spelling: str) -> Heading | Wrong:
    unit = production().unit(spelling)
    if of.unit is None:
        return Wrong(f"{of.place} has no unit", f"Write the heading without [{spelling[:20]}].")
    alike = sorted({one.unit for one in production().units.values() if one.dimension == of.unit.dimension})
    if unit is None:
        return Wrong(f"'{spelling[:20]}' is no known unit", f"Known here are {', '.join(alike)}.")
    if unit.dimension != of.unit.dimension:
        return Wrong(
            f"'{spelling[:20]}' is a unit of {unit.dimension}, where {of.unit.dimension} is meant",
            f"Known here are {', '.join(alike)}.",
        )
    return Heading(text, column=of, unit=unit)
