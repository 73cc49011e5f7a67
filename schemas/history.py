"""History: revisions of a record as one reader may see them, and what differs between two versions of a dataset."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from schemas.metadata import Metadata


class Revision(BaseModel, frozen=True):
    """One state of a record: when it was written, for which organisation, and which places it changed."""

    number: int
    schema_version: str = Field(description="Version of the schema in which it was written", examples=["1.0"])
    created_at: datetime
    organisation: str = Field(description="Id of the organisation whose people wrote it")
    changed: tuple[str, ...] = Field(description="Places that differ from the revision before", examples=[["cell.id"]])


class RecordRevision(Revision, frozen=True):
    """The same with the record in the present schema; `written` is what was stored, for the owner alone."""

    record: Metadata
    written: dict[str, Any] | None = None  # Any: a record of any version of the schema


class FileChange(BaseModel, frozen=True):
    """A file of one version or both, by its hash."""

    name: str
    sha256: str
    bytes: int


class FileChanges(BaseModel, frozen=True):
    """Files that only the later version has, that only the earlier one has, and that both have."""

    added: tuple[FileChange, ...] = ()
    removed: tuple[FileChange, ...] = ()
    same: tuple[FileChange, ...] = ()


class TableDifference(BaseModel, frozen=True):
    """A table in both versions; null rows: that version has no such table."""

    table: str
    rows_before: int | None
    rows_after: int | None
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    same: bool = Field(description="Equal to the byte")


class VersionDifference(BaseModel, frozen=True):
    """What differs between two versions, as far as the reader may see it: null is what is closed to them."""

    dataset: str
    before: int
    after: int
    note: str = Field(default="", description="What the later version corrects")
    raw_files: FileChanges | None = None
    tables: tuple[TableDifference, ...] | None = None
    record: tuple[str, ...] = Field(default=(), description="Places at which the records differ")
