"""What a protocol fixes for the production of a round's cells, and how far a line kept to it."""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from schemas.production import ObjectKind, ProductionParameter, ProductionUnit
from schemas.vocabulary import production

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Target(BaseModel, frozen=True, extra="forbid"):
    """One parameter of a step with what is asked of its actual value.

    `unit` is any of the parameter's kind. `minus` and `plus` are how far below and above the target a value may lie, in
    that unit; None: as far as it likes. A target of words (`text`) has no tolerance.
    """

    step: str = Field(examples=["coating"])
    parameter: str = Field(examples=["dry_loading"])
    side: str | None = Field(default=None, pattern="^[AB]$", description="None: both sides")
    target: Finite | None = None
    text: str | None = None
    unit: str = Field(default="1", examples=["mg/cm²"])
    minus: Annotated[Finite, Field(ge=0)] | None = None
    plus: Annotated[Finite, Field(ge=0)] | None = None
    critical: bool = False

    @model_validator(mode="after")
    def _fits_the_vocabulary(self) -> "Target":
        known = self.known
        if (self.target is None) is (self.text is None):
            raise ValueError("name either a target or a text")
        if known.unit is None:
            if self.text is None:
                raise ValueError(f"{known.label} is no number: name a text")
            return self
        if self.target is None:
            raise ValueError(f"{known.label} is a number: name a target")
        if self.minus is None and self.plus is None:
            raise ValueError("name a tolerance below, above, or both")
        self.measured_in(known.unit)
        return self

    @property
    def known(self) -> ProductionParameter:
        """The vocabulary's parameter."""
        found = production().parameter(self.step, self.parameter)
        if found is None:
            raise ValueError(f"the vocabulary has no parameter “{self.parameter}” of the step “{self.step}”")
        return found

    def measured_in(self, wanted: ProductionUnit) -> ProductionUnit:
        """The target's unit, which must be of the same dimension."""
        unit = production().unit(self.unit)
        if unit is None or unit.dimension != wanted.dimension:
            raise ValueError(f"“{self.unit}” is no unit of {wanted.dimension}; write it in {wanted.unit}")
        return unit


class ProductionProtocol(BaseModel, frozen=True, extra="forbid"):
    """The machine-readable part of a production protocol."""

    name: str
    version: str
    targets: tuple[Target, ...]


class Conformance(BaseModel, frozen=True):
    """One actual value against its target, in the vocabulary's unit; without an object, nobody reported the parameter.

    `deviation` is actual minus target. `within` is None where the value is missing.
    """

    step: str
    parameter: str
    side: str | None = None
    critical: bool
    object: str | None = None
    object_kind: ObjectKind | None = None
    target: float | None = None
    low: float | None = None
    high: float | None = None
    target_text: str | None = None
    actual: float | None = None
    actual_text: str | None = None
    deviation: float | None = None
    unit: str = ""
    within: bool | None = None
