"""Quantities of the record: a number in the unit of the field, or a number with a unit that is converted exactly."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas.production import ProductionUnit
from schemas.vocabulary import production


@dataclass(frozen=True)
class InUnit:
    """Kept as a float in the unit with this UCUM code.

    Written as a number, or as `{"value": 2500, "unit": "mAh"}` in any known unit of the same dimension.
    """

    ucum: str
    above: float | None = None
    low: float | None = None
    high: float | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        number = core_schema.float_schema(gt=self.above, ge=self.low, le=self.high, allow_inf_nan=False)
        return core_schema.no_info_before_validator_function(self._in_unit, number)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        number = handler(schema)
        written = {
            "type": "object",
            "properties": {"value": {"type": "number"}, "unit": {"enum": _spellings(_known(self.ucum).dimension)}},
            "required": ["value", "unit"],
            "additionalProperties": False,
        }
        return {"anyOf": [number, written], "unit": self.ucum}

    def _in_unit(self, written: object) -> object:
        if not isinstance(written, dict):
            return written
        if set(written) != {"value", "unit"} or isinstance(written["value"], bool):
            raise _wrong(f"write a number in {self.ucum}, or value and unit")
        value, spelling = written["value"], str(written["unit"])
        if not isinstance(value, int | float):
            raise _wrong("the value is no number; write it with a decimal point, without its unit")
        found, kept = production().unit(spelling), _known(self.ucum)
        if found is None:
            raise _wrong(f"'{spelling}' is no known unit; known here are {', '.join(_spellings(kept.dimension))}")
        if found.dimension != kept.dimension:
            raise _wrong(
                f"'{spelling}' is a unit of {found.dimension}, where {kept.dimension} is meant; "
                f"known are {', '.join(_spellings(kept.dimension))}"
            )
        return converted(value, found, kept)


def converted(value: float, found: ProductionUnit, kept: ProductionUnit) -> float:
    """The value in the other unit, rounded once: what is printed counts, 3550 mV are 3.55 V."""
    try:
        exact = Fraction(repr(value)) * found.factor + found.offset - kept.offset
        return float(exact / kept.factor)
    except (OverflowError, ValueError):
        return float("nan")


def _wrong(sentence: str) -> PydanticCustomError:
    # Units hold no braces, yet what somebody typed may.
    return PydanticCustomError("unit", "{sentence}", {"sentence": sentence})


def _known(ucum: str) -> ProductionUnit:
    found = production().unit(ucum)
    if found is None:
        raise LookupError(f"the vocabulary has no unit {ucum}")
    return found


@cache
def _spellings(dimension: str) -> list[str]:
    every = production().units.values()
    return sorted({name for one in every if one.dimension == dimension for name in (one.unit, one.ucum)})


AmpereHours = Annotated[float, InUnit("A.h", above=0, high=10_000)]
Volts = Annotated[float, InUnit("V", low=-10, high=1000)]
SmallVolts = Annotated[float, InUnit("V", low=0, high=100)]
Amperes = Annotated[float, InUnit("A", low=0, high=10_000)]
Millimetres = Annotated[float, InUnit("mm", above=0, high=10_000)]
Micrometres = Annotated[float, InUnit("um", above=0, high=100_000)]
SquareCentimetres = Annotated[float, InUnit("cm2", above=0, high=100_000_000)]
Grams = Annotated[float, InUnit("g", above=0, high=1_000_000)]
Kilograms = Annotated[float, InUnit("kg", above=0, high=1_000_000)]
Millilitres = Annotated[float, InUnit("mL", above=0, high=1_000_000)]
MilligramsPerSquareCentimetre = Annotated[float, InUnit("mg/cm2", above=0, high=10_000)]
MilliampereHoursPerSquareCentimetre = Annotated[float, InUnit("mA.h/cm2", above=0, high=10_000)]
MilliampereHoursPerGram = Annotated[float, InUnit("mA.h/g", above=0, high=100_000)]
GramsPerCubicCentimetre = Annotated[float, InUnit("g/cm3", above=0, high=100)]
Percent = Annotated[float, InUnit("%", low=0, high=100)]
PartsPerMillion = Annotated[float, InUnit("[ppm]", low=0, high=1_000_000)]
Ratio = Annotated[float, InUnit("1", above=0, high=1000)]
Celsius = Annotated[float, InUnit("Cel", low=-273.15, high=2000)]
Kelvins = Annotated[float, InUnit("K", low=0, high=100)]
Kilopascals = Annotated[float, InUnit("kPa", low=0, high=1_000_000)]
KilowattHours = Annotated[float, InUnit("kW.h", low=0, high=1_000_000_000)]
SquareMetresPerGram = Annotated[float, InUnit("m2/g", above=0, high=100_000)]
Seconds = Annotated[float, InUnit("s", low=0, high=10_000_000_000)]
Watts = Annotated[float, InUnit("W", low=0, high=10_000_000)]
