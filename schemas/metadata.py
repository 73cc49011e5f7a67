"""The metadata record of a dataset: version 0.1, the few fields without which data cannot be used or compared."""

from enum import StrEnum
from typing import Annotated, Final, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, model_validator

from schemas.identifiers import Orcid
from schemas.ingested import Declared
from schemas.instructions import Instructions

SCHEMA_VERSION: Final = "0.1"


class DatasetKind(StrEnum):
    """What a dataset is."""

    ROUND_ROBIN_TEST = "round-robin-test"
    CELL_TEST = "cell-test"
    PRODUCTION_RUN = "production-run"
    MATERIAL = "material"
    PROTOCOL = "protocol"
    DOCUMENT = "document"


class CellConfiguration(StrEnum):
    """What the voltage is measured between; it decides which half of a cycle comes first."""

    FULL = "full"
    HALF_POSITIVE = "half-positive"
    HALF_NEGATIVE = "half-negative"
    SYMMETRIC = "symmetric"
    THREE_ELECTRODE = "three-electrode"


class FieldClass(StrEnum):
    """To whom a field of the record is shown, once the record is open at all."""

    CORE = "core"
    NETWORK = "network"
    CONFIDENTIAL = "confidential"


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is no IANA time zone; write it like Europe/Berlin or UTC")
    return name


_LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"


def _single_line(text: str) -> str:
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise ValueError("control characters are not allowed; write it on one line")
    if not text.strip():
        raise ValueError("it is blank; leave the field out or fill it in")
    return text


Text = Annotated[
    str, Field(min_length=1, max_length=300, json_schema_extra={"pattern": _LINE}), AfterValidator(_single_line)
]


class Creator(BaseModel, frozen=True, extra="forbid"):
    """A person who made the data, with ORCID where there is one."""

    name: Text
    orcid: Orcid | None = None


_NEEDED_OF_TESTS = (
    "title",
    "kind",
    "line",
    "cell",
    "cell_configuration",
    "nominal_capacity_ah",
    "lower_voltage_v",
    "upper_voltage_v",
    "protocol_name",
    "instrument",
    "time_zone",
    "creators",
)
_NEEDED: dict[DatasetKind, tuple[str, ...]] = {
    DatasetKind.PRODUCTION_RUN: ("title", "kind", "line", "creators"),
    DatasetKind.MATERIAL: ("title", "kind", "creators"),
    DatasetKind.PROTOCOL: ("title", "kind", "creators"),
    DatasetKind.DOCUMENT: ("title", "kind", "creators"),
}
"""What release asks of each kind; whatever is not named here is a test. A draft without kind may become one."""


class Metadata(BaseModel, frozen=True, extra="forbid"):
    """The record; every field may be empty in a draft, `missing()` says what release still needs."""

    schema_version: Literal["0.1"] = SCHEMA_VERSION
    title: Text | None = None
    kind: DatasetKind | None = None
    line: Text | None = Field(default=None, description="Name of the pilot line")
    cell: Text | None = Field(default=None, description="Cell id as the line writes it")
    cell_configuration: CellConfiguration | None = None
    nominal_capacity_ah: float | None = Field(default=None, gt=0, le=10_000, allow_inf_nan=False)
    lower_voltage_v: float | None = Field(default=None, ge=-10, le=1000, allow_inf_nan=False)
    upper_voltage_v: float | None = Field(default=None, ge=-10, le=1000, allow_inf_nan=False)
    chemistry: Text | None = Field(default=None, description="Of the positive electrode", examples=["NMC622"])
    cycles: int | None = Field(default=None, ge=1, le=1_000_000, description="Cycles that the protocol asks for")
    protocol_name: Text | None = None
    instrument: Text | None = None
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] | None = Field(
        default=None, description="IANA name; needed where the file's clock times carry none"
    )
    reading: Instructions = Field(default=Instructions(), description="How files are read that do not say so")
    creators: tuple[Creator, ...] = Field(default=(), max_length=100)
    licence: Text | None = Field(default=None, description="SPDX id", examples=["CC-BY-4.0"])
    agreement: Text | None = Field(default=None, description="Agreement that rules the use, instead of a licence")

    @model_validator(mode="after")
    def _window_has_two_ends(self) -> "Metadata":
        low, high = self.lower_voltage_v, self.upper_voltage_v
        if low is not None and high is not None and low >= high:
            raise ValueError(f"lower_voltage_v {low} V is not below upper_voltage_v {high} V")
        return self

    def declared(self, zone_of_line: str | None = None) -> Declared:
        """What reading a file depends on: when it changes, the file is read again.

        A record without time zone takes that of its pilot line, where it is known.
        """
        declared = Declared(**self.model_dump(mode="json", include=set(Declared.model_fields)))
        if self.time_zone is not None or zone_of_line is None:
            return declared
        return declared.model_copy(update={"time_zone": zone_of_line, "time_zone_of_line": True})

    def missing(self) -> tuple[str, ...]:
        """Names of the fields that release still needs, all at once, in the record's order."""
        needed = _NEEDED.get(self.kind, _NEEDED_OF_TESTS) if self.kind else _NEEDED_OF_TESTS
        empty = tuple(name for name in needed if getattr(self, name) in (None, ()))
        return empty if self.licence or self.agreement else (*empty, "licence or agreement")


CLASS_OF_FIELD: dict[str, FieldClass] = {
    "schema_version": FieldClass.CORE,
    "title": FieldClass.CORE,
    "kind": FieldClass.CORE,
    "line": FieldClass.CORE,
    "cell": FieldClass.NETWORK,
    "cell_configuration": FieldClass.NETWORK,
    "nominal_capacity_ah": FieldClass.NETWORK,
    "lower_voltage_v": FieldClass.NETWORK,
    "upper_voltage_v": FieldClass.NETWORK,
    "chemistry": FieldClass.NETWORK,
    "cycles": FieldClass.NETWORK,
    "protocol_name": FieldClass.NETWORK,
    "instrument": FieldClass.NETWORK,
    "time_zone": FieldClass.NETWORK,
    "reading": FieldClass.CONFIDENTIAL,
    "creators": FieldClass.CORE,
    "licence": FieldClass.CORE,
    "agreement": FieldClass.CORE,
}
"""Core fields are for whoever holds the level metadata, the world included; `reading` names headings and files."""
