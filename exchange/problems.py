"""Problems: what is wrong with an input, told as place, sentence and value, with the nearest thing that is known."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from schemas.errors import Trouble
from schemas.upgrade import TooNew


def troubles(wrong: ValidationError, model: type[BaseModel], at: str = "") -> tuple[Trouble, ...]:
    """Every problem that pydantic found in an input of this model."""
    return told(wrong.errors(include_url=False, include_context=True), model, at)


def told(errors: Iterable[Mapping[str, Any]], model: object, at: str = "") -> tuple[Trouble, ...]:
    """Each problem of a list such as pydantic makes."""
    return tuple(_trouble(error, model, at) for error in meant(errors))


def meant(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without those that say no more than that what is wrong within a list was not counted."""
    every = list(errors)
    places = [tuple(one["loc"]) for one in every]

    def follows(one: Mapping[str, Any]) -> bool:
        place = tuple(one["loc"])
        return one["type"] == "too_short" and any(len(at) > len(place) and at[: len(place)] == place for at in places)

    return [one for one in every if not follows(one)]


def sentence(error: Mapping[str, Any], model: object) -> str:
    """What is wrong, and what was probably meant."""
    text = str(error["msg"]).removeprefix("Value error, ")
    place, context = error["loc"], error.get("ctx") or {}
    if error["type"] == "extra_forbidden" and place:
        group = _at(model, place[:-1])
        names = list(group.model_fields) if group else []
        return f"there is no field '{place[-1]}' here; " + _nearest(str(place[-1]), names)
    if error["type"] in ("model_type", "model_attributes_type") and place:
        group = _at(model, place)
        names = list(group.model_fields) if group else []
        return f"a group of fields is meant here, not a value; {_nearest('', names)}" if names else text
    if error["type"] in ("enum", "literal_error") and isinstance(error.get("input"), str):
        words = [word.strip(" '") for word in str(context.get("expected", "")).replace(" or ", ", ").split(",")]
        near = get_close_matches(error["input"], words, n=1, cutoff=0.6)
        return f"{text}; nearest is '{near[0]}'" if near else text
    return _SENTENCES.get(str(error["type"]), text)


_MOMENT: Final = "write it like 2026-03-31T14:05:00+02:00"
_SENTENCES: Final = {
    "missing": "this field is needed here, and it is missing",
    "timezone_aware": f"the moment has no offset from UTC; {_MOMENT}",
    "datetime_parsing": f"this is no moment; {_MOMENT}",
    "datetime_from_date_parsing": f"this is no moment; {_MOMENT}",
    "datetime_type": f"this is no moment; {_MOMENT}",
}


def _trouble(error: Mapping[str, Any], model: object, at: str) -> Trouble:
    place, value = tuple(error["loc"]), error.get("input")
    newer = (error.get("ctx") or {}).get("error")
    if isinstance(newer, TooNew):
        # The whole record is at fault to the validator, yet one field says so to whoever sent it.
        place, value = (*place, "schema_version"), newer.version
    return Trouble(
        pointer=at + "".join(f"/{_escaped(str(part))}" for part in place),
        message=sentence(error, model),
        value=repr(value)[:200] if error["type"] != "missing" else None,
    )


def _nearest(name: str, known: list[str]) -> str:
    if not known:
        return "leave it out"
    alike = [one for one in known if name and (name in one or one in name)][:3]
    near = get_close_matches(name, known, n=3, cutoff=0.5) or alike
    if near:
        return f"nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}"
    return f"known are {', '.join(known[:30])}"


def _at(model: object, place: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that stands at this place."""
    found = _model_in(model)
    for part in place:
        if found is None:
            return None
        if isinstance(part, str) and part in found.model_fields:
            found = _model_in(found.model_fields[part].annotation)
    return found


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, tuple, list) or hasattr(annotation, "__metadata__"):
        return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
    return None


def _escaped(part: str) -> str:
    """A part of a JSON pointer (RFC 6901): headings of files hold slashes."""
    return part.replace("~", "~0").replace("/", "~1")
