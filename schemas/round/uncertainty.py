"""What a line says of how sure its values are: expanded uncertainties, or budgets, by KPI of the plan."""

import math
from typing import Annotated

from pydantic import Field

from schemas.organisation import ShortId
from schemas.record.field import Part, Text
from schemas.round.choosing import Measure

Expanded = Annotated[
    float,
    Field(
        ge=1e-30,
        le=1e30,
        allow_inf_nan=False,
        description="U in the unit of the KPI, above zero",
        examples=[0.5],
    ),
]


class StatedUncertainty(Part, frozen=True, extra="forbid"):
    """The expanded uncertainty U = k u of a KPI's value for one cell; the standard uncertainty is `u`."""

    kpi: ShortId = Field(examples=["q-c10"])
    expanded: Expanded
    k: Annotated[float, Field(ge=1, le=4, description="Coverage factor")] = 2.0

    @property
    def u(self) -> float:
        """The standard uncertainty, in the unit of the KPI."""
        return self.expanded / self.k


Relative = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Absolute = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class StatedBudget(Part, frozen=True, extra="forbid"):
    """Standard uncertainties (k = 1) of which that of a charge, an energy or a voltage of one cell is made.

    What `gain` and `offset` err by is the same for all cells on the `channel`; what the others err by, for all cells.
    """

    kpi: ShortId = Field(examples=["q-c10"])
    channel: Text = Field(description="Of the cycler, as the line calls it", examples=["3-7"])
    gain: Relative = Field(default=0.0, description="Of current, power or voltage, relative", examples=[0.0003])
    offset: Absolute = Field(default=0.0, description="In A of a charge, W of an energy, V of a voltage")
    hours: Absolute = Field(default=0.0, description="How long a charge or an energy was counted: the offset adds up")
    time: Relative = Field(default=0.0, description="Of the clock, relative")
    kelvin: Absolute = Field(default=0.0, description="Of the cell's temperature, in K")
    per_kelvin: Relative = Field(default=0.0, description="By how much the value changes with it, relative, in 1/K")
    amount: Relative = Field(default=0.0, description="Of the mass, area or volume that it is divided by, relative")

    @property
    def empty(self) -> bool:
        """Whether no contribution is above zero."""
        return not any((self.gain, self.offset, self.time, self.kelvin * self.per_kelvin, self.amount))


class KeptBudget(StatedBudget, frozen=True):
    """The same with what the KPI measured when it was stated: an offset in A says nothing of an energy."""

    measure: Measure


class KeptUncertainty(StatedUncertainty, frozen=True):
    """The same with the unit that the KPI had when it was stated: by another plan it would be of something else.

    One that comes of a budget has its `definition`, and says how much of the standard uncertainty is `of_channel`.
    """

    unit: str
    of_channel: float = 0.0
    channel: str = ""
    definition: str = ""

    @property
    def common(self) -> float:
        """The standard uncertainty without what is of the channel."""
        return math.sqrt(max(0.0, self.u**2 - self.of_channel**2))
