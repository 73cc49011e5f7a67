"""Normalisation: an absolute KPI per gram of active material, per area, per mass or volume of the cell (3a)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from exchange.roundrobin.efficiency import Configuration
from exchange.roundrobin.value import Kpi
from schemas.metadata import Metadata
from schemas.round.choosing import UNITS, Normalisation
from schemas.round.kpis import Chosen

NORMALISED = "normalised/1"
AGREES = 0.01
"""Active mass and loading times area of the same cell agree within 1 %."""
_POSITIVE = "cell.specification.positive"


@dataclass(frozen=True)
class CellFacts:
    """What a record says of its cell, as far as KPIs need it; None is not said.

    Loading (mg/cm²) is of positive active material per area and side, `coated_area_cm2` the coated positive area that
    faces a negative, all sides; the dimensions (mm) are outer ones without tabs.
    """

    configuration: Configuration | None = None
    nominal_capacity_ah: float | None = None
    active_mass_g: float | None = None
    loading_mg_per_cm2: float | None = None
    coated_area_cm2: float | None = None
    mass_g: float | None = None
    width_mm: float | None = None
    height_mm: float | None = None
    thickness_mm: float | None = None
    diameter_mm: float | None = None


def facts_of(record: Metadata) -> CellFacts:
    """The facts of a record's cell."""
    said = {name: record.value(place) for name, place in PLACES.items()}
    numbers = {name: float(value) for name, value in said.items() if isinstance(value, int | float)}
    configuration = record.value("cell.configuration")
    return CellFacts(None if configuration is None else Configuration(str(configuration)), **numbers)


PLACES = {
    "nominal_capacity_ah": "cell.nominal_capacity_ah",
    "active_mass_g": f"{_POSITIVE}.active_mass_g",
    "loading_mg_per_cm2": f"{_POSITIVE}.loading_mg_per_cm2",
    "coated_area_cm2": f"{_POSITIVE}.coated_area_cm2",
    "mass_g": "cell.specification.mass_g",
    "width_mm": "cell.specification.width_mm",
    "height_mm": "cell.specification.height_mm",
    "thickness_mm": "cell.specification.thickness_mm",
    "diameter_mm": "cell.specification.diameter_mm",
}
"""Where each number stands in the record."""


def missing(*names: str) -> str:
    """That the record does not say this, and what to do."""
    places = [PLACES.get(name, f"cell.{name}") for name in names]
    return f"the record has no {' and no '.join(places)}: fill {'it' if len(places) == 1 else 'them'} in"


def normalised(kpi: Kpi, choice: Chosen, facts: CellFacts) -> Kpi:
    """The KPI as it was chosen: absolute value by amount, or a resistance times area; its unit is the choice's.

    Refused where the record lacks a field, which is named, or contradicts itself.
    """
    by = choice.normalisation
    if by is Normalisation.NONE:
        return kpi
    unit = UNITS[choice.measure][by]
    named = replace(kpi, definition=f"{kpi.definition}, {NORMALISED}", unit=unit)
    if kpi.value is None:
        return named
    amount, why = _AMOUNTS[by](facts)
    if amount is None:
        return replace(named, value=None, reason=why)
    value = by_amount(kpi.value, unit, amount)
    said = {**kpi.parameters, "normalised_by": by.value, "amount": amount, "amount_unit": _AMOUNT_UNITS[by]}
    return replace(named, value=value, parameters=said)


def active_mass_g(facts: CellFacts) -> tuple[float | None, str]:
    """Grams of positive active material: weighed, or loading per side times the area of all sides."""
    if why := _no_positive(facts):
        return None, why
    loading, area, weighed = facts.loading_mg_per_cm2, facts.coated_area_cm2, facts.active_mass_g
    made = None if loading is None or area is None else loading * area / 1000.0
    if weighed is None:
        if made is not None:
            return made, ""
        lacking = [name for name, one in (("loading_mg_per_cm2", loading), ("coated_area_cm2", area)) if one is None]
        also = f", or {' and '.join(PLACES[name] for name in lacking)}"
        return None, missing("active_mass_g") + also
    if made is not None and abs(made - weighed) > AGREES * weighed:
        said = f"{weighed:.6g} g of active material, and {made:.6g} g by loading per side times area of all sides"
        return None, f"the record says {said}: correct one of them"
    return weighed, ""


def area_cm2(facts: CellFacts) -> tuple[float | None, str]:
    """Coated positive area that faces a negative, all sides."""
    if why := _no_positive(facts):
        return None, why
    return (None, missing("coated_area_cm2")) if facts.coated_area_cm2 is None else (facts.coated_area_cm2, "")


def cell_mass_kg(facts: CellFacts) -> tuple[float | None, str]:
    """Mass of the whole cell."""
    return (None, missing("mass_g")) if facts.mass_g is None else (facts.mass_g / 1000.0, "")


def cell_volume_l(facts: CellFacts) -> tuple[float | None, str]:
    """Volume by outer dimensions without tabs: of a box, or of a cylinder where there is a diameter."""
    if facts.diameter_mm is not None:
        if facts.width_mm is not None:
            return None, "the record has both a diameter and a width of the cell: remove the one that it has not"
        if facts.height_mm is not None and facts.thickness_mm is not None:
            return None, "the record has both a height and a thickness of a round cell: remove one of them"
        height = facts.thickness_mm if facts.height_mm is None else facts.height_mm
        if height is None:
            return None, missing("height_mm")
        return math.pi / 4.0 * facts.diameter_mm**2 * height / 1e6, ""
    lacking = [name for name in ("width_mm", "height_mm", "thickness_mm") if getattr(facts, name) is None]
    if lacking:
        return None, missing(*lacking)
    assert facts.width_mm is not None and facts.height_mm is not None and facts.thickness_mm is not None
    return facts.width_mm * facts.height_mm * facts.thickness_mm / 1e6, ""


_AMOUNTS: dict[Normalisation, Callable[[CellFacts], tuple[float | None, str]]] = {
    Normalisation.ACTIVE_MASS: active_mass_g,
    Normalisation.AREA: area_cm2,
    Normalisation.CELL_MASS: cell_mass_kg,
    Normalisation.CELL_VOLUME: cell_volume_l,
}
_AMOUNT_UNITS = {
    Normalisation.ACTIVE_MASS: "g",
    Normalisation.AREA: "cm2",
    Normalisation.CELL_MASS: "kg",
    Normalisation.CELL_VOLUME: "L",
}


def by_amount(value: float, unit: str, amount: float) -> float:
    """An absolute value in A.h, W.h or Ohm in the unit that it is normalised to; linear in the value."""
    if unit == "Ohm.cm2":
        return value * amount
    return 1000.0 * value / amount if unit.startswith("mA.h/") else value / amount


def _no_positive(facts: CellFacts) -> str:
    if facts.configuration is None:
        return missing("configuration")
    if facts.configuration in (Configuration.HALF_NEGATIVE, Configuration.SYMMETRIC):
        return f"a cell of configuration {facts.configuration.value} has no positive electrode to normalise by"
    return ""
