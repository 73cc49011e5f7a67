"""Columns of a sheet: every place of the record by its name, with all that somebody needs who fills it in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from exchange.sheets.form import Form, choices_of, form_of
from schemas.metadata import DatasetKind, Metadata
from schemas.production import ProductionUnit
from schemas.profiles import NEEDS, Profile
from schemas.record.field import FieldClass, fields_of, part_of
from schemas.vocabulary import production
from schemas.vocabulary.terms import seeds

KEYS: Final = {
    "dataset": "Id of the dataset (PLX-…). Empty: found by file, or by kind, cell and title; else a new draft.",
    "file": "Name of a file that was uploaded into the dataset.",
}
"""What says which dataset a row is about; no place of the record is called so."""
_NUMBER: Final = re.compile(r"^(\w+)\[([1-9]\d{0,3})\]$")
_REPEATED: Final = {"creators": 2, "formulation": 3, "composition": 3, "steps": 3}
"""So many entries of a list have columns in a template; the reader takes as many as the schema allows."""
_OF_KIND: Final = {
    DatasetKind.CELL_TEST: ("cell", "test"),
    DatasetKind.ROUND_ROBIN_TEST: ("cell", "test"),
    DatasetKind.PRODUCTION_RUN: ("production",),
    DatasetKind.MATERIAL: ("material",),
    DatasetKind.PROTOCOL: ("protocol",),
    DatasetKind.DOCUMENT: ("document",),
}
_OF_SOME: Final = frozenset({"cell", "test", "production", "material", "protocol", "document"})
_NOT_ASKED: Final = frozenset({"schema_version", "reading"})
"""Read all the same."""


@dataclass(frozen=True)
class Column:
    """A place such as `cell.nominal_capacity_ah` or `creators[1].name`; `terms` are suggested, `choices` are all."""

    place: str
    form: Form
    meaning: str
    of: FieldClass
    unit: ProductionUnit | None = None
    choices: tuple[str, ...] = ()
    vocabulary: str = ""
    terms: tuple[str, ...] = ()
    example: str = ""
    needed: Profile | None = None

    @property
    def heading(self) -> str:
        """As it stands at the top of a column."""
        return f"{self.place} [{self.unit.unit}]" if self.unit and self.unit.unit != "1" else self.place

    @property
    def plain(self) -> str:
        """The place without the numbers of entries."""
        return re.sub(r"\[\d+\]", "", self.place)

    def said(self) -> str:
        """All that is told to whoever fills it in."""
        facts = [f"{self.meaning}.", f"Class: {self.of.value}.", f"Written as {self.form.value}."]
        if self.unit is not None and self.unit.unit != "1":
            facts.append(f"Unit: {self.unit.unit}, or another of {self.unit.dimension} written into the heading.")
        if self.needed is not None:
            facts.append(f"Needed for: {self.needed.value}.")
        words = self.choices or self.terms
        if words:
            more = "" if len(words) <= 12 else f" and {len(words) - 12} more"
            facts.append(f"{'One of' if self.choices else 'Terms'}: {', '.join(words[:12])}{more}.")
        if self.example:
            facts.append(f"Example: {self.example}")
        return " ".join(facts)


def columns(kind: DatasetKind) -> tuple[Column, ...]:
    """The columns of a template for this kind: what release needs first, then what a round and the open web need."""
    every = list(_every(kind))
    order = list(Profile)
    first: dict[str, int] = {}
    for place in (place for need in NEEDS for place in need.places):
        first.setdefault(place, len(first))

    def rank(item: tuple[int, Column]) -> tuple[int, int, int]:
        at, column = item
        if column.needed is None:
            return len(order), 0, at
        return order.index(column.needed), first.get(_asked(column.plain), len(first)), at

    return tuple(column for _, column in sorted(enumerate(every), key=rank))


@lru_cache(maxsize=4096)
def column(place: str) -> Column | None:
    """The column of one place of the record, of any kind; a list of groups without a number is one cell of JSON.

    None where the record has no such place.
    """
    info, whole = None, False
    at: type[BaseModel] | None = Metadata
    for part in place.split("."):
        name, number = (found[1], int(found[2])) if (found := _NUMBER.match(part)) else (part, 0)
        if at is None or whole or name not in at.model_fields:
            return None
        info = at.model_fields[name]
        at, many = part_of(info.annotation)
        whole = many and at is not None and not number
        if (number and not (many and at)) or number > _most(info):
            return None
    return _column(place, info) if info is not None and (at is None or whole) else None


def nearest(place: str) -> str:
    """What was probably meant by a heading that names no place."""
    plain = re.sub(r"\[\d+\]", "", place)
    known = sorted({re.sub(r"\[\]", "[1]", one.path) for one in fields_of(Metadata) if not one.group} | set(KEYS))
    ends = [one for one in known if plain and re.sub(r"\[\d+\]", "", one).rpartition(".")[2] == plain]
    near = ends or get_close_matches(place, known, n=3, cutoff=0.6)
    if near:
        return f"nearest {'is' if len(near) == 1 else 'are'} {', '.join(near[:3])}"
    return "the template names all places"


def terms_of(vocabulary: str) -> tuple[str, ...]:
    """Ids of the terms of a vocabulary that come with this version; other words are taken, too."""
    return tuple(one.id for one in seeds()[vocabulary].current) if vocabulary else ()


def _every(kind: DatasetKind) -> Iterator[Column]:
    left_out = _OF_SOME - set(_OF_KIND[kind])
    needed = _needed(kind)
    for one in fields_of(Metadata):
        path = one.path.removesuffix("[]")
        if one.group or path.split(".")[0] in left_out or path.replace("[]", "") in _NOT_ASKED:
            continue
        for place in _numbered(path):
            found = column(place)
            if found is not None:
                further = re.search(r"\[(?!1\])", place)
                yield found if further else replace(found, needed=needed.get(_asked(found.plain)))


def _needed(kind: DatasetKind) -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    for need in NEEDS:
        if need.asked_of(kind):
            for place in need.places:
                found.setdefault(place, need.profile)
    return found


def _asked(place: str) -> str:
    """The place by which a profile asks for it: a list by its name, and an entry of it by what an entry must have."""
    group, _, last = place.rpartition(".")
    return {"creators.name": "creators", "production.steps.step": "production.steps"}.get(f"{group}.{last}", place)


def _numbered(path: str) -> Iterator[str]:
    """One place for each entry that has columns in a template."""
    if "[]" not in path:
        yield path
        return
    group, _, rest = path.partition("[]")
    for number in range(1, _REPEATED.get(group.rpartition(".")[2], 1) + 1):
        yield f"{group}[{number}]{rest}"


def _most(info: FieldInfo) -> int:
    return next((one.max_length for one in info.metadata if hasattr(one, "max_length")), 1000)


def _column(place: str, info: FieldInfo) -> Column:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    ucum = next((one.ucum for one in _marks(info.annotation, info.metadata) if hasattr(one, "ucum")), None)
    vocabulary = str(extra.get("vocabulary", ""))
    return Column(
        place=place,
        form=form_of(info),
        meaning=info.description or "",
        of=FieldClass(str(extra.get("class", FieldClass.CONFIDENTIAL))),
        unit=production().unit(ucum) if ucum else None,
        choices=choices_of(info.annotation),
        vocabulary=vocabulary,
        terms=terms_of(vocabulary),
        example=_typed(info.examples[0]) if info.examples else "",
    )


def _typed(example: object) -> str:
    """The example as somebody would type it into a cell."""
    if isinstance(example, bool):
        return "yes" if example else "no"
    return "; ".join(map(str, example)) if isinstance(example, list | tuple) else str(example)


def _marks(annotation: object, metadata: list[Any]) -> Iterator[Any]:  # Any: whatever pydantic keeps there
    yield from metadata
    for one in (annotation, *get_args(annotation)):
        yield from getattr(one, "__metadata__", ())
