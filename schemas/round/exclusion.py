"""Leaving out results of a round: by whom, why and when; ended by a person too, never deleted."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.organisation import ShortId
from schemas.record.field import Part, Prose
from schemas.round.round import CODE_PATTERN


class LeaveOut(Part, frozen=True, extra="forbid"):
    """What is left out of one KPI: a line's results, or those of one of its cells, for a reason that is printed."""

    kpi: ShortId = Field(examples=["q-c10"])
    code: Annotated[str, Field(pattern=CODE_PATTERN, examples=["QX"])]
    cell: Annotated[int, Field(ge=1, le=1000)] | None = None
    reason: Prose = Field(examples=["The cell was tested at 35 °C, as its line has said."])


class Kept(BaseModel, frozen=True):
    """An exclusion as it is stored, by line."""

    id: str
    round: str
    kpi: str
    line: str
    cell: int | None = None
    reason: str
    at: datetime
    by: str
    ended_at: datetime | None = None
    ended_by: str | None = None


class ShownExclusion(BaseModel, frozen=True):
    """An exclusion under its code, with the role of who made and ended it."""

    id: str
    kpi: str
    code: str
    cell: int | None = None
    reason: str
    at: datetime
    by: str
    ended_at: datetime | None = None
    ended_by: str = ""
