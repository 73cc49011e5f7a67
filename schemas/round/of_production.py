"""KPIs of production: what can be chosen of the values that a line recorded when it made the cell."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from schemas.organisation import ShortId
from schemas.production import ParameterForm, ProductionParameter
from schemas.round.choosing import Chosen, Measure
from schemas.vocabulary import production


class ProductionKpi(Chosen, frozen=True, extra="forbid"):
    """An actual value of a parameter of production, of everything that the cell was made from.

    For a step of electrodes `electrode` says of which. What is recorded per side is a value per side: of one, or the
    mean of both. Numbered parameters (component 2) name their number.
    """

    measure: ClassVar[Measure] = Measure.PRODUCTION
    kind: Literal["production-parameter"]
    step: ShortId = Field(examples=["coating"])
    parameter: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = Field(examples=["dry_loading"])
    electrode: Literal["positive", "negative"] | None = None
    side: Literal["A", "B"] | None = None
    number: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _fits_the_vocabulary(self) -> "ProductionKpi":
        known, step = self.known, production().steps[self.step]
        if known.form not in (ParameterForm.NUMBER, ParameterForm.WHOLE):
            raise ValueError(f"{known.label} is no number, so that lines cannot be compared by it: choose another")
        if step.electrode is not (self.electrode is not None):
            said = "say in `electrode` of which" if step.electrode else "leave `electrode` out"
            raise ValueError(f"{step.label} is {'' if step.electrode else 'not '}a step of electrodes: {said}")
        if self.side is not None and not known.per_side:
            raise ValueError(f"{known.label} is not recorded per side: leave `side` out")
        if known.numbered is not (self.number is not None):
            said = "name its `number`" if known.numbered else "leave `number` out"
            raise ValueError(f"{known.label} is {'' if known.numbered else 'not '}numbered: {said}")
        return self

    @property
    def known(self) -> ProductionParameter:
        """The vocabulary's parameter."""
        if self.step not in production().steps:
            raise ValueError(f"'{self.step}' is no step of production; known are {', '.join(production().steps)}")
        found = production().parameter(self.step, self.parameter)
        if found is None:
            of_step = ", ".join(one.id for one in production().of_step(self.step))
            raise ValueError(f"'{self.parameter}' is no parameter of {self.step}; known are {of_step}")
        return found

    @property
    def unit(self) -> str:
        unit = self.known.unit
        return "1" if unit is None else unit.ucum

    @property
    def normalised(self) -> bool:
        """What grows with the cell is not; the thickness of a coating, which is so thick whatever the cell, is."""
        return not self.known.of_a_size


class Yield(Chosen, frozen=True, extra="forbid"):
    """Cells that passed by cells built, of the production run that the cell is from; lines are not scored by it."""

    kind: Literal["yield"]

    @property
    def compared(self) -> bool:
        return False
