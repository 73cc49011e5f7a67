"""Forms of cells: how a value is written in a sheet, by the type of its field."""

from enum import Enum, StrEnum
from types import UnionType
from typing import Final, Union, get_args, get_origin

from pydantic import AwareDatetime
from pydantic.fields import FieldInfo


class Form(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    MOMENT = "date and time with offset"
    TEXTS = "list of texts"
    JSON = "JSON"


_FORMS: Final[dict[object, Form]] = {
    str: Form.TEXT,
    float: Form.NUMBER,
    int: Form.WHOLE,
    bool: Form.YES_NO,
    AwareDatetime: Form.MOMENT,
}


def form_of(info: FieldInfo) -> Form:
    """How a cell of this field is read."""
    bare = _bare(info.annotation)
    if get_origin(bare) is tuple:
        return Form.TEXTS if _bare(get_args(bare)[0]) is str else Form.JSON
    if isinstance(bare, type) and issubclass(bare, Enum):
        return Form.TEXT
    if get_origin(bare) is not None and all(isinstance(one, str) for one in get_args(bare)):
        return Form.TEXT  # A literal.
    return _FORMS.get(bare, Form.JSON)


def choices_of(annotation: object) -> tuple[str, ...]:
    """The words of which a field takes one; empty where it takes others."""
    bare = _bare(annotation)
    return tuple(one.value for one in bare) if isinstance(bare, type) and issubclass(bare, StrEnum) else ()


def _bare(annotation: object) -> object:
    """A type without its marks, and without None."""
    if annotation in _FORMS:
        return annotation
    if hasattr(annotation, "__metadata__"):
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return _bare(inner[0]) if len(inner) == 1 else annotation
    return annotation
