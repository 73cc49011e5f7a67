"""Rows of a sheet: what each says of one dataset, as a nested record, and where each of its values stands."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.record.leaves import merged
from schemas.sheet import SheetProblem

Record = dict[str, Any]
_ENTRY: Final = re.compile(r"^(\w+)\[(\d+)\]$")


@dataclass(frozen=True)
class At:
    """Where something stands: sheet (of a workbook), 1-based row or line, heading of the column."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Said:
    """A nested record in which None empties a field; `places` by JSON pointer within it."""

    record: Record = field(default_factory=dict)
    places: Mapping[str, At] = field(default_factory=dict)
    at: At = At()
    pointer: str = ""

    def where(self, pointer: str) -> At | None:
        """Where the value at a pointer within the record stands, or the nearest group around it."""
        while pointer:
            if pointer in self.places:
                return self.places[pointer]
            pointer = pointer.rpartition("/")[0]
        return None


@dataclass(frozen=True)
class Row:
    """What a sheet says of one dataset; `record` is what the row says over the defaults."""

    own: Said
    defaults: Said
    dataset: str = ""
    file: str = ""

    @property
    def record(self) -> Record:
        """The changes: a JSON merge patch, in which null empties."""
        return _over(self.defaults.record, self.own.record)

    def problem(self, pointer: str, message: str, value: str | None = None, hint: str = "") -> SheetProblem:
        """Something that is wrong with what stands at a pointer within the record."""
        at = self.own.where(pointer)
        base = self.own.pointer
        if at is None and (found := self.defaults.where(pointer)) is not None:
            at, base = found, self.defaults.pointer
        return problem(at or self.own.at, base + pointer, message, value, hint)


def problem(at: At, pointer: str, message: str, value: object = None, hint: str = "") -> SheetProblem:
    """Something that is wrong at a place of the sheet."""
    shown = None if value is None else str(value)[:200]
    return SheetProblem(
        pointer=pointer, message=message, value=shown, hint=hint, sheet=at.sheet, row=at.row, column=at.column
    )


def nested(values: Iterable[tuple[str, object, At]]) -> tuple[Record, dict[str, At]]:
    """Values by places such as `creators[2].name` as a record, and where each stands by its JSON pointer in it.

    Entries without a value leave no gap.
    """
    made: Record = {}
    where: dict[tuple[str | int, ...], At] = {}
    for place, value, at in values:
        parts = [part for step in place.split(".") for part in _parts(step)]
        within: Any = made  # Any: groups, and lists by number, down to the value
        for part in parts[:-1]:
            found = within.get(part)
            within[part] = within = found if isinstance(found, dict) else {}
        within[parts[-1]] = value
        where[tuple(parts)] = at
    numbers: dict[tuple[str | int, ...], int] = {}
    record: Record = _listed(made, (), numbers)
    return record, {_pointer(parts, numbers): at for parts, at in where.items()}


def _parts(step: str) -> tuple[str | int, ...]:
    found = _ENTRY.match(step)
    return (found[1], int(found[2])) if found else (step,)


def _listed(made: Any, at: tuple[str | int, ...], numbers: dict[tuple[str | int, ...], int]) -> Any:
    """Groups by number become lists; what empties a field of an entry leaves it out, as the entry is new."""
    if not isinstance(made, dict):
        return made
    if made and all(isinstance(one, int) for one in made):
        entries = []
        for position, number in enumerate(sorted(made)):
            numbers[(*at, number)] = position
            entry = _listed(made[number], (*at, number), numbers)
            entries.append({name: one for name, one in entry.items() if one is not None})
        return entries
    return {name: _listed(one, (*at, name), numbers) for name, one in made.items()}


def _pointer(parts: tuple[str | int, ...], numbers: Mapping[tuple[str | int, ...], int]) -> str:
    return "".join(f"/{numbers[parts[: at + 1]] if isinstance(part, int) else part}" for at, part in enumerate(parts))


def _over(defaults: Record, own: Record) -> Record:
    """What the row says goes before the defaults; null stays null, as it still has to empty what is stored."""
    made = dict(defaults)
    for name, value in own.items():
        below = made.get(name)
        made[name] = _over(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return made


def filled(record: Mapping[str, Any]) -> Record:
    """The record without what only empties."""
    return merged({}, record)
