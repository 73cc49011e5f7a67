"""The draft data sheet of a battery passport: a pure mapping of what one reader may see, version by version.

Units are those of the data model's Turtle files: kg of the battery and g of its materials, kWh, Ah, ohm, V, %. They
give the remaining capacity in kWh, which contradicts its definition; here it is in Ah, as its provenance says.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from statistics import fmean
from typing import Final

from exchange.fair.passport_facts import CONDITION, TECHNICAL, CellTested, Facts, Filled
from exchange.fair.passport_model import DATA_MODEL, GENERAL, MATERIAL, PERFORMANCE, unknown
from schemas.delivery import CycleSummary
from schemas.passport import Passport, Value
from schemas.record.cell import Electrode, Specification
from schemas.vocabulary.terms import known

VERSION: Final = "1.0"
"""Of the mapping: whoever changes what a value is taken from, or how, counts it on."""
NOTICE: Final = (
    "Draft of a data sheet, made from research data of a pilot line. It is no battery passport in the sense of "
    "Regulation (EU) 2023/1542: nothing in it is certified, and what is not known is listed."
)
_STATUS: Final = {
    **dict.fromkeys(("built", "formed", "in-stock", "in-transit", "in-test", "tested"), "Original"),
    "disposed": "Waste",
}
"""By term of the vocabulary of cell states; what the others say of a battery's status is not known."""


def sheet(facts: Facts, now: datetime) -> Passport:
    """Everything that is known, each value with where it comes from, and what is not known."""
    filled = Filled(facts.iri)
    _general(filled, facts)
    _materials(filled, facts)
    _technical(filled, facts)
    if not facts.lot:
        _condition(filled, facts)
    return Passport(
        notice=NOTICE,
        mapping_version=VERSION,
        data_model=DATA_MODEL,
        made_at=now,
        object=facts.iri,
        object_id=facts.id,
        name=facts.name,
        parts=filled.parts,
        not_known=tuple(one for part, there in filled.parts.items() for one in unknown(part, there)),
        provenance=tuple(filled.provenance),
    )


def _general(filled: Filled, facts: Facts) -> None:
    put, cell = filled.put, facts.cell
    put(GENERAL, "/productIdentifier", facts.iri, "address of the registered object")
    who = "maker, as the record names it" if cell.made_by else "organisation that owns the object"
    put(GENERAL, "/manufacturerInformation/contactName", cell.made_by or facts.maker, who)
    put(GENERAL, "/manufacturerInformation/identifier", facts.ror, "ROR id of the organisation")
    for place in ("/manufacturerInformation/postalAddress", "/manufacturingPlace"):
        put(GENERAL, f"{place}/addressCountry", facts.country, "country of the organisation")
    made_at = facts.made_at or cell.made_at
    if not put(GENERAL, "/manufacturingDate", _moment(made_at) if made_at else None, "record of the object"):
        timed = [one for one in facts.produced if one.time is not None]
        if timed:
            last = max(timed, key=lambda one: one.time or datetime.min.replace(tzinfo=UTC))
            how = f"last moment that production recorded of it, in the step {last.process_step}"
            put(GENERAL, "/manufacturingDate", _moment(last.time) if last.time else None, how, last.reference)
    term = known("cell-states", cell.status or "")
    status = _STATUS.get(term.id) if term else None
    put(GENERAL, "/batteryStatus", status, f"state '{cell.status}' in the record of the object")
    mass_g = cell.specification.mass_g if cell.specification else None
    if not put(GENERAL, "/batteryMass", _thousandth(mass_g), "mass in the record of the object", unit="kg"):
        _produced(filled, facts, GENERAL, "/batteryMass", "cell_mass", "kg", 1000)


def _materials(filled: Filled, facts: Facts) -> None:
    cell, built = facts.cell, facts.cell.specification or Specification()
    at, record = "/batteryChemistry", "record of the object"
    filled.put(MATERIAL, f"{at}/shortName", cell.chemistry, f"chemistry of the positive electrode in the {record}")
    if cell.chemistry and cell.negative_chemistry:
        positive, negative = (known("chemistries", one) for one in (cell.chemistry, cell.negative_chemistry))
        words = (
            f"{positive.label if positive else cell.chemistry} (positive electrode), "
            f"{negative.label if negative else cell.negative_chemistry} (negative electrode)"
        )
        composition = built.electrolyte.composition if built.electrolyte else None
        filled.put(MATERIAL, f"{at}/clearName", f"{words}, {composition}" if composition else words, record)
    for number, (component, name, cas, mass_g) in enumerate(_components(facts, built)):
        at = f"/batteryMaterials/{number}"
        filled.put(MATERIAL, f"{at}/batteryMaterialLocation/componentName", component, record)
        filled.put(MATERIAL, f"{at}/batteryMaterialName", name, record)
        filled.put(MATERIAL, f"{at}/batteryMaterialIdentifier", cas, "CAS number of the registered material")
        filled.put(MATERIAL, f"{at}/batteryMaterialMass", mass_g, f"mass in the {record}", unit="g")


def _components(facts: Facts, built: Specification) -> Iterator[tuple[str, str, str | None, float | None]]:
    """Component, material, CAS number, mass in g of everything that the record names."""
    for component, electrode in (("Cathode", built.positive), ("Anode", built.negative)):
        for one in (electrode or Electrode()).formulation:
            material = facts.materials.get(one.object or "")
            yield component, one.name, material.cas if material else None, None
    if built.electrolyte and built.electrolyte.composition:
        yield "Electrolyte", built.electrolyte.composition, None, built.electrolyte.amount_g
    if built.separator and built.separator.name:
        yield "Separator", built.separator.name, None, None


def _technical(filled: Filled, facts: Facts) -> None:
    cell, firsts = facts.cell, [(one, each[0]) for one in facts.tests if (each := _whole(one))]
    firsts = firsts if facts.lot else firsts[:1]

    def put(name: str, value: Value | None, how: str, source: str = "", unit: str = "") -> bool:
        return filled.put(PERFORMANCE, f"/{TECHNICAL}/{name}", value, how, source, unit)

    def measured(name: str, values: Iterable[float | None], what: str, unit: str) -> bool:
        there = [(value, test) for value, (test, _) in zip(values, firsts, strict=True) if value is not None]
        many = f", mean of {len(there)} tests" if len(there) > 1 else ""
        source = ", ".join(test.source for _, test in there)
        how = f"{what} of the first whole cycle{many}; measured, not rated"
        return put(name, fmean(value for value, _ in there) if there else None, how, source, unit)

    if not put("ratedCapacity", cell.nominal_capacity_ah, "nominal capacity in the record", unit="A.h"):
        at = f"/{TECHNICAL}/ratedCapacity"
        if not _produced(filled, facts, PERFORMANCE, at, "capacity", "A.h"):
            measured("ratedCapacity", (one.discharge_capacity_ah for _, one in firsts), "discharge capacity", "A.h")
    put("nominalVoltage", cell.nominal_voltage_v, "nominal voltage in the record", unit="V")
    energies = (_thousandth(one.discharge_energy_wh) for _, one in firsts)
    measured("ratedEnergy", energies, "discharge energy", "kW.h")
    measured("roundtripEfficiency", (_efficiency(one) for _, one in firsts), "energy efficiency", "%")
    for name, side in (("minimumVoltage", "lower_v"), ("maximumVoltage", "upper_v")):
        test = next((one for one in facts.tests if getattr(one, side) is not None), None)
        if test is not None:
            put(name, getattr(test, side), "voltage window of a test; not what it is rated for", test.source, "V")
    _resistance(filled, facts)
    if not facts.lot and (span := _span(facts)) is not None:
        (_, first), (test, last) = span
        begin, now = _efficiency(first), _efficiency(last)
        if begin and now is not None:
            how = f"1 - efficiency of cycle {last.cycle} to that of the first whole cycle"
            put("roundTripEfficiencyFade", 100 * (1 - now / begin), how, test.source, "%")


def _resistance(filled: Filled, facts: Facts) -> None:
    at = f"/{TECHNICAL}/initialInternalResistance/0"
    found = _produced(filled, facts, PERFORMANCE, f"{at}/ohmicResistance", "dc_resistance", "Ohm", 1000)
    pulsed = [] if found else [one for one in facts.tests if one.resistance_ohm is not None]
    if pulsed:
        pulsed = pulsed if facts.lot else pulsed[:1]
        mean, source = fmean(one.resistance_ohm or 0 for one in pulsed), ", ".join(one.source for one in pulsed)
        how = "voltage to current 10 s into the first discharge pulse of a test"
        found = filled.put(PERFORMANCE, f"{at}/ohmicResistance", mean, how, source, "Ohm")
    if found:
        filled.put(PERFORMANCE, f"{at}/batteryComponent", "cell", "the object is a cell")


def _condition(filled: Filled, facts: Facts) -> None:
    whole = [(test, one) for test in facts.tests for one in _whole(test)]
    if not whole:
        return
    test, last = whole[-1]
    every = ", ".join(one.source for one in facts.tests if one.cycles)
    halves = [one for each in facts.tests for one in each.cycles]

    def put(name: str, value: float | None, how: str, source: str, unit: str) -> None:
        at = f"/{CONDITION}/{name}"
        if filled.put(PERFORMANCE, f"{at}/{name}Value", value, how, source, unit):
            filled.put(PERFORMANCE, f"{at}/lastUpdate", _moment(test.at), "end of the last test, or its upload", source)

    of_last, in_all = f"cycle {last.cycle} of the last test", "sum over the tests, charge and discharge"
    energy = _sum(one for each in halves for one in (each.charge_energy_wh, each.discharge_energy_wh))
    charge = _sum(one for each in halves for one in (each.charge_capacity_ah, each.discharge_capacity_ah))
    put("energyThroughput", _thousandth(energy), in_all, every, "kW.h")
    put("capacityThroughput", charge, in_all, every, "A.h")
    put("numberOfFullCycles", len(whole), "whole cycles of the tests", every, "1")
    rated = filled.parts[PERFORMANCE][TECHNICAL].get("ratedCapacity")
    if rated and last.discharge_capacity_ah is not None:
        fade = 100 * (1 - last.discharge_capacity_ah / rated)
        put("capacityFade", fade, f"1 - discharge capacity of {of_last} to the rated capacity", test.source, "%")
    put("remainingEnergy", _thousandth(last.discharge_energy_wh), f"discharge of {of_last}", test.source, "kW.h")
    put("remainingCapacity", last.discharge_capacity_ah, f"discharge of {of_last}, in Ah", test.source, "A.h")
    put("remainingRoundTripEnergyEfficiency", _efficiency(last), of_last, test.source, "%")


def _produced(
    filled: Filled, facts: Facts, part: str, path: str, parameter: str, unit: str, divided_by: float = 1
) -> bool:
    """A value that end-of-line control recorded of the cell."""
    for one in facts.produced:
        fits = (one.parameter, one.process_step, one.recorded) == (parameter, "end-of-line", "actual")
        if fits and one.value is not None:
            return filled.put(part, path, one.value / divided_by, "end-of-line control", one.reference, unit)
    return False


def _span(facts: Facts) -> tuple[tuple[CellTested, CycleSummary], tuple[CellTested, CycleSummary]] | None:
    """The first and the last whole cycle of all tests; None where there are not two."""
    every = [(test, one) for test in facts.tests for one in _whole(test)]
    return (every[0], every[-1]) if len(every) > 1 else None


def _whole(test: CellTested) -> list[CycleSummary]:
    return [one for one in test.cycles if one.cycle > 0 and one.truncated is False]


def _efficiency(one: CycleSummary) -> float | None:
    if not one.charge_energy_wh or one.discharge_energy_wh is None:
        return None
    return 100 * one.discharge_energy_wh / one.charge_energy_wh


def _sum(values: Iterable[float | None]) -> float | None:
    there = [one for one in values if one is not None]
    return sum(there) if there else None


def _thousandth(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
