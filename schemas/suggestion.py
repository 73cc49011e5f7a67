"""What could be filled in, and where it comes from; what a record that is not stored would be told."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from schemas.errors import Trouble
from schemas.profiles import Profile


class Origin(StrEnum):
    """Where a suggested value comes from; the first ones are the most to be trusted."""

    REGISTERED = "registered object"
    FILE_HEADER = "file header"
    FILE_NAME = "file name"
    LINE = "line"
    LAST_UPLOAD = "last upload"
    COLLECTION = "round"


class Suggestion(BaseModel, frozen=True):
    """A value for one place that is empty, such as `test.instrument.channel`; `said` names its source."""

    place: str = Field(examples=["test.instrument.channel"])
    value: Any = Field(description="As it stands in a record")  # Any: JSON
    origin: Origin
    said: str = Field(examples=["line 5 of a.mpt: “Run on channel : A1 (SN 0335)”"])


class Suggestions(BaseModel, frozen=True):
    """All of them, for one place the most trusted first; nothing is filled in until it is sent.

    `patch` takes the first for each place: sent as it is, it is the change of the record.
    """

    dataset: str
    suggestions: tuple[Suggestion, ...] = ()
    patch: dict[str, Any] = {}  # Any: JSON


class Missing(BaseModel, frozen=True):
    """What a record lacks for each profile; `a or b`: one of the two."""

    missing: dict[Profile, tuple[str, ...]]
    unknown_terms: tuple[Trouble, ...] = Field(
        default=(),
        description="Words that are no terms; to be settled before a round or publication, they block nothing",
    )


class ToCheck(BaseModel, frozen=True, extra="forbid"):
    """A record that is not stored, of any version."""

    record: dict[str, Any]  # Any: JSON


class Checked(Missing, frozen=True):
    """What is wrong with a record, all at once, by place; what is wrong counts as left out in `missing`."""

    valid: bool
    schema_version: str = Field(description="The version in which it would be kept", examples=["1.0"])
    problems: tuple[Trouble, ...] = ()
