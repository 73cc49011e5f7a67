"""What is not a test: production runs, materials, protocols and documents."""

from enum import StrEnum

from pydantic import AwareDatetime

from schemas.identifiers import ObjectId
from schemas.protocol import Target
from schemas.record.cell import Ingredient
from schemas.record.field import CONFIDENTIAL, CORE, NETWORK, Part, Prose, Text, described
from schemas.record.quantity import (
    Amperes,
    Celsius,
    GramsPerCubicCentimetre,
    Kilograms,
    KilowattHours,
    Micrometres,
    MilliampereHoursPerGram,
    PartsPerMillion,
    Percent,
    Ratio,
    Seconds,
    SquareMetresPerGram,
    Volts,
    Watts,
)


class Recipe(Part, frozen=True, extra="forbid"):
    """The recipe in its version."""

    name: Text | None = described("Name of the recipe", CONFIDENTIAL, iri="schema:name", example="NMC slurry")
    version: Text | None = described("Its version", CONFIDENTIAL, iri="schema:version", example="7")


class StepRun(Part, frozen=True, extra="forbid"):
    """One step of a production run."""

    step: Text = described(
        "Step of cell production",
        NETWORK,
        terms="process-steps",
        why="its term has an IRI",
        example="coating",
        default=...,
    )
    machine: Text | None = described("Machine", NETWORK, iri="schema:instrument", example="Coater 1")
    object: ObjectId | None = described(
        "The equipment registered here", NETWORK, iri="schema:instrument", example="EQP-7Q4K-M2XP"
    )
    energy_kwh: KilowattHours | None = described(
        "Energy that the step took", CONFIDENTIAL, iri="battinfo:Energy", example=12.5
    )
    yield_percent: Percent | None = described(
        "Good parts of all", CONFIDENTIAL, why="no ontology looked at has the yield of a production step", example=97
    )
    note: Prose | None = described(
        "What else there is to know",
        CONFIDENTIAL,
        iri="schema:description",
        example="The first ten metres were set aside",
    )


class Production(Part, frozen=True, extra="forbid"):
    """A production run."""

    run: Text | None = described("Name of the run", NETWORK, iri="schema:name", example="RUN-2026-014")
    recipe: Recipe | None = described("Recipe", CONFIDENTIAL, why="a group of fields")
    lots_in: tuple[Text, ...] = described(
        "Lots that went in", CONFIDENTIAL, iri="prov:used", default=(), max_length=1000, example=["P-2026-11"]
    )
    lots_out: tuple[Text, ...] = described(
        "Lots that came out", NETWORK, iri="prov:generated", default=(), max_length=1000, example=["B-2026-07"]
    )
    steps: tuple[StepRun, ...] = described(
        "Steps in order", NETWORK, why="a group of fields", default=(), max_length=200
    )
    dew_point_c: Celsius | None = described(
        "Dew point of the dry room", NETWORK, iri="battinfo:DewPointTemperature", example=-45
    )
    temperature_c: Celsius | None = described(
        "Temperature of the room", NETWORK, iri="battinfo:CelsiusTemperature", example=21
    )
    quality_checks: tuple[Prose, ...] = described(
        "Checks and their outcome",
        NETWORK,
        why="prose",
        default=(),
        max_length=200,
        example=["Loading within 2 % on both sides"],
    )
    scrap_percent: Percent | None = described(
        "Scrap of all parts", CONFIDENTIAL, why="no ontology looked at has the scrap of a production run", example=4
    )
    cells_built: int | None = described("Cells built", CONFIDENTIAL, why="a count", ge=0, le=10_000_000, example=60)
    cells_passed: int | None = described(
        "Cells that passed", CONFIDENTIAL, why="a count", ge=0, le=10_000_000, example=57
    )
    operator: Text | None = described(
        "Pseudonym of the operator; never a name", CONFIDENTIAL, why="a pseudonym", example="operator 3"
    )
    started_at: AwareDatetime | None = described(
        "Start, with offset", NETWORK, iri="schema:startTime", example="2026-03-31T14:05:00+02:00"
    )
    ended_at: AwareDatetime | None = described(
        "End, with offset", NETWORK, iri="schema:endTime", example="2026-04-02T18:00:00+02:00"
    )


class MaterialDescribed(Part, frozen=True, extra="forbid"):
    """A material."""

    name: Text | None = described("Material", NETWORK, terms="materials", iri="schema:material", example="NMC811")
    object: ObjectId | None = described(
        "The material or lot registered here", NETWORK, iri="schema:about", example="MAT-7Q4K-M2XP"
    )
    use: Text | None = described(
        "What it is for",
        NETWORK,
        terms="ingredient-roles",
        why="BattINFO says it by the class of the material, not by a property",
        example="active material",
    )
    supplier: Text | None = described("Who sold it", CONFIDENTIAL, iri="schema:manufacturer", example="Powder Works")
    product: Text | None = described(
        "The supplier's name for it", CONFIDENTIAL, iri="schema:model", example="NMC 811 HE"
    )
    lot: Text | None = described("The supplier's lot", CONFIDENTIAL, iri="gs1:hasBatchLotNumber", example="P-2026-11")
    cas: str | None = described(
        "CAS number", NETWORK, iri="battinfo:CASRN", pattern=r"^\d{2,7}-\d{2}-\d$", example="12190-79-3"
    )
    composition: tuple[Ingredient, ...] = described(
        "What it is made of", CONFIDENTIAL, why="a group of fields", default=(), max_length=50
    )
    amount_kg: Kilograms | None = described("How much of it", CONFIDENTIAL, iri="battinfo:Mass", example=25)
    purity_percent: Percent | None = described(
        "Purity", NETWORK, why="suppliers mean shares of mass and of amount; a term would say which", example=99.9
    )
    moisture_ppm: PartsPerMillion | None = described(
        "Water by mass", NETWORK, iri="battinfo:MassFractionOfWater", example=200
    )
    d50_um: Micrometres | None = described(
        "Median particle size by volume", NETWORK, iri="battinfo:D50ParticleSize", example=11
    )
    surface_m2_per_g: SquareMetresPerGram | None = described(
        "BET surface", NETWORK, iri="battinfo:SpecificSurfaceArea", example=0.4
    )
    tap_density_g_per_cm3: GramsPerCubicCentimetre | None = described(
        "Tap density", NETWORK, iri="battinfo:TappedDensity", example=2.4
    )
    capacity_mah_per_g: MilliampereHoursPerGram | None = described(
        "Specific capacity", NETWORK, iri="battinfo:SpecificCapacity", example=200
    )


class StepKind(StrEnum):
    """What a step of a test procedure does."""

    CHARGE = "charge"
    DISCHARGE = "discharge"
    REST = "rest"
    PULSE = "pulse"
    IMPEDANCE = "impedance"
    REPEAT = "repeat"
    SET_TEMPERATURE = "set-temperature"
    OTHER = "other"


class ProcedureStep(Part, frozen=True, extra="forbid"):
    """One step of a test procedure; what is left out is not prescribed."""

    number: int = described("Number of the step", NETWORK, why="a count", example=1, default=..., ge=1, le=10_000)
    kind: StepKind = described("What it does", NETWORK, iri="battinfo:StepType", example="charge", default=...)
    rate_c: Ratio | None = described(
        "Current as a multiple of the C-rate base, per hour", NETWORK, iri="battinfo:CRate", example=0.5
    )
    current_a: Amperes | None = described("Current", NETWORK, iri="battinfo:ElectricCurrent", example=2.5)
    power_w: Watts | None = described("Power", NETWORK, iri="battinfo:Power", example=10)
    voltage_v: Volts | None = described("Voltage that is held", NETWORK, iri="battinfo:Voltage", example=4.2)
    until_voltage_v: Volts | None = described("Ends at this voltage", NETWORK, iri="battinfo:VoltageLimit", example=4.2)
    until_rate_c: Ratio | None = described(
        "Ends at this multiple of the C-rate base", NETWORK, iri="battinfo:CRate", example=0.05
    )
    for_s: Seconds | None = described("Ends after this time", NETWORK, iri="battinfo:StepDuration", example=1800)
    temperature_c: Celsius | None = described("Temperature", NETWORK, iri="battinfo:CelsiusTemperature", example=25)
    back_to: int | None = described("Repeats from this step", NETWORK, why="a count", ge=1, le=10_000, example=2)
    times: int | None = described("So many times in all", NETWORK, why="a count", ge=1, le=1_000_000, example=100)
    text: Prose | None = described(
        "What it says in words",
        NETWORK,
        iri="schema:text",
        example="Charge with constant current, then constant voltage",
    )


class Protocol(Part, frozen=True, extra="forbid"):
    """A test procedure or a recipe with targets and tolerances."""

    name: Text | None = described("Name", NETWORK, iri="schema:name", example="RR-2026-1")
    version: Text | None = described("Version", NETWORK, iri="schema:version", example="2")
    object: ObjectId | None = described(
        "The protocol registered here", NETWORK, iri="schema:about", example="PRO-7Q4K-M2XP"
    )
    tests: tuple[Text, ...] = described(
        "Kinds of test",
        NETWORK,
        terms="test-kinds",
        why="a list of terms",
        default=(),
        max_length=30,
        example=["capacity-check"],
    )
    steps: tuple[ProcedureStep, ...] = described(
        "Steps in order", NETWORK, why="a group of fields", default=(), max_length=1000
    )
    targets: tuple[Target, ...] = described(
        "What production is to reach, with tolerances", NETWORK, why="a group of fields", default=(), max_length=500
    )


class Document(Part, frozen=True, extra="forbid"):
    """A report, a guideline, training material."""

    type: Text | None = described(
        "What it is", CORE, terms="document-types", iri="schema:additionalType", example="guideline"
    )
    version: Text | None = described("Version", CORE, iri="schema:version", example="2")
    published_at: AwareDatetime | None = described(
        "When it was published, with offset", CORE, iri="schema:datePublished", example="2026-03-31T14:05:00+02:00"
    )
