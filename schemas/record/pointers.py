"""Where a record points to registered objects, and which kinds of objects may stand there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemas.record.cell import Cell, Ingredient
from schemas.record.field import FieldClass, Part, class_of
from schemas.record.making import MaterialDescribed, Protocol, StepRun
from schemas.record.testing import Chamber, Instrument, ProtocolUsed

FIELD: Final = "object"
"""A field of this name holds the id of a registered object, wherever it stands."""

PREFIXES: Final[dict[type[Part], tuple[str, ...]]] = {
    Cell: ("CEL", "LOT"),
    ProtocolUsed: ("PRO",),
    Protocol: ("PRO",),
    Instrument: ("EQP",),
    Chamber: ("EQP",),
    StepRun: ("EQP",),
    MaterialDescribed: ("MAT", "LOT"),
    Ingredient: ("MAT", "LOT"),
}
"""What each group of fields may point to."""

_RANK = {FieldClass.CORE: 0, FieldClass.NETWORK: 1, FieldClass.CONFIDENTIAL: 2}


@dataclass(frozen=True)
class Pointer:
    """One id in a record: its place as JSON pointer, the strictest class on the way to it, the kinds that fit there."""

    place: str
    object: str
    of: FieldClass
    fits: tuple[str, ...]


def pointers(record: Part) -> tuple[Pointer, ...]:
    """Every pointer of a record, in the order of its fields."""
    return tuple(_of(record, "", FieldClass.CORE))


def strictest(one: FieldClass, other: FieldClass) -> FieldClass:
    """The class of the two that fewer people see."""
    return max(one, other, key=_RANK.__getitem__)


def loosest(one: FieldClass, other: FieldClass) -> FieldClass:
    """The class of the two that more people see."""
    return min(one, other, key=_RANK.__getitem__)


def _of(record: Part, at: str, of: FieldClass) -> Iterator[Pointer]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        if not isinstance(value, Part | tuple) and name != FIELD:
            continue
        here, place = strictest(of, class_of(type(record), name)), f"{at}/{name}"
        if name == FIELD and isinstance(value, str):
            yield Pointer(place, value, here, PREFIXES[type(record)])
        elif isinstance(value, Part):
            yield from _of(value, place, here)
        elif isinstance(value, tuple):
            for number, one in enumerate(value):
                if isinstance(one, Part):
                    yield from _of(one, f"{place}/{number}", here)
