"""KPIs that a coordinator chooses and parameterises; each is computed by a versioned definition, nothing is code."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.organisation import ShortId
from schemas.record.field import Part, Text


class ChargeSource(StrEnum):
    """Where charge comes from, the same for all lines of a round."""

    INTEGRATED = "integrated"
    COUNTER = "counter"


class Normalisation(StrEnum):
    """By what an absolute KPI is divided (a resistance: multiplied by the area), so that lines can be compared."""

    NONE = "none"
    ACTIVE_MASS = "active-mass"
    """Grams of positive active material, without binder and carbon."""
    AREA = "area"
    """Coated positive area that faces a negative, all sides, in cm²."""
    CELL_MASS = "cell-mass"
    CELL_VOLUME = "cell-volume"


class Chosen(Part, frozen=True, extra="forbid"):
    """What every chosen KPI has: the id that columns and reports call it by, its name, how many digits are shown."""

    id: ShortId = Field(examples=["q-c10"])
    label: Text = Field(examples=["Discharge capacity at C/10"])
    normalisation: Normalisation = Normalisation.NONE
    digits: int = Field(default=4, ge=1, le=9, description="Significant digits that are shown; all are kept")


class CycleCapacity(Chosen, frozen=True, extra="forbid"):
    """All charge in one direction of one cycle."""

    kind: Literal["cycle-capacity"]
    cycle: int = Field(ge=1, le=1_000_000)
    way: Literal["charge", "discharge"] = "discharge"


class CoulombicEfficiency(Chosen, frozen=True, extra="forbid"):
    """Charge given back by charge taken up, of one cycle."""

    kind: Literal["coulombic-efficiency"]
    cycle: int = Field(ge=1, le=1_000_000)


KpiChoice = Annotated[CycleCapacity | CoulombicEfficiency, Field(discriminator="kind")]
"""Every kind of KPI that can be chosen."""
