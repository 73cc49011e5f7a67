"""IRIs of terms and units: one table of prefixes, BattINFO's terms by their names, units by their UCUM codes."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

PREFIXES: Final = {
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "prov": "http://www.w3.org/ns/prov#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "gs1": "https://ref.gs1.org/voc/",
    "unit": "http://qudt.org/vocab/unit/",
    "emmo": "https://w3id.org/emmo#",
    "electrochemistry": "https://w3id.org/emmo/domain/electrochemistry#",
    "manufacturing": "https://w3id.org/emmo/domain/manufacturing#",
    "chameo": "https://w3id.org/emmo/domain/characterisation-methodology/chameo/",
    "substance": "https://w3id.org/emmo/domain/chemical-substance#",
    "coar": "http://purl.org/coar/access_right/",
    "spdx": "http://spdx.org/licenses/",
}
"""Every prefix that is used where a term is named; all of them lead somewhere."""
BATTINFO: Final = "battinfo"
"""Stands before the name (preferred label) of a term of EMMO's ontologies, whose identifiers nobody can read."""


@dataclass(frozen=True)
class UnitTerm:
    """A unit by its UCUM code, with its IRI in QUDT, or why it has none."""

    ucum: str
    iri: str
    why: str


@dataclass(frozen=True)
class ColumnTerm:
    """A column of our own by its name, with the IRI of its term or kind of quantity, or why it has none."""

    column: str
    iri: str
    why: str


def expanded(short: str) -> str:
    """`schema:name` or `battinfo:NominalCapacity` as the whole IRI; nothing for nothing, an IRI as it is."""
    prefix, colon, name = short.partition(":")
    if not colon or name.startswith("//"):
        return short
    return expanded(battinfo()[name]) if prefix == BATTINFO else PREFIXES[prefix] + name


@cache
def battinfo() -> dict[str, str]:
    """Terms by their names."""
    return {row["name"]: row["iri"] for row in _rows("battinfo.csv")}


@cache
def column_terms() -> dict[str, ColumnTerm]:
    """Every column of every table that the Battery Data Format has no term for; a name means the same everywhere."""
    rows = _rows("columns.csv")
    return {row["column"]: ColumnTerm(row["column"], expanded(row["iri"]), row["why"]) for row in rows}


@cache
def unit_terms() -> dict[str, UnitTerm]:
    """Every unit that is used anywhere, by its UCUM code."""
    rows = _rows("unit_iris.csv")
    return {row["ucum"]: UnitTerm(row["ucum"], expanded(row["qudt"]), row["why"]) for row in rows}


def _rows(name: str) -> list[dict[str, str]]:
    text = files("schemas.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
