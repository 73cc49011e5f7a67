"""A sheet of metadata: records of many datasets in one file, what it would change, and what is wrong with it."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, model_validator

from schemas.block import DatasetReference
from schemas.bulk import Selection
from schemas.errors import Trouble

MOST: int = 1000
"""So many datasets are described at once."""
Token = Annotated[str, Field(max_length=80, pattern="^[0-9]{1,12}-[0-9a-f]{64}$")]


class SheetForm(StrEnum):
    """How a sheet is written."""

    XLSX = "xlsx"
    CSV = "csv"
    YAML = "yaml"
    JSON = "json"


class SheetProblem(Trouble, frozen=True):
    """One thing that is wrong with a sheet; `pointer` is its place in the sheet's YAML or JSON form."""

    file: str = ""
    sheet: str | None = None
    row: int | None = Field(default=None, description="1-based, of the sheet, or the line of a text file")
    column: str | None = None

    def told(self) -> Trouble:
        """The same with its place said in words."""
        row = f"{'row' if self.column or self.sheet else 'line'} {self.row}" if self.row else ""
        place = [f"sheet {self.sheet}" if self.sheet else "", row, f"column {self.column}" if self.column else ""]
        where = ", ".join(one for one in place if one)
        message = f"{where}: {self.message}" if where else self.message
        return Trouble(pointer=self.pointer, message=message, value=self.value, hint=self.hint)


class PlaceChange(BaseModel, frozen=True):
    """What stands at one place of a record before and after; null is nothing."""

    place: str
    before: JsonValue
    after: JsonValue


class DatasetChange(BaseModel, frozen=True):
    """What would change of one dataset; without id it is a new draft."""

    dataset: str | None
    title: str | None
    row: int | None = Field(default=None, description="Row of the sheet, or line of a text file")
    changes: tuple[PlaceChange, ...]
    read_again: bool = Field(description="Its files are read again: how they are read depends on what changes")
    readers_told: tuple[str, ...] = Field(description="Organisations that have taken its data and are told")


class SheetPreview(BaseModel, frozen=True):
    """What a sheet would change; with problems there is no token, and nothing can be applied."""

    token: str | None = Field(description="Goes with the same sheet; valid for an hour, while nothing else changed")
    datasets: tuple[DatasetChange, ...]
    unchanged: int = Field(description="How many datasets it leaves as they are")
    problems: tuple[SheetProblem, ...]


class DescribedSheet(BaseModel, frozen=True):
    """What was done."""

    datasets: tuple[str, ...] = Field(description="Those that changed, new drafts included")
    created: tuple[str, ...]
    unchanged: int


class FieldEdit(BaseModel, frozen=True, extra="forbid"):
    """One place of many records: which datasets, by id or by what they are, and what is to stand there; null empties.

    A list is one value: it is replaced as a whole.
    """

    datasets: tuple[DatasetReference, ...] = Field(default=(), max_length=MOST)
    query: Selection | None = None
    place: str = Field(max_length=100, pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", examples=["test.protocol.name"])
    value: JsonValue

    @model_validator(mode="after")
    def _chosen_one_way(self) -> "FieldEdit":
        if bool(self.datasets) == (self.query is not None):
            raise ValueError("choose datasets either by `datasets` or by `query`")
        return self


class ConfirmedEdit(FieldEdit, frozen=True, extra="forbid"):
    """The same again, with the token of its preview."""

    token: Token


class RefusedDataset(BaseModel, frozen=True):
    """A dataset that cannot be changed so, and everything that is in the way."""

    dataset: str
    reasons: tuple[str, ...]


class EditPreview(BaseModel, frozen=True):
    """What an edit would change; while a dataset is refused there is no token: leave it out and preview again."""

    token: str | None
    datasets: tuple[DatasetChange, ...]
    unchanged: int
    refused: tuple[RefusedDataset, ...]


class Edited(BaseModel, frozen=True):
    """The datasets that changed."""

    datasets: tuple[str, ...]
    unchanged: int
