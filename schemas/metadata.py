"""The metadata record of a dataset, version 1.0, for every kind; `schemas.record` holds its parts."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from schemas.ingested import Declared
from schemas.instructions import Instructions
from schemas.record.cell import Cell
from schemas.record.field import CONFIDENTIAL, CORE, NETWORK, Part, Prose, Text, described
from schemas.record.making import Document, MaterialDescribed, Production, Protocol
from schemas.record.people import Contact, Contributor, Creator, Funding, Related
from schemas.record.testing import Test
from schemas.time_zones import time_zones
from schemas.upgrade import SCHEMA_VERSION, upgraded


class DatasetKind(StrEnum):
    """What a dataset is."""

    ROUND_ROBIN_TEST = "round-robin-test"
    CELL_TEST = "cell-test"
    PRODUCTION_RUN = "production-run"
    MATERIAL = "material"
    PROTOCOL = "protocol"
    DOCUMENT = "document"


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError(f"'{name}' is no IANA time zone; write it like Europe/Berlin or UTC")
    return name


Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


class Metadata(Part, frozen=True, extra="forbid"):
    """The record; every field may be empty in a draft, a profile says what is needed for more."""

    schema_version: Literal["1.0"] = described(
        "Version of this schema in which the record is written", CORE, iri="dcterms:conformsTo", default=SCHEMA_VERSION
    )
    title: Text | None = described("Title", CORE, iri="dcterms:title", example="Round robin 2026, cell L05-C0231")
    kind: DatasetKind | None = described("What the dataset is", CORE, iri="dcterms:type", example="cell-test")
    description: Prose | None = described(
        "What was done, with what, and what for, in some sentences",
        CORE,
        iri="dcterms:description",
        example="Formation and rate test of a 5 Ah pouch cell of the reference design",
    )
    line: Text | None = described("Name of the pilot line", CORE, iri="prov:atLocation", example="Line North")
    keywords: tuple[Text, ...] = described(
        "Keywords", CORE, iri="dcat:keyword", default=(), max_length=50, example=["formation", "rate capability"]
    )
    language: Language | None = described("Language of texts and documents", CORE, iri="dcterms:language", example="en")
    creators: tuple[Creator, ...] = described(
        "Who made the data", CORE, iri="dcterms:creator", default=(), max_length=100
    )
    contributors: tuple[Contributor, ...] = described(
        "Who else contributed", CORE, iri="dcterms:contributor", default=(), max_length=100
    )
    contact: Contact | None = described("Whom to ask", NETWORK, iri="dcat:contactPoint")
    funding: tuple[Funding, ...] = described("Who paid for it", CORE, iri="schema:funding", default=(), max_length=20)
    licence: Text | None = described(
        "SPDX id of the licence", CORE, terms="licences", iri="dcterms:license", example="CC-BY-4.0"
    )
    agreement: Text | None = described(
        "Agreement that rules the use, instead of a licence", CORE, iri="odrl:hasPolicy", example="data-exchange"
    )
    related: tuple[Related, ...] = described(
        "What belongs to it", CORE, iri="dcterms:relation", default=(), max_length=100
    )
    created_at: AwareDatetime | None = described(
        "When the data were made, with offset", CORE, iri="dcterms:created", example="2026-03-31T14:05:00+02:00"
    )
    time_zone: Zone | None = described(
        "IANA name; needed where a file's clock times carry no offset",
        NETWORK,
        why="how files are read",
        example="Europe/Berlin",
    )
    cell: Cell | None = described("The cell", NETWORK, iri="schema:about")
    test: Test | None = described("The test", NETWORK, iri="prov:wasGeneratedBy")
    production: Production | None = described("The production run", NETWORK, iri="prov:wasGeneratedBy")
    material: MaterialDescribed | None = described("The material", NETWORK, iri="schema:about")
    protocol: Protocol | None = described("The protocol", NETWORK, iri="schema:about")
    document: Document | None = described("The document", CORE, iri="schema:about")
    reading: Instructions = described(
        "How files are read that do not say so", CONFIDENTIAL, why="how files are read", default=Instructions()
    )

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, written: Any) -> Any:  # Any: whatever was sent or stored
        return upgraded(written) if isinstance(written, dict) else written

    @model_validator(mode="after")
    def _window_has_two_ends(self) -> "Metadata":
        low, high = (self.test.lower_voltage_v, self.test.upper_voltage_v) if self.test else (None, None)
        if low is not None and high is not None and low >= high:
            raise ValueError(f"test.lower_voltage_v {low} V is not below test.upper_voltage_v {high} V")
        return self

    @model_validator(mode="after")
    def _test_ends_after_it_began(self) -> "Metadata":
        for name, part in (("test", self.test), ("production", self.production)):
            if part and part.started_at and part.ended_at and part.started_at > part.ended_at:
                raise ValueError(f"{name}.started_at {part.started_at} is behind {name}.ended_at {part.ended_at}")
        return self

    @property
    def cell_id(self) -> str | None:
        """The cell's name as the line writes it."""
        return self.cell.id if self.cell else None

    def declared(self, zone_of_line: str | None = None) -> Declared:
        """What reading a file depends on: when it changes, the file is read again.

        A record without time zone takes that of its pilot line, where it is known.
        """
        cell, test = self.cell or Cell(), self.test or Test()
        of_line = self.time_zone is None and zone_of_line is not None
        return Declared(
            time_zone=zone_of_line if of_line else self.time_zone,
            time_zone_of_line=of_line,
            nominal_capacity_ah=cell.nominal_capacity_ah,
            lower_voltage_v=test.lower_voltage_v,
            upper_voltage_v=test.upper_voltage_v,
            cell_configuration=cell.configuration,
            chemistry=cell.chemistry,
            cycles=test.cycles,
            reading=self.reading,
        )

    def written(self) -> dict[str, Any]:
        """The record as it is stored and sent: JSON types, without what is empty."""
        return self.model_dump(mode="json", exclude_none=True)

    def value(self, path: str) -> object:
        """What stands at a place such as `cell.nominal_capacity_ah`; None where it or a group on the way is empty."""
        found: object = self
        for name in path.split("."):
            found = getattr(found, name, None) if found is not None else None
        return None if found in ((), "") else found
