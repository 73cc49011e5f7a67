"""Nouns of cell production: steps, parameters, units, objects and where they came from, targets and conformance."""

from enum import StrEnum
from fractions import Fraction
from typing import Final

from pydantic import BaseModel, Field

PARAMETERS: Final = "parameters"
GENEALOGY: Final = "genealogy"


class ObjectKind(StrEnum):
    """What production data hang on, coarse to fine; a lot is what was bought in: powder, foil, electrolyte."""

    RUN = "run"
    LOT = "lot"
    BATCH = "batch"
    ROLL = "roll"
    ELECTRODE = "electrode"
    CELL = "cell"


class ParameterClass(StrEnum):
    """What a parameter says something of."""

    PROCESS = "process parameter"
    PRODUCT = "product feature"
    EQUIPMENT = "equipment feature"
    AMBIENT = "ambient parameter"


class ParameterForm(StrEnum):
    """How a value is written; `choice` is one of controlled words, `moment` a date and time."""

    NUMBER = "number"
    WHOLE = "whole"
    TEXT = "text"
    CHOICE = "choice"
    MOMENT = "moment"


class Recorded(StrEnum):
    """Whether a value was asked for or measured."""

    SET_POINT = "set-point"
    ACTUAL = "actual"


class ProcessStep(BaseModel, frozen=True):
    """A step; `objects` are what it makes or works on (the first is usual), `inputs` what these are made from."""

    id: str
    label: str
    objects: tuple[ObjectKind, ...]
    inputs: tuple[ObjectKind, ...]
    electrode: bool
    iri: str
    definition: str


class ProductionUnit(BaseModel, frozen=True):
    """A unit: value in the base unit of its dimension = value * factor + offset, exactly."""

    unit: str
    ucum: str
    dimension: str
    factor: Fraction
    offset: Fraction


class ProductionParameter(BaseModel, frozen=True):
    """A parameter of one or more steps; `#` in its label stands for a number, `choices` map each word to its aliases.

    `per_side`: recorded for side A and side B. `set_point`: has a set-point beside its actual value.
    """

    id: str
    label: str
    steps: tuple[str, ...]
    group: ParameterClass
    form: ParameterForm
    unit: ProductionUnit | None
    low: float | None
    high: float | None
    per_side: bool
    set_point: bool
    choices: dict[str, tuple[str, ...]]
    iri: str
    why: str = Field(default="", description="Why it has no IRI")
    definition: str

    @property
    def numbered(self) -> bool:
        """True where there are several, told apart by a number."""
        return "#" in self.label

    @property
    def of_a_size(self) -> bool:
        """True for what grows with the cell, and so tells its design; the thickness of a coating does not."""
        if self.unit is None or (self.unit.dimension == "length" and self.per_side):
            return False
        return self.unit.dimension in _SIZES or self.id in _COUNTS


_SIZES: Final = frozenset(
    {"mass", "length", "area", "volume", "charge", "energy", "resistance", "current", "power", "force"}
)
"""Dimensions of what grows with a cell."""
_COUNTS: Final = frozenset({"layers", "windings"})
"""Counts that do."""


class CellFormat(BaseModel, frozen=True):
    """A cell format with its usual order of steps; a step may come twice."""

    id: str
    label: str
    order: tuple[str, ...]
    definition: str


class ProductionVocabulary(BaseModel, frozen=True):
    """Every controlled term of production data."""

    version: str
    steps: dict[str, ProcessStep]
    parameters: tuple[ProductionParameter, ...]
    formats: dict[str, CellFormat]
    units: dict[str, ProductionUnit] = Field(description="By every spelling that is known")

    def of_step(self, step: str) -> tuple[ProductionParameter, ...]:
        """The parameters of a step, in the order of the vocabulary."""
        return tuple(one for one in self.parameters if step in one.steps)

    def parameter(self, step: str, id: str) -> ProductionParameter | None:
        """A parameter of a step by its id."""
        return next((one for one in self.parameters if one.id == id and step in one.steps), None)

    def unit(self, spelling: str) -> ProductionUnit | None:
        """The unit that is spelled so; raised digits, dots and signs of multiplication do not matter."""
        return self.units.get(spelling.strip()) or self.units.get(plain_unit(spelling))


class ProducedObject(BaseModel, frozen=True):
    """A thing of production by its kind and the name the line gave it."""

    kind: ObjectKind
    name: str


class Descent(BaseModel, frozen=True):
    """One edge of the genealogy: `source` went into `product` in this step."""

    source: ProducedObject
    step: str
    product: ProducedObject


class Produced(BaseModel, frozen=True):
    """What a production run made, as the catalogue keeps it."""

    objects: tuple[ProducedObject, ...] = ()
    descents: tuple[Descent, ...] = ()


def plain_unit(spelling: str) -> str:
    """A unit's spelling without what only looks different: `mg / cm^2`, `mg/cm2` and `mg/cm²` are one."""
    text = spelling.strip().translate(_SAME).replace("^", "").replace("**", "")
    text = text.replace("*", ".").replace(" / ", "/").replace("/ ", "/").replace(" /", "/")
    return text.replace(" ", ".")


_SAME = str.maketrans({"²": "2", "³": "3", "μ": "µ", "·": ".", "⋅": ".", "×": ".", "Ω": "Ω", "−": "-"})
