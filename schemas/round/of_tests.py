"""KPIs of a test: what can be chosen of its cycles, its steps, its pulses and its rests."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from schemas.organisation import ShortId
from schemas.round.choosing import (
    Above,
    AtRate,
    Chosen,
    CycleNumber,
    Cycles,
    Direction,
    Measure,
    Occurrence,
    RateBase,
)


class CycleCapacity(Chosen, frozen=True, extra="forbid"):
    """All charge in one direction of one cycle."""

    measure: ClassVar[Measure] = Measure.CHARGE
    kind: Literal["cycle-capacity"]
    cycle: CycleNumber
    way: Direction = "discharge"


class CapacityAtRate(AtRate, frozen=True, extra="forbid"):
    """Charge of one constant-current discharge step from full charge to the lower voltage."""

    measure: ClassVar[Measure] = Measure.CHARGE
    kind: Literal["capacity-at-rate"]


class CapacityRatio(Chosen, frozen=True, extra="forbid"):
    """One capacity at a rate by another one, such as 1C by C/10; `of` and `by` are ids of the plan."""

    kind: Literal["capacity-ratio"]
    of: ShortId = Field(examples=["q-1c"])
    by: ShortId = Field(examples=["q-c10"])

    @model_validator(mode="after")
    def _of_two(self) -> "CapacityRatio":
        if self.of == self.by:
            raise ValueError(f"the ratio of {self.of} to itself is always 1: name another capacity")
        return self

    @property
    def refers(self) -> tuple[str, ...]:
        return (self.of, self.by)


class CapacityRetention(Chosen, frozen=True, extra="forbid"):
    """A capacity by that of an earlier check-up: same rate, temperature and charge source.

    `of` is a capacity at a rate of the plan. With `check_up` it is its Nth occurrence that counts, by that numbered
    `reference_check_up`; else `reference` names the capacity that it is divided by.
    """

    kind: Literal["capacity-retention"]
    of: ShortId = Field(examples=["q-c10"])
    reference: ShortId | None = None
    check_up: CycleNumber | None = Field(default=None, description="Number of the check-up, 1 is the first")
    reference_check_up: CycleNumber = 1

    @model_validator(mode="after")
    def _one_reference(self) -> "CapacityRetention":
        if (self.reference is None) is (self.check_up is None):
            raise ValueError("name either `reference`, a KPI's id, or `check_up`, the number of the check-up")
        if self.reference == self.of:
            raise ValueError(f"the retention of {self.of} by itself is always 1: name another reference")
        if self.check_up is not None and self.check_up == self.reference_check_up:
            raise ValueError("a check-up by itself is always 1: name a later one, or another reference")
        return self

    @property
    def refers(self) -> tuple[str, ...]:
        return (self.of,) if self.reference is None else (self.of, self.reference)


class CycleRetention(Chosen, frozen=True, extra="forbid"):
    """Discharge capacity of the Nth ageing cycle by that of an earlier one.

    Ageing cycles are those after the first `after_cycle` ones that are discharged at this rate; check-ups at another
    rate are not counted.
    """

    kind: Literal["cycle-retention"]
    c_rate: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = Field(examples=[1.0])
    base: RateBase = RateBase()
    cycle: CycleNumber = Field(examples=[100])
    reference_cycle: CycleNumber = 1
    after_cycle: Cycles = 0

    @model_validator(mode="after")
    def _later(self) -> "CycleRetention":
        if self.cycle <= self.reference_cycle:
            raise ValueError(
                f"cycle {self.cycle} is not after the reference cycle {self.reference_cycle}: name a later"
            )
        return self

    @property
    def refers(self) -> tuple[str, ...]:
        return () if self.base.kpi is None else (self.base.kpi,)


class FirstCycleEfficiency(Chosen, frozen=True, extra="forbid"):
    """Charge given back by charge taken up in the first cycle, over all files of formation."""

    kind: Literal["first-cycle-efficiency"]


class CoulombicEfficiency(Chosen, frozen=True, extra="forbid"):
    """Charge given back by charge taken up, of one cycle.

    Pulses count, as what they draw is missing later; they can be excluded where they are balanced.
    """

    kind: Literal["coulombic-efficiency"]
    cycle: CycleNumber
    pulses: Literal["counted", "excluded"] = "counted"


class CycleEnergy(Chosen, frozen=True, extra="forbid"):
    """All energy in one direction of one cycle."""

    measure: ClassVar[Measure] = Measure.ENERGY
    kind: Literal["cycle-energy"]
    cycle: CycleNumber
    way: Direction = "discharge"


class EnergyAtRate(AtRate, frozen=True, extra="forbid"):
    """Energy of the step that gives the capacity at a rate."""

    measure: ClassVar[Measure] = Measure.ENERGY
    kind: Literal["energy-at-rate"]


class EnergyEfficiency(Chosen, frozen=True, extra="forbid"):
    """Discharge energy by charge energy of one cycle."""

    kind: Literal["energy-efficiency"]
    cycle: CycleNumber


class MeanVoltage(Chosen, frozen=True, extra="forbid"):
    """Energy by charge in one direction of one cycle."""

    measure: ClassVar[Measure] = Measure.VOLTAGE
    kind: Literal["mean-voltage"]
    cycle: CycleNumber
    way: Direction = "discharge"


class CvShare(Chosen, frozen=True, extra="forbid"):
    """Share of a cycle's charge, not of its time, at constant voltage."""

    kind: Literal["cv-share"]
    cycle: CycleNumber


class DcResistance(Chosen, frozen=True, extra="forbid"):
    """Change of voltage by change of current so many seconds after a pulse began; charge and discharge apart.

    `soc` is from 0 to 1, by charge drawn since the last full charge over the capacity of `base`.
    """

    measure: ClassVar[Measure] = Measure.RESISTANCE
    kind: Literal["dc-resistance"]
    way: Direction = "discharge"
    seconds: Literal[1, 10, 18, 30] = 10
    soc: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    within: Annotated[float, Field(gt=0, le=0.5, allow_inf_nan=False)] = 0.05
    base: RateBase = RateBase()
    occurrence: Occurrence = Occurrence.FIRST

    @property
    def refers(self) -> tuple[str, ...]:
        return () if self.base.kpi is None else (self.base.kpi,)


class RestVoltage(Chosen, frozen=True, extra="forbid"):
    """Voltage at the end of a rest of at least `least_s` seconds after a charge or discharge."""

    measure: ClassVar[Measure] = Measure.VOLTAGE
    kind: Literal["rest-voltage"]
    after: Direction = "charge"
    least_s: Above = Field(examples=[3600])
    occurrence: Occurrence = Occurrence.LAST


class EquivalentFullCycles(Chosen, frozen=True, extra="forbid"):
    """All discharge of a test by the base of the C-rate."""

    kind: Literal["equivalent-full-cycles"]
    base: RateBase = RateBase()

    @property
    def refers(self) -> tuple[str, ...]:
        return () if self.base.kpi is None else (self.base.kpi,)
