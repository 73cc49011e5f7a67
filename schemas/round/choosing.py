"""What the KPIs that can be chosen share: id and label, what they are divided by, C-rates, which of several counts."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from schemas.organisation import ShortId
from schemas.record.field import Part, Text

Above = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
CycleNumber = Annotated[int, Field(ge=1, le=1_000_000)]
Cycles = Annotated[int, Field(ge=0, le=1_000_000)]
Voltage = Annotated[float, Field(ge=-10, le=1000, allow_inf_nan=False)]
Direction = Literal["charge", "discharge"]


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


class Measure(StrEnum):
    """What a KPI measures; it decides by what it can be divided."""

    CHARGE = "charge"
    ENERGY = "energy"
    RESISTANCE = "resistance"
    VOLTAGE = "voltage"
    RATIO = "ratio"
    PRODUCTION = "production parameter"


UNITS: dict[Measure, dict[Normalisation, str]] = {
    Measure.CHARGE: {
        Normalisation.NONE: "A.h",
        Normalisation.ACTIVE_MASS: "mA.h/g",
        Normalisation.AREA: "mA.h/cm2",
    },
    Measure.ENERGY: {
        Normalisation.NONE: "W.h",
        Normalisation.CELL_MASS: "W.h/kg",
        Normalisation.CELL_VOLUME: "W.h/L",
    },
    Measure.RESISTANCE: {Normalisation.NONE: "Ohm", Normalisation.AREA: "Ohm.cm2"},
    Measure.VOLTAGE: {Normalisation.NONE: "V"},
    Measure.RATIO: {Normalisation.NONE: "1"},
    Measure.PRODUCTION: {},
}
"""Units (UCUM) by what is measured and what it is divided by; what does not stand here makes no sense."""
SIZED = frozenset({Measure.CHARGE, Measure.ENERGY, Measure.RESISTANCE})
"""What grows or shrinks with the size of a cell, and so tells its design unless it is normalised."""


class Basis(StrEnum):
    """Which capacity a C-rate refers to."""

    NOMINAL = "nominal"
    """The record's `cell.nominal_capacity_ah`."""
    RATED = "rated"
    """Fixed by the protocol or the maker, the same for all lines: `capacity_ah`."""
    MEASURED = "measured"
    """Another KPI of the same cell: `kpi`."""


class RateBase(Part, frozen=True, extra="forbid"):
    """The capacity that 1C, a state of charge or full cycles refer to."""

    basis: Basis = Basis.NOMINAL
    capacity_ah: Above | None = Field(default=None, description="The rated capacity, for basis rated")
    kpi: ShortId | None = Field(default=None, description="Id of a capacity of this plan, for basis measured")

    @model_validator(mode="after")
    def _one_capacity(self) -> "RateBase":
        if (self.basis is Basis.RATED) is not (self.capacity_ah is not None):
            raise ValueError("a rated base names `capacity_ah`, and no other base does")
        if (self.basis is Basis.MEASURED) is not (self.kpi is not None):
            raise ValueError("a measured base names in `kpi` the capacity that it is, and no other base does")
        return self


class Occurrence(StrEnum):
    """Which of several that fit counts; the mean is of the first `of`, and all of them have to be there."""

    FIRST = "first"
    LAST = "last"
    MEAN = "mean"


class Chosen(Part, frozen=True, extra="forbid"):
    """What every chosen KPI has: the id that columns and reports call it by, its name, how many digits are shown."""

    measure: ClassVar[Measure] = Measure.RATIO

    id: ShortId = Field(examples=["q-c10"])
    label: Text = Field(examples=["Discharge capacity at C/10"])
    normalisation: Normalisation = Normalisation.NONE
    digits: int = Field(default=4, ge=1, le=9, description="Significant digits that are shown; all are kept")

    @model_validator(mode="after")
    def _can_be_divided(self) -> "Chosen":
        meaningful = self.meaningful()
        if self.normalisation not in meaningful:
            what = f"a {self.measure.value} is not normalised by {self.normalisation.value}"
            raise ValueError(f"{what}: choose {' or '.join(meaningful)}")
        return self

    @classmethod
    def meaningful(cls) -> tuple[Normalisation, ...]:
        """By what a KPI of this kind can be divided."""
        return tuple(UNITS[cls.measure]) or (Normalisation.NONE,)

    @property
    def unit(self) -> str:
        """The unit (UCUM) of its values, after normalisation."""
        return UNITS[self.measure][self.normalisation]

    @property
    def normalised(self) -> bool:
        """True where its values do not tell the size of a cell: divided, a ratio, or of no size by nature."""
        return self.measure not in SIZED or self.normalisation is not Normalisation.NONE

    @property
    def compared(self) -> bool:
        """Whether lines are compared by it with h, k and scores; a share of counted cells is not."""
        return True

    @property
    def refers(self) -> tuple[str, ...]:
        """Ids of the KPIs that it is computed from."""
        return ()


class AtRate(Chosen, frozen=True, extra="forbid"):
    """One constant-current discharge step from full charge: rate and its base, voltages, end of the charge before.

    The charge before ends at constant voltage at `cutoff_a` or `cutoff_c_rate`; with neither it ends when the upper
    voltage is reached. Steps of the first `after_cycle` cycles (formation, conditioning) do not count.
    """

    c_rate: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = Field(examples=[0.1])
    base: RateBase = RateBase()
    lower_v: Voltage = Field(examples=[2.7], description="Where the discharge ends, within 5 mV")
    upper_v: Voltage = Field(examples=[4.2], description="Where the charge before ends, within 5 mV")
    cutoff_a: Above | None = Field(default=None, description="Last current of the charge before, in A")
    cutoff_c_rate: Above | None = Field(default=None, description="The same as a C-rate of the same base")
    after_cycle: Cycles = 0
    occurrence: Occurrence = Occurrence.FIRST
    of: Annotated[int, Field(ge=1, le=1000)] = 1

    @model_validator(mode="after")
    def _one_discharge(self) -> "AtRate":
        if self.lower_v >= self.upper_v:
            raise ValueError(f"lower_v {self.lower_v} V is not below upper_v {self.upper_v} V: exchange them")
        if self.cutoff_a is not None and self.cutoff_c_rate is not None:
            raise ValueError("name the cut-off in A or as a C-rate, not both")
        if self.of > 1 and self.occurrence is not Occurrence.MEAN:
            raise ValueError("`of` says over how many the mean is: choose occurrence mean, or leave it out")
        return self

    @property
    def refers(self) -> tuple[str, ...]:
        return () if self.base.kpi is None else (self.base.kpi,)
