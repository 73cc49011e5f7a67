"""Numbers of a template: those that are written as text, by the file's decimal sign, and units converted exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from ingest.production.entries import Entry, Told
from ingest.text import cells
from ingest.text.signs import decimals
from schemas.errors import Unreadable
from schemas.production import ParameterForm, ProductionUnit


@dataclass(frozen=True)
class Numbers:
    """Numbers by the text that they are written as; none where the decimal sign cannot be told (`ambiguous`)."""

    of_text: dict[str, float | None]
    ambiguous: bool

    @classmethod
    def of(cls, entries: Sequence[Entry], told: Told) -> "Numbers":
        """Of all entries whose parameter is a number; what one cell leaves open the others may tell."""
        written = (entry.cell.strip() for entry in entries if isinstance(entry.cell, str) and _number(entry))
        texts = list(dict.fromkeys(written))
        try:
            signs = decimals([[text] for text in texts], "\t")
        except Unreadable as refusal:
            told.error("decimal-ambiguous", refusal.message, "Write numbers as numbers, or with a decimal point.")
            return cls({}, ambiguous=True)
        read = cells.reals(pa.array(texts, pa.string()), signs).to_pylist()
        return cls(dict(zip(texts, read, strict=True)), ambiguous=False)


def _number(entry: Entry) -> bool:
    parameter = entry.named.parameter
    return parameter is not None and parameter.form in (ParameterForm.NUMBER, ParameterForm.WHOLE)


def converted(number: float | Fraction, found: ProductionUnit, wanted: ProductionUnit) -> tuple[float, str]:
    """In the wanted unit, rounded once; what a person typed is taken as the decimal that it looks like."""
    if found.ucum == wanted.ucum:
        return float(number), ""
    exact = Fraction(repr(number)) * found.factor + found.offset
    rule = f"{found.unit} to {wanted.unit}"
    offset = float((found.offset - wanted.offset) / wanted.factor)
    return float((exact - wanted.offset) / wanted.factor), rule + (f", {offset:+g} after the factor" if offset else "")
