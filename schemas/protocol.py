"""What a protocol fixes for the production of a round's cells, and how far a line kept to it."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, model_validator

from schemas.production import ObjectKind, ParameterClass, ProductionParameter, ProductionUnit
from schemas.record.field import NETWORK, Part, described
from schemas.vocabulary import production

Finite = Annotated[float, Field(allow_inf_nan=False)]
_OF_THE_PARAMETER: Final = "unit and term are the parameter's"


class Target(Part, frozen=True, extra="forbid"):
    """One parameter of a step with what is asked of its actual value.

    `unit` is any of the parameter's kind. `minus` and `plus` are how far below and above the target a value may lie, in
    that unit; None: as far as it likes. A target of words (`text`) has no tolerance. `electrode` says of which one in a
    step of electrodes, `number` which of a numbered parameter (component 2); without, it is asked of all.
    """

    step: str = described("Step of cell production", NETWORK, why="its term has an IRI", example="coating", default=...)
    parameter: str = described(
        "Parameter of that step", NETWORK, why="its term has an IRI", example="dry_loading", default=...
    )
    electrode: Literal["positive", "negative"] | None = described(
        "Of which electrode, in a step of electrodes; none: of both", NETWORK, why="a word", example="positive"
    )
    side: str | None = described("Side, A or B; none: both", NETWORK, why="a letter", pattern="^[AB]$", example="A")
    number: Annotated[int, Field(ge=1, le=1000)] | None = described(
        "Which one of a numbered parameter; none: all", NETWORK, why="a count", example=2
    )
    target: Finite | None = described("What is asked for", NETWORK, why=_OF_THE_PARAMETER, example=18.5)
    text: str | None = described("What is asked for, where it is no number", NETWORK, why="prose", example="NMC slurry")
    unit: str = described("Unit of target and tolerances", NETWORK, why="a unit", example="mg/cm²", default="1")
    minus: Annotated[Finite, Field(ge=0)] | None = described(
        "How far below it a value may lie; none: as far as it likes", NETWORK, why=_OF_THE_PARAMETER, example=0.3
    )
    plus: Annotated[Finite, Field(ge=0)] | None = described(
        "How far above it a value may lie; none: as far as it likes", NETWORK, why=_OF_THE_PARAMETER, example=0.3
    )
    critical: bool = described("Whether a cell outside is not used", NETWORK, why="a flag", default=False, example=True)

    @model_validator(mode="after")
    def _fits_the_vocabulary(self) -> "Target":
        known, step = self.known, production().steps[self.step]
        if self.electrode is not None and not step.electrode:
            raise ValueError(f"{step.label} is no step of electrodes: leave `electrode` out")
        if self.number is not None and not known.numbered:
            raise ValueError(f"{known.label} is not numbered: leave `number` out")
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

    @property
    def label(self) -> str:
        """What is meant, in words: the step, the parameter, of which electrode and side."""
        name = self.known.label if self.number is None else self.known.label.replace("#", str(self.number))
        of = (f"{self.electrode} electrode" if self.electrode else "", f"side {self.side}" if self.side else "")
        return ", ".join(one for one in (f"{production().steps[self.step].label}: {name}", *of) if one)

    @property
    def tells_whose(self) -> bool:
        """Whether keeping to it tells the design of a cell, or whose equipment made it.

        Sizes tell the one; features of equipment and what is said in words tell the other.
        """
        return self.known.unit is None or self.known.group is ParameterClass.EQUIPMENT or self.known.of_a_size

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

    `label` is the target's. `deviation` is actual minus target. `within` is None where the value is missing.
    """

    step: str
    parameter: str
    label: str = ""
    electrode: str | None = None
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
