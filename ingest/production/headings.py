"""What the heading of a column means: a parameter with side, number and unit, or the row's object, source, machine."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum
from functools import cache, lru_cache

from ingest.production.entries import Named
from ingest.text.headers import plain
from schemas.production import ObjectKind, ProductionParameter, Recorded
from schemas.vocabulary import production

_MODIFIERS = re.compile(r"(?:side\s*(?P<side>[AB])|(?P<set>set[- ]?points?)|(?P<actual>actual)|(?P<at>at\s+.+))$", re.I)


class Role(Enum):
    """What a column is if it holds no parameter."""

    OBJECT = "object"
    KIND = "object kind"
    SOURCE = "made from"
    MACHINE = "machine"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading: a role, or the parameter it names; `kind` belongs to objects and sources; `unit` as printed."""

    text: str
    role: Role | None = None
    kind: ObjectKind | None = None
    named: Named | None = None
    unit: str | None = None


@lru_cache(maxsize=4096)
def heading(step: str, text: str) -> Heading:
    """What a heading on the sheet of this step means."""
    role = _ROLES.get(plain(text))
    if role is not None:
        return Heading(text, *role)
    name, unit = split_unit(text)
    return Heading(text, named=named(step, name), unit=unit)


def named(step: str, name: str) -> Named:
    """The parameter that a heading without its unit names in this step."""
    label, *modifiers = [part.strip() for part in name.split(",")]
    found = _parameter(step, label)
    said = Named(name, None if found is None else found[0], part=None if found is None else found[1])
    for modifier in modifiers:
        match = _MODIFIERS.match(modifier)
        if match is None:
            return Named(name, None)
        said = _modified(said, match)
    return said


def split_unit(text: str) -> tuple[str, str | None]:
    """Name and unit of `Dry loading, side A [mg/cm²]`; round brackets do as well."""
    match = re.match(r"^(.*?)\s*[\[(]([^\[\]]*?)[\])]\s*$", text.strip(), re.S)
    return (match[1].strip(), match[2].strip() or None) if match else (text.strip(), None)


def nearest(step: str, name: str) -> str:
    """The known parameter of this step that is spelled most like it; empty where none is."""
    labels = {plain(one.label): one.label for one in production().of_step(step)}
    near = get_close_matches(plain(name.split(",")[0]), labels, n=1, cutoff=0.6)
    return labels[near[0]] if near else ""


@lru_cache(maxsize=4096)
def step_of(text: str) -> str | None:
    """The step that is named so, by id or label."""
    return _steps().get(plain(text))


@cache
def _steps() -> dict[str, str]:
    return {plain(name): step.id for step in production().steps.values() for name in (step.id, step.label)}


def _modified(said: Named, match: "re.Match[str]") -> Named:
    if match["side"]:
        return replace(said, side=match["side"].upper())
    if match["set"]:
        return replace(said, recorded=Recorded.SET_POINT)
    if match["at"]:
        return replace(said, part=match["at"] if said.part is None else f"{said.part}, {match['at']}")
    return said


_ROLES: dict[str, tuple[Role, ObjectKind | None]] = {
    "object": (Role.OBJECT, None),
    "objectid": (Role.OBJECT, None),
    "objectkind": (Role.KIND, None),
    "machine": (Role.MACHINE, None),
    "method": (Role.METHOD, None),
    **{f"{kind.value}{word}": (Role.OBJECT, kind) for kind in ObjectKind for word in ("id", "name")},
    **{f"madefrom{kind.value}{end}": (Role.SOURCE, kind) for kind in ObjectKind for end in ("", "s")},
}


def _parameter(step: str, label: str) -> tuple[ProductionParameter, str | None] | None:
    wanted = plain(label)
    for pattern, parameter in _patterns(step):
        if match := pattern.fullmatch(wanted):
            return parameter, (match[1] or None) if parameter.numbered else None
    return None


@cache
def _patterns(step: str) -> Sequence[tuple["re.Pattern[str]", ProductionParameter]]:
    out: list[tuple[re.Pattern[str], ProductionParameter]] = []
    for one in production().of_step(step):
        label = re.escape(plain(one.label.replace("#", "9999"))).replace("9999", r"(\d*)")
        names = {label, re.escape(plain(one.id)) + (r"(\d*)" if one.numbered else "")}
        out.extend((re.compile(name), one) for name in sorted(names, key=len, reverse=True))
    return tuple(out)
