"""How a field of the record says what it means: class, term, unit, and example stand where the field stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field

from schemas.iris import expanded


class FieldClass(StrEnum):
    """To whom a field of the record is shown, once the record is open at all."""

    CORE = "core"
    NETWORK = "network"
    CONFIDENTIAL = "confidential"


CORE: Final = FieldClass.CORE
NETWORK: Final = FieldClass.NETWORK
CONFIDENTIAL: Final = FieldClass.CONFIDENTIAL


class Part(BaseModel, frozen=True, extra="forbid"):
    """A group of fields; every field may be left out."""


_LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"


def _single_line(text: str) -> str:
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise ValueError("control characters are not allowed; write it on one line")
    if not text.strip():
        raise ValueError("it is blank; leave the field out or fill it in")
    return text


def _prose(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
        raise ValueError("control characters other than line breaks and tabs are not allowed")
    if not text.strip():
        raise ValueError("it is blank; leave the field out or fill it in")
    return text


Text = Annotated[
    str, Field(min_length=1, max_length=300, json_schema_extra={"pattern": _LINE}), AfterValidator(_single_line)
]
Prose = Annotated[
    str,
    Field(
        min_length=1,
        max_length=10_000,
        json_schema_extra={"pattern": r"^[^\x00-\x08\x0b-\x1f]*[^\s\x00-\x1f][^\x00-\x08\x0b-\x1f]*$"},
    ),
    AfterValidator(_prose),
]


def described(
    meaning: str,
    of: FieldClass,
    *,
    iri: str = "",
    why: str = "",
    terms: str = "",
    example: object = None,
    default: object = None,
    **limits: Any,  # Any: whatever pydantic's Field takes
) -> Any:  # Any: stands as the default of a field of any type
    """A field: what it means, its class, the IRI of its term or `why` it has none, the vocabulary of its `terms`.

    The IRI is written short, with a prefix of `schemas.iris`, and kept whole.
    """
    extra = {"class": of.value, "iri": expanded(iri), "why": why, "vocabulary": terms}
    extra = {name: value for name, value in extra.items() if value}
    limits |= {"description": meaning, "json_schema_extra": extra}
    if example is not None:
        limits["examples"] = [example]
    return Field(default, **limits)


@dataclass(frozen=True)
class Described:
    """One field of a record as it is published; `path` goes through groups with dots, `[]` marks a list."""

    path: str
    meaning: str
    of: FieldClass
    iri: str
    why: str
    vocabulary: str
    unit: str
    example: object
    type: object
    group: bool


def fields_of(model: type[BaseModel], at: str = "") -> Iterator[Described]:
    """All fields of a record, groups before what they hold."""
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        part, many = part_of(info.annotation)
        path = f"{at}{name}{'[]' if many else ''}"
        yield Described(
            path=path,
            meaning=info.description or "",
            of=FieldClass(str(extra["class"])),
            iri=str(extra.get("iri", "")),
            why=str(extra.get("why", "")),
            vocabulary=str(extra.get("vocabulary", "")),
            unit=_unit(info.annotation, info.metadata),
            example=info.examples[0] if info.examples else None,
            type=info.annotation,
            group=part is not None,
        )
        if part is not None:
            yield from fields_of(part, path + ".")


def class_of(model: type[BaseModel], name: str) -> FieldClass:
    """The class of one field."""
    extra = model.model_fields[name].json_schema_extra
    if not isinstance(extra, dict):
        raise TypeError(f"{model.__name__}.{name} has no class")
    return FieldClass(str(extra["class"]))


def part_of(annotation: object) -> tuple[type[Part] | None, bool]:
    """The group of fields that a field holds, and whether it holds a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation, False
    origin, inner = get_origin(annotation), [one for one in get_args(annotation) if one not in (type(None), ...)]
    if origin is tuple and inner:
        return part_of(inner[0])[0], True
    if origin in (Union, UnionType) and len(inner) == 1:
        return part_of(inner[0])
    return None, False


def _unit(annotation: object, metadata: list[Any]) -> str:
    found = [str(one.ucum) for one in metadata if hasattr(one, "ucum")]
    if found:
        return found[0]
    return next(
        (unit for one in get_args(annotation) if (unit := _unit(one, list(getattr(one, "__metadata__", ()))))), ""
    )
