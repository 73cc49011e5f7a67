"""The unit of exchange: dataset, version, raw file, ingest run and build, each with its states."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.acceptance import CheckedReport
from schemas.ingested import Choices, Source, Table
from schemas.metadata import Metadata


class DatasetState(StrEnum):
    """A draft is visible to its organisation alone."""

    DRAFT = "draft"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Visibility(StrEnum):
    """Who may know of a released dataset without a grant."""

    ORGANISATION = "organisation"
    NETWORK = "network"
    WORLD = "world"


class RunState(StrEnum):
    """The states of a job; the last three are final."""

    QUEUED = "queued"
    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"
    READY = "ready"
    QUARANTINED = "quarantined"
    FAILED = "failed"


FINAL_STATES = frozenset({RunState.READY, RunState.QUARANTINED, RunState.FAILED})


class RawFile(BaseModel, frozen=True):
    """Bytes exactly as uploaded, never altered."""

    id: str
    filename: str
    bytes: int
    sha256: str
    received_at: datetime


class StateChange(BaseModel, frozen=True):
    """When a run entered a state; `detail` says why where that is not plain."""

    state: RunState
    at: datetime
    detail: str = ""


class IngestRun(BaseModel, frozen=True):
    """What a job runs on one version; a run that ended `ready` or `quarantined` is a build."""

    id: str
    dataset: str
    version: int
    build: int
    state: RunState
    attempt: int
    progress: float
    reason: str = ""
    reference: str = ""
    reader: str = ""
    reader_version: str = ""
    schema_version: str = ""
    instrument: str = ""
    cycles: int = 0
    created_at: datetime
    finished_at: datetime | None = None
    history: tuple[StateChange, ...] = ()
    tables: tuple[Table, ...] = ()


class Continued(BaseModel, frozen=True):
    """The version whose file stands at the beginning of a longer one, and how many bytes they share."""

    dataset: str
    version: int
    bytes: int


class Version(BaseModel, frozen=True):
    """An immutable state of a dataset's files; several in order are the parts of one test.

    `raw_only` is released without tables. `continues` is told to the owner alone.
    """

    number: int
    created_at: datetime
    released_at: datetime | None = None
    files: tuple[RawFile, ...] = ()
    raw_only: bool = False
    continues: Continued | None = None
    note: str = Field(default="", description="What was corrected in this version")


class Entry(BaseModel, frozen=True):
    """What a list needs of a dataset: its row in the catalogue without the record."""

    id: str
    title: str | None
    kind: str | None
    owner: str
    owner_name: str
    state: DatasetState
    released_at: datetime | None
    created_at: datetime
    raw_only: bool
    public_title: str | None


class Dataset(BaseModel, frozen=True):
    """A dataset as its owner sees it."""

    id: str
    owner: str
    owner_name: str
    state: DatasetState
    visibility: Visibility
    created_at: datetime
    released_at: datetime | None = None
    latest_version: int | None = None
    released_version: int | None = None
    revision: int
    metadata: Metadata
    raw_only: bool = False
    embargo_until: datetime | None = None
    public_title: str | None = Field(default=None, description="Shown instead of the title below level metadata")
    withdrawn_at: datetime | None = None
    withdrawal_note: str = Field(default="", description="Why it was withdrawn, as its page tells")

    def entry(self) -> Entry:
        """What a list shows of it."""
        said = {"title": self.metadata.title, "kind": self.metadata.kind}
        return Entry.model_validate(self.model_dump(include=set(Entry.model_fields) - set(said)) | said)


class Release(BaseModel, frozen=True, extra="forbid"):
    """What a steward says on release; left out, the newest version and the visibility it has.

    `raw_only` releases a version that is quarantined: record, report and raw file, no tables. `template` names a
    sharing template, or 'none'; left out, the one that fits is applied to a first release.
    """

    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    visibility: Visibility | None = None
    raw_only: bool = False
    template: str | None = Field(default=None, max_length=32, pattern="^[0-9a-z]+$", examples=["none"])
    note: str = Field(
        default="",
        max_length=2000,
        pattern=r"^[^\x00]*$",
        description="What was corrected: told to whoever has read the version before, and shown with the version",
    )


class Withdrawal(BaseModel, frozen=True, extra="forbid"):
    """What a steward says on withdrawing."""

    note: str = Field(
        default="",
        max_length=2000,
        pattern=r"^[^\x00]*$",
        description="Why: told to whoever has read the data, and shown on the page that remains",
    )


class Listing(BaseModel, frozen=True):
    """What the level `listed` opens: title, owner, kind, how to ask."""

    id: str
    title: str | None
    kind: str | None
    owner: str
    owner_name: str
    state: DatasetState
    released_at: datetime | None
    created_at: datetime
    level: str
    how_to_ask: str = ""
    raw_only: bool = Field(default=False, description="Released without tables: its file could not be read well")


class BuildReport(BaseModel, frozen=True):
    """The report of one build, kept with the dataset for ever."""

    dataset: str
    version: int
    build: int
    state: RunState
    reader: str
    report: CheckedReport
    sources: tuple[Source, ...] = Field(default=(), description="The files that were read, in order")
    choices: Choices | None = Field(default=None, description="What the file holds of which one has to be picked")
