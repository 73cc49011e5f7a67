"""The self-assessment by which a line shows that it may be a pilot line of the network."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from schemas.line import Amount, Competencies, Prose


class MachineLed(BaseModel, frozen=True, extra="forbid"):
    """Whether a machine leads the step; None where nobody answered."""

    coating: bool | None = None
    calendering: bool | None = None
    cutting: bool | None = None
    stacking_or_winding: bool | None = None
    welding: bool | None = None
    filling: bool | None = None
    formation: bool | None = None


class Answers(BaseModel, frozen=True, extra="forbid"):
    """What the line answers: Ah per cell, m of electrode a day and on a roll, cells a day."""

    cell_format: Literal["pouch", "prismatic", "cylindrical", "coin"] | None = None
    cell_capacity_ah: Amount | None = None
    electrode_continuous: bool | None = None
    electrode_metres_per_day: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    coated_sides: int | None = Field(default=None, ge=1, le=2)
    roll_metres: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    machine_led: MachineLed = MachineLed()
    cells_per_day: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    remark: Prose = ""


class Outcome(StrEnum):
    """How an answer stands to a criterion."""

    MET = "met"
    NOT_MET = "not met"
    NOT_FILLED_IN = "not filled in"
    CONTRADICTS = "contradicts the competencies"


class Criterion(BaseModel, frozen=True):
    """One criterion, how it stands, and why in one sentence."""

    id: str
    asked: str
    outcome: Outcome
    sentence: str


class Assessment(BaseModel, frozen=True):
    """One version of a line's answers, judged against what the line said of itself at that moment."""

    line: str
    number: int
    answers: Answers
    competencies: Competencies
    made_at: datetime
    made_by: str | None
    criteria: tuple[Criterion, ...] = ()
    eligible: bool = False
    outdated: bool = Field(default=False, description="The line's competencies have changed since")
