"""Youden pairs: two similar items at every line, as a plan names them and as an evaluation has them."""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from schemas.organisation import ShortId
from schemas.record.field import Part, Text

_Cell = Annotated[Text, Field(max_length=100)]


class YoudenPair(Part, frozen=True, extra="forbid"):
    """Two KPIs in one unit, of which each line has a mean; or one KPI of two cells that go round all lines."""

    kpi: ShortId = Field(examples=["q-c10"])
    other: ShortId | None = Field(default=None, description="The second KPI", examples=["q-c5"])
    cells: tuple[_Cell, _Cell] | None = Field(default=None, description="Or names of two cells that go round")

    @model_validator(mode="after")
    def _two_of_one_kind(self) -> "YoudenPair":
        if (self.other is None) is (self.cells is None):
            raise ValueError("a pair names either a second KPI in `other`, or two cells in `cells`")
        if self.other == self.kpi or (self.cells is not None and self.cells[0] == self.cells[1]):
            raise ValueError("a pair is of two different items")
        return self


class PairOfLine(BaseModel, frozen=True):
    """Both results of one line, and whether it lies beyond the circle."""

    code: str
    first: float | None
    second: float | None
    outside: bool = False


class YoudenEvaluation(BaseModel, frozen=True):
    """A pair evaluated: of p lines that have both, spreads in `unit`; nobody is outside below five lines.

    The circle of `radius` about the pair of medians holds all lines but a share `alpha` if they had no bias. `absent`
    are lines without both; `refused` says why there is nothing.
    """

    first: str
    second: str
    unit: str
    digits: int
    p: int = 0
    points: tuple[PairOfLine, ...] = ()
    centre: tuple[float, float] | None = None
    radius: float | None = None
    alpha: float = 0.05
    s_random: float | None = None
    s_total: float | None = None
    s_between: float | None = None
    power: str = ""
    definition: str = ""
    absent: tuple[str, ...] = ()
    refused: str = ""
