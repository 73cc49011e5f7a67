"""A test: protocol, instrument, chamber, limits, when, and how far it kept to what was asked."""

from enum import StrEnum

from pydantic import AwareDatetime

from schemas.identifiers import ObjectId
from schemas.record.field import NETWORK, Part, Prose, Text, described
from schemas.record.quantity import (
    AmpereHours,
    Amperes,
    Celsius,
    Kelvins,
    Kilopascals,
    SmallVolts,
    Volts,
)


class Impact(StrEnum):
    """How much a deviation matters."""

    MINOR = "minor"
    MODERATE = "moderate"
    MAJOR = "major"


class Conformance(StrEnum):
    """Whether the protocol was kept to."""

    CONFORMANT = "conformant"
    NON_CONFORMANT = "non-conformant"
    UNKNOWN = "unknown"


class ProtocolUsed(Part, frozen=True, extra="forbid"):
    """Which protocol, in which version."""

    name: Text | None = described("Name of the protocol", NETWORK, iri="schema:name", example="RR-2026-1")
    version: Text | None = described("Its version", NETWORK, iri="schema:version", example="2")
    sha256: str | None = described(
        "SHA-256 of its document",
        NETWORK,
        iri="schema:sha256",
        pattern="^[0-9a-f]{64}$",
        example="3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a",
    )
    object: ObjectId | None = described(
        "The protocol registered here", NETWORK, iri="schema:isBasedOn", example="PRO-7Q4K-M2XP"
    )


class Instrument(Part, frozen=True, extra="forbid"):
    """What measured: a cycler, a potentiostat."""

    name: Text | None = described("As the line calls it", NETWORK, iri="schema:name", example="Arbin LBT 21084")
    maker: Text | None = described("Maker", NETWORK, iri="schema:manufacturer", example="Arbin")
    model: Text | None = described("Model", NETWORK, iri="schema:model", example="LBT 21084")
    serial: Text | None = described("Serial number", NETWORK, iri="schema:serialNumber", example="1705")
    channel: Text | None = described(
        "Channel",
        NETWORK,
        why="BattINFO has the channel as a thing of its own, without a property for its name",
        example="3-7",
    )
    software: Text | None = described(
        "Software and its version", NETWORK, iri="schema:softwareVersion", example="EC-Lab 11.43"
    )
    object: ObjectId | None = described(
        "The equipment registered here", NETWORK, iri="schema:instrument", example="EQP-7Q4K-M2XP"
    )


class Calibration(Part, frozen=True, extra="forbid"):
    """When the instrument was calibrated, and its uncertainty (standard uncertainty, k = 1)."""

    at: AwareDatetime | None = described(
        "When, with offset", NETWORK, iri="battinfo:hasDateOfCalibration", example="2026-03-31T14:05:00+02:00"
    )
    voltage_v: SmallVolts | None = described(
        "Uncertainty of voltage", NETWORK, iri="battinfo:MetrologicalUncertainty", example=0.001
    )
    current_a: Amperes | None = described(
        "Uncertainty of current", NETWORK, iri="battinfo:MetrologicalUncertainty", example=0.0025
    )
    temperature_k: Kelvins | None = described(
        "Uncertainty of temperature", NETWORK, iri="battinfo:MetrologicalUncertainty", example=0.5
    )


class Chamber(Part, frozen=True, extra="forbid"):
    """Where the cell stood."""

    name: Text | None = described("Name of the chamber", NETWORK, iri="schema:name", example="Chamber 2")
    set_temperature_c: Celsius | None = described(
        "Temperature that was set", NETWORK, iri="battinfo:CelsiusTemperature", example=25
    )
    measured_at: Text | None = described(
        "Where the temperature was measured", NETWORK, why="a place in words", example="centre of the cell's face"
    )
    object: ObjectId | None = described(
        "The equipment registered here", NETWORK, iri="schema:instrument", example="EQP-7Q4K-M2XP"
    )


class Deviation(Part, frozen=True, extra="forbid"):
    """Something that went otherwise than the protocol asked."""

    category: Text = described(
        "What kind of deviation",
        NETWORK,
        terms="deviations",
        why="a term of a vocabulary of this platform",
        example="power-outage",
        default=...,
    )
    impact: Impact = described(
        "How much it matters", NETWORK, why="a term of a vocabulary of this platform", example="minor", default=...
    )
    text: Prose | None = described(
        "What happened", NETWORK, iri="schema:description", example="The chamber stood at 27 °C for two hours"
    )
    at: AwareDatetime | None = described(
        "When, with offset", NETWORK, iri="schema:startTime", example="2026-03-31T14:05:00+02:00"
    )


class Test(Part, frozen=True, extra="forbid"):
    """The test that the data come from."""

    __test__ = False  # no test of ours, whatever its name

    kind: Text | None = described(
        "Kind of test", NETWORK, terms="test-kinds", iri="schema:measurementTechnique", example="cycling"
    )
    round: Text | None = described(
        "Round robin that it belongs to", NETWORK, why="an id of this platform", example="rr-2026"
    )
    protocol: ProtocolUsed | None = described("Protocol", NETWORK, why="a group of fields")
    instrument: Instrument | None = described("Instrument", NETWORK, why="a group of fields")
    calibration: Calibration | None = described("Calibration of the instrument", NETWORK, why="a group of fields")
    chamber: Chamber | None = described("Chamber", NETWORK, why="a group of fields")
    pressure_kpa: Kilopascals | None = described(
        "Pressure on the cell's face", NETWORK, iri="battinfo:Pressure", example=200
    )
    c_rate_base_ah: AmpereHours | None = described(
        "Capacity that 1C refers to",
        NETWORK,
        why="BattINFO defines the C-rate by the nominal capacity; a line may have taken another",
        example=5,
    )
    lower_voltage_v: Volts | None = described(
        "Lower end of the voltage window", NETWORK, iri="battinfo:LowerVoltageLimit", example=2.5
    )
    upper_voltage_v: Volts | None = described(
        "Upper end of the voltage window", NETWORK, iri="battinfo:UpperVoltageLimit", example=4.2
    )
    cycles: int | None = described(
        "Cycles that the protocol asks for", NETWORK, why="a count", ge=1, le=1_000_000, example=200
    )
    started_at: AwareDatetime | None = described(
        "Start, with offset", NETWORK, iri="schema:startTime", example="2026-03-31T14:05:00+02:00"
    )
    ended_at: AwareDatetime | None = described(
        "End, with offset", NETWORK, iri="schema:endTime", example="2026-04-14T09:00:00+02:00"
    )
    conformance: Conformance | None = described(
        "Whether the protocol was kept to", NETWORK, why="a judgement in words of this platform", example="conformant"
    )
    deviations: tuple[Deviation, ...] = described(
        "What went otherwise", NETWORK, why="a group of fields", default=(), max_length=100
    )
    exclusions: tuple[Prose, ...] = described(
        "What of the data is not to be used, and why",
        NETWORK,
        why="prose",
        default=(),
        max_length=100,
        example=["Cycle 17: the channel was disconnected"],
    )
