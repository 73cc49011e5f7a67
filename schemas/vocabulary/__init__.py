"""Controlled terms as data files, and their loader."""

import csv
from functools import cache
from importlib.resources import files
from typing import Final

from schemas.iris import expanded
from schemas.production import (
    CellFormat,
    ProcessStep,
    ProductionParameter,
    ProductionUnit,
    ProductionVocabulary,
    plain_unit,
)

VERSION: Final = "1.0"


@cache
def production() -> ProductionVocabulary:
    """The vocabulary of cell production."""
    units = _units()
    steps = {
        row["id"]: ProcessStep.model_validate(
            row
            | {
                "objects": row["objects"].split(";"),
                "inputs": row["inputs"].split(";"),
                "electrode": row["electrode"] == "yes",
                "iri": expanded(row["iri"]),
            }
        )
        for row in _rows("process_steps.csv")
    }
    formats = [CellFormat.model_validate(row | {"order": row["order"].split(";")}) for row in _rows("cell_formats.csv")]
    return ProductionVocabulary(
        version=VERSION,
        steps=steps,
        parameters=tuple(_parameter(row, steps, units) for row in _rows("production_parameters.csv")),
        formats={one.id: one for one in formats},
        units=units,
    )


def _parameter(
    row: dict[str, str], steps: dict[str, ProcessStep], units: dict[str, ProductionUnit]
) -> ProductionParameter:
    return ProductionParameter.model_validate(
        row
        | {
            "steps": [step for word in row["steps"].split(";") for step in _steps(word, steps)],
            "group": row["class"],
            "unit": units[row["unit"]] if row["unit"] else None,
            "low": row["low"] or None,
            "high": row["high"] or None,
            "per_side": row["per_side"] == "yes",
            "set_point": row["set_point"] == "yes",
            "choices": _choices(row["choices"]),
            "iri": expanded(row["iri"]),
        }
    )


def _steps(word: str, steps: dict[str, ProcessStep]) -> list[str]:
    if word == "all":
        return list(steps)
    if word in ("electrode", "cell"):
        return [id for id, step in steps.items() if step.electrode == (word == "electrode")]
    return [steps[word].id]


def _choices(text: str) -> dict[str, tuple[str, ...]]:
    pairs = (choice.partition("=") for choice in text.split(";") if choice)
    return {word: tuple(alias for alias in aliases.split("|") if alias) for word, _, aliases in pairs}


def _units() -> dict[str, ProductionUnit]:
    known: dict[str, ProductionUnit] = {}
    for row in _rows("units.csv"):
        one = ProductionUnit.model_validate(row)
        for spelling in (one.unit, one.ucum, *row["also"].split(";")):
            if spelling:
                known.setdefault(spelling, one)
                known.setdefault(plain_unit(spelling), one)
    return known


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()))
