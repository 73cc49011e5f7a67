"""What a pilot line can do, as its organisation describes it, and how it is shown in the directory."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from schemas.organisation import Line, Name, ShortId, Zone

Amount = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Prose = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
Term = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z][a-z-]*$")]


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("one line of printable characters, without spaces at its ends")
    return text


Designation = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]


class Led(StrEnum):
    """Who leads a step: the machine, the machine in part, or a hand."""

    MACHINE = "machine"
    PARTLY = "partly"
    HAND = "hand"


class StepDone(BaseModel, frozen=True, extra="forbid"):
    """A step of cell production that the line does itself; `step` is a term of the vocabulary."""

    step: Term = Field(examples=["coating"])
    led: Led = Led.MACHINE
    equipment: Prose = ""


class CellMade(BaseModel, frozen=True, extra="forbid"):
    """A cell that the line makes: format of the vocabulary, capacity in Ah, size in mm."""

    format: Term = Field(examples=["pouch"])
    designation: Designation | None = Field(default=None, examples=["21700"])
    capacity_ah: Amount
    width_mm: Amount | None = None
    height_mm: Amount | None = None
    thickness_mm: Amount | None = None
    diameter_mm: Amount | None = None


class Throughput(BaseModel, frozen=True, extra="forbid"):
    """How many cells of this capacity leave the line on a day of work."""

    cells_per_day: Amount
    cell_capacity_ah: Amount


class ElectrodeMaking(BaseModel, frozen=True, extra="forbid"):
    """How electrodes are made: m of coated foil a day, m on a roll, mm across, µm high, m/min through the coater."""

    continuous: bool | None = None
    coated_sides: int | None = Field(default=None, ge=1, le=2)
    metres_per_day: Amount | None = None
    roll_metres: Amount | None = None
    narrowest_mm: Amount | None = None
    widest_mm: Amount | None = None
    thickest_um: Amount | None = None
    fastest_m_per_min: Amount | None = None

    @model_validator(mode="after")
    def _narrow_before_wide(self) -> "ElectrodeMaking":
        if self.narrowest_mm is not None and self.widest_mm is not None and self.narrowest_mm > self.widest_mm:
            raise ValueError(f"narrowest_mm {self.narrowest_mm} is above widest_mm {self.widest_mm}")
        return self


class Competencies(BaseModel, frozen=True, extra="forbid"):
    """What a line can do; whatever is left empty is not known."""

    description: Prose = ""
    steps: tuple[StepDone, ...] = Field(default=(), max_length=50)
    cells: tuple[CellMade, ...] = Field(default=(), max_length=50)
    chemistries: tuple[Designation, ...] = Field(default=(), max_length=50, examples=[["NMC811//graphite"]])
    throughput: tuple[Throughput, ...] = Field(default=(), max_length=20)
    electrodes: ElectrodeMaking = ElectrodeMaking()
    dew_point_c: float | None = Field(default=None, ge=-100, le=40, description="Of the dry room, in °C")

    @property
    def formats(self) -> frozenset[str]:
        """Formats of the cells that it makes."""
        return frozenset(one.format for one in self.cells)


class LineRecord(BaseModel, frozen=True, extra="forbid"):
    """What a steward or an admin fills in of a line; `public` shows a part of it to the world."""

    name: Name
    time_zone: Zone
    competencies: Competencies = Competencies()
    public: bool = False


class NewLine(LineRecord, frozen=True):
    """A line that is entered, with the id that it will keep."""

    id: ShortId


class PilotLine(Line, frozen=True):
    """A line with its competencies, as it is kept."""

    competencies: Competencies = Competencies()
    public: bool = False
    changed_at: datetime | None = None
    changed_by: str | None = None


class ShownLine(BaseModel, frozen=True):
    """A line in the directory; the world gets the part that its organisation made public, without throughput."""

    id: str
    name: str
    organisation: str
    organisation_name: str
    country: str
    contact: str | None = None
    steps: tuple[str, ...]
    formats: tuple[str, ...]
    chemistries: tuple[str, ...]
    cells_per_day: float | None = Field(default=None, description="The most that it makes of any cell")
    time_zone: str | None = None
    competencies: Competencies | None = None
    public: bool | None = None
    changed_at: datetime | None = None
