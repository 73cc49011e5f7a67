"""Checks of a round's cells: are they alike before they go out, and did they stay so; with their data and verdict."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from schemas.organisation import ShortId
from schemas.record.field import Part

Measured = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
_Kpi = Field(description="Id of a KPI of the plan; results are in its unit", examples=["q-c10"])


class CheckName(StrEnum):
    """What is checked."""

    HOMOGENEITY = "homogeneity"
    STABILITY = "stability"


class HomogeneityData(Part, frozen=True, extra="forbid"):
    """Repeated results of each of some cells, an inner list for a cell; all have as many."""

    check: Literal[CheckName.HOMOGENEITY]
    kpi: ShortId = _Kpi
    items: tuple[Annotated[tuple[Measured, ...], Field(max_length=100)], ...] = Field(max_length=1000)


class StabilityData(Part, frozen=True, extra="forbid"):
    """Results before the cells went out and after they came back, measured at one place."""

    check: Literal[CheckName.STABILITY]
    kpi: ShortId = _Kpi
    before: tuple[Measured, ...] = Field(max_length=1000)
    after: tuple[Measured, ...] = Field(max_length=1000)


CheckData = Annotated[HomogeneityData | StabilityData, Field(discriminator="check")]


class CheckVerdict(BaseModel, frozen=True):
    """A check judged by one plan: `met` by 0.3 σ_pt, `met_with_allowance` by the limit that allows for chance.

    `statistics` are those of `definition`, in `unit` (UCUM), variances squared. `sentence` is what the report prints.
    """

    definition: str
    plan: int
    sigma_pt: float
    unit: str
    met: bool
    met_with_allowance: bool
    statistics: dict[str, float] = {}
    sentence: str


class KeptCheck(BaseModel, frozen=True):
    """A check as it is kept, judged by the plan that was in force when it was made.

    Until the round is closed `data` and `statistics` are empty for whoever makes no checks.
    """

    id: str
    round: str
    kpi: str
    check: CheckName
    data: CheckData | None
    result: CheckVerdict
    made_at: datetime
    made_by: str
