"""Custody: what is recorded of a cell on its way: sent, received and measured on arrival, returned, disposed of."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from schemas.policy import MomentInput
from schemas.record.field import Part, Prose, Text
from schemas.record.quantity import Celsius, Grams, InUnit, Percent, Volts
from schemas.round.round import CellName

Ohms = Annotated[float, InUnit("Ohm", low=0, high=1_000_000)]


class TransportDocument(StrEnum):
    """By which document a cell may travel."""

    SUMMARY = "un-38.3-summary"
    """Test summary of UN 38.3."""
    PROTOTYPE = "prototype-exemption"
    """A prototype that has not passed these tests."""


class RecordedBy(StrEnum):
    """Who recorded it."""

    CUSTODIAN = "custodian"
    LINE = "line"


class Sent(Part, frozen=True, extra="forbid"):
    """A cell goes to the line, or from it to whoever tests it; `reference` is of the document."""

    what: Literal["sent"]
    cell: CellName
    at: MomentInput
    transport_class: Text = Field(examples=["UN 3480, class 9"])
    document: TransportDocument
    reference: Text | None = None
    comment: Prose | None = None


class Received(Part, frozen=True, extra="forbid"):
    """A cell has arrived: as it was then, and what the temperature logger of its box says of the way."""

    what: Literal["received"]
    cell: CellName
    at: MomentInput
    soc_percent: Percent | None = Field(default=None, description="State of charge")
    ocv_v: Volts | None = Field(default=None, description="Voltage without load")
    resistance_1khz_ohm: Ohms | None = Field(default=None, description="Resistance at 1 kHz")
    mass_g: Grams | None = None
    lowest_c: Celsius | None = Field(default=None, description="Lowest temperature on the way")
    highest_c: Celsius | None = Field(default=None, description="Highest temperature on the way")
    comment: Prose | None = None

    @model_validator(mode="after")
    def _lowest_first(self) -> "Received":
        if self.lowest_c is not None and self.highest_c is not None and self.lowest_c > self.highest_c:
            raise ValueError(f"lowest_c {self.lowest_c} °C is above highest_c {self.highest_c} °C")
        return self


class Returned(Part, frozen=True, extra="forbid"):
    """A cell goes back."""

    what: Literal["returned"]
    cell: CellName
    at: MomentInput
    transport_class: Text | None = None
    document: TransportDocument | None = None
    reference: Text | None = None
    comment: Prose | None = None


class Disposed(Part, frozen=True, extra="forbid"):
    """A cell is no more."""

    what: Literal["disposed"]
    cell: CellName
    at: MomentInput
    how: Text = Field(examples=["Discharged and recycled"])
    comment: Prose | None = None


CustodyEntry = Annotated[Sent | Received | Returned | Disposed, Field(discriminator="what")]


class RecordCustody(Part, frozen=True, extra="forbid"):
    """Entries of cells of one line; a wrong one is put right by another, and both stay."""

    entries: tuple[CustodyEntry, ...] = Field(min_length=1, max_length=200)


class KeptCustody(BaseModel, frozen=True):
    """An entry as it is kept."""

    id: str
    line: str
    number: int
    entry: CustodyEntry
    by: RecordedBy
    recorded_at: datetime
