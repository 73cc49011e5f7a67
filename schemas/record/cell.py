"""A cell as built: format, materials, electrodes, electrolyte, nominal values."""

from enum import StrEnum

from pydantic import AwareDatetime

from schemas.identifiers import ObjectId
from schemas.record.field import CONFIDENTIAL, NETWORK, Part, Text, described
from schemas.record.quantity import (
    AmpereHours,
    Grams,
    GramsPerCubicCentimetre,
    Micrometres,
    MilliampereHoursPerSquareCentimetre,
    MilligramsPerSquareCentimetre,
    Millilitres,
    Millimetres,
    Percent,
    Ratio,
    SquareCentimetres,
    Volts,
)


class CellConfiguration(StrEnum):
    """What the voltage is measured between; it decides which half of a cycle comes first."""

    FULL = "full"
    HALF_POSITIVE = "half-positive"
    HALF_NEGATIVE = "half-negative"
    SYMMETRIC = "symmetric"
    THREE_ELECTRODE = "three-electrode"


class Ingredient(Part, frozen=True, extra="forbid"):
    """One part of a formulation."""

    name: Text = described(
        "Material", CONFIDENTIAL, terms="materials", iri="schema:material", example="NMC811", default=...
    )
    role: Text | None = described(
        "What it is there for",
        CONFIDENTIAL,
        terms="ingredient-roles",
        why="BattINFO says it by the class of the ingredient, not by a property",
        example="active material",
    )
    supplier: Text | None = described("Who sold it", CONFIDENTIAL, iri="schema:manufacturer", example="Powder Works")
    lot: Text | None = described("The supplier's lot", CONFIDENTIAL, iri="gs1:hasBatchLotNumber", example="P-2026-11")
    object: ObjectId | None = described(
        "The material or lot registered here", CONFIDENTIAL, iri="schema:isBasedOn", example="MAT-7Q4K-M2XP"
    )
    fraction_percent: Percent | None = described(
        "Share of the dry mass", CONFIDENTIAL, iri="battinfo:MassFraction", example=96
    )


class Electrode(Part, frozen=True, extra="forbid"):
    """One electrode as it was built in."""

    formulation: tuple[Ingredient, ...] = described(
        "What it is made of", CONFIDENTIAL, why="a group of fields", default=(), max_length=50
    )
    loading_mg_per_cm2: MilligramsPerSquareCentimetre | None = described(
        "Mass of active material per area and side", CONFIDENTIAL, iri="battinfo:ActiveMassLoading", example=18.5
    )
    active_mass_g: Grams | None = described(
        "Mass of active material in the whole cell, without binder and carbon",
        CONFIDENTIAL,
        iri="battinfo:Mass",
        example=62.9,
    )
    coated_area_cm2: SquareCentimetres | None = described(
        "Coated area that faces the other electrode, all sides of the whole cell",
        CONFIDENTIAL,
        why="no term was found for a coated area that faces the other electrode",
        example=3400,
    )
    areal_capacity_mah_per_cm2: MilliampereHoursPerSquareCentimetre | None = described(
        "Nominal capacity per area and side", CONFIDENTIAL, iri="battinfo:AreicCapacity", example=3.4
    )
    density_g_per_cm3: GramsPerCubicCentimetre | None = described(
        "Density of the calendered coating", CONFIDENTIAL, iri="battinfo:CalenderedDensity", example=3.3
    )
    porosity_percent: Percent | None = described(
        "Porosity of the calendered coating", CONFIDENTIAL, iri="battinfo:Porosity", example=30
    )
    thickness_um: Micrometres | None = described(
        "Thickness of the calendered coating, one side",
        CONFIDENTIAL,
        iri="battinfo:CalenderedCoatingThickness",
        example=65,
    )
    sides: int | None = described("Coated sides", NETWORK, why="a count", example=2, ge=1, le=2)
    collector: Text | None = described(
        "Current collector", NETWORK, iri="battinfo:hasCurrentCollector", example="aluminium foil"
    )
    collector_um: Micrometres | None = described("Its thickness", NETWORK, iri="battinfo:Thickness", example=15)


class Separator(Part, frozen=True, extra="forbid"):
    """The separator as it was built in."""

    name: Text | None = described("Material or product", CONFIDENTIAL, iri="schema:name", example="PE 16")
    supplier: Text | None = described("Who sold it", CONFIDENTIAL, iri="schema:manufacturer", example="Foil Works")
    lot: Text | None = described("The supplier's lot", CONFIDENTIAL, iri="gs1:hasBatchLotNumber", example="S-2026-03")
    thickness_um: Micrometres | None = described("Thickness", CONFIDENTIAL, iri="battinfo:Thickness", example=16)
    porosity_percent: Percent | None = described("Porosity", CONFIDENTIAL, iri="battinfo:SeparatorPorosity", example=42)


class Electrolyte(Part, frozen=True, extra="forbid"):
    """The electrolyte and how much of it."""

    composition: Text | None = described(
        "Salt, solvents and additives",
        CONFIDENTIAL,
        iri="battinfo:ChemicalComposition",
        example="1 M LiPF6 in EC:EMC 3:7, 2 % VC",
    )
    supplier: Text | None = described("Who sold it", CONFIDENTIAL, iri="schema:manufacturer", example="Solvent Works")
    lot: Text | None = described("The supplier's lot", CONFIDENTIAL, iri="gs1:hasBatchLotNumber", example="E-2026-05")
    amount_g: Grams | None = described("Mass in the cell", CONFIDENTIAL, iri="battinfo:Mass", example=12.5)
    amount_ml: Millilitres | None = described("Volume in the cell", CONFIDENTIAL, iri="battinfo:Volume", example=10)


class Specification(Part, frozen=True, extra="forbid"):
    """How a cell is built."""

    format: Text | None = described(
        "Format", NETWORK, terms="cell-formats", iri="battinfo:hasFormFactor", example="pouch"
    )
    size: Text | None = described("Size code or name", NETWORK, iri="schema:size", example="21700")
    width_mm: Millimetres | None = described("Width", NETWORK, iri="schema:width", example=140)
    height_mm: Millimetres | None = described("Height", NETWORK, iri="schema:height", example=210)
    thickness_mm: Millimetres | None = described("Thickness", NETWORK, iri="schema:depth", example=6)
    diameter_mm: Millimetres | None = described("Diameter", NETWORK, iri="battinfo:Diameter", example=21)
    mass_g: Grams | None = described("Mass", NETWORK, iri="schema:weight", example=98.4)
    layers: int | None = described("Electrode pairs", NETWORK, why="a count", example=20, ge=1, le=10_000)
    n_p_ratio: Ratio | None = described(
        "Areal capacity of the negative electrode to that of the positive",
        CONFIDENTIAL,
        iri="battinfo:NPRatio",
        example=1.1,
    )
    positive: Electrode | None = described("Positive electrode", NETWORK, why="a group of fields")
    negative: Electrode | None = described("Negative electrode", NETWORK, why="a group of fields")
    separator: Separator | None = described("Separator", NETWORK, why="a group of fields")
    electrolyte: Electrolyte | None = described("Electrolyte", NETWORK, why="a group of fields")


class Cell(Part, frozen=True, extra="forbid"):
    """The cell, or the lot of equal cells, that the data are of."""

    id: Text | None = described(
        "The cell's name as the line writes it", NETWORK, iri="schema:name", example="L05-C0231"
    )
    object: ObjectId | None = described(
        "The cell or lot registered here", NETWORK, iri="schema:about", example="CEL-7Q4K-M2XP"
    )
    serial: Text | None = described("Serial number", NETWORK, iri="schema:serialNumber", example="SN-0231")
    batch: Text | None = described("Batch or lot of cells", NETWORK, iri="gs1:hasBatchLotNumber", example="B-2026-07")
    configuration: CellConfiguration | None = described(
        "What the voltage is measured between",
        NETWORK,
        why="BattINFO says it by the class of the cell, not by a property",
        example="full",
    )
    chemistry: Text | None = described(
        "Chemistry of the positive electrode",
        NETWORK,
        terms="chemistries",
        why="BattINFO says it by the class of the electrode, not by a property",
        example="NMC622",
    )
    negative_chemistry: Text | None = described(
        "Chemistry of the negative electrode",
        NETWORK,
        terms="chemistries",
        why="BattINFO says it by the class of the electrode, not by a property",
        example="graphite",
    )
    nominal_capacity_ah: AmpereHours | None = described(
        "Nominal capacity", NETWORK, iri="battinfo:NominalCapacity", example=5
    )
    nominal_voltage_v: Volts | None = described("Nominal voltage", NETWORK, iri="battinfo:NominalVoltage", example=3.7)
    specification: Specification | None = described("How it is built", NETWORK, why="a group of fields")
    made_at: AwareDatetime | None = described(
        "When it was finished, with offset", NETWORK, iri="schema:productionDate", example="2026-03-31T14:05:00+02:00"
    )
    made_by: Text | None = described("Line or maker", NETWORK, iri="schema:manufacturer", example="Line North")
    grade: Text | None = described(
        "Grade after end-of-line control", NETWORK, why="every line has grades of its own", example="A"
    )
    status: Text | None = described(
        "What has become of it",
        NETWORK,
        terms="cell-states",
        why="states that this platform tells apart",
        example="in test",
    )
