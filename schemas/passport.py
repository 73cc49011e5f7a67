"""The draft of a battery passport's data sheet, in the parts and names of the Battery Pass data model."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Value = str | float | bool


class _Sheet(BaseModel, frozen=True):
    """Written in the data model's manner, `likeThis`."""

    model_config = ConfigDict(serialize_by_alias=True, alias_generator=to_camel, validate_by_name=True)


class NotKnown(_Sheet, frozen=True):
    """A property that stays out of the sheet; `path` is a JSON pointer within the part, `required` by its schema."""

    part: str = Field(examples=["PerformanceAndDurability"])
    path: str = Field(examples=["/batteryTechicalProperties/powerFade"])
    meaning: str
    required: bool = True


class Provenance(_Sheet, frozen=True):
    """Where a value comes from: the address of an object or of the build of a dataset, and how it was taken from it."""

    part: str
    path: str
    source: str
    how: str
    unit: str = Field(default="", description="UCUM code")


class Passport(_Sheet, frozen=True):
    """The sheet: what is known of a cell or of the cells of a lot, part by part, and what is not."""

    draft: bool = True
    notice: str
    mapping_version: str
    data_model: str
    made_at: datetime
    object: str
    object_id: str
    name: str | None = None
    parts: dict[str, dict[str, Any]] = Field(description="By the names of the data model's schemas")  # Any: JSON
    not_known: tuple[NotKnown, ...]
    provenance: tuple[Provenance, ...]
