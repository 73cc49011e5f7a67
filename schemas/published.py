"""A dataset as one reader may see it, complete enough for a landing page and for every format it is exported in."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.dataset import DatasetState
from schemas.identifiers import Ror
from schemas.ingested import Column
from schemas.metadata import DatasetKind, Metadata


class AccessRight(StrEnum):
    """What the world may do with the files, as COAR Access Rights 1.0 names it."""

    OPEN = "open access"
    EMBARGOED = "embargoed access"
    RESTRICTED = "restricted access"
    METADATA_ONLY = "metadata only access"

    @property
    def iri(self) -> str:
        """The term's IRI."""
        return "http://purl.org/coar/access_right/" + _COAR[self]


_COAR = {
    AccessRight.OPEN: "c_abf2",
    AccessRight.EMBARGOED: "c_f1cf",
    AccessRight.RESTRICTED: "c_16ec",
    AccessRight.METADATA_ONLY: "c_14cb",
}


class Publisher(BaseModel, frozen=True):
    """The organisation that owns a dataset."""

    id: str
    name: str
    ror: Ror | None = None
    country: str = ""


class FileKind(StrEnum):
    """Bytes as uploaded, or a table that was made of them."""

    RAW = "raw"
    TABLE = "table"


class PublishedFile(BaseModel, frozen=True):
    """A file that the reader may take; `url` is stable and asks for the same right each time."""

    kind: FileKind
    name: str
    media_type: str
    bytes: int
    sha256: str
    url: str
    created_at: datetime
    rows: int | None = None
    columns: tuple[Column, ...] = ()


class PublishedVersion(BaseModel, frozen=True):
    """A released version; `note` says what was corrected."""

    number: int
    iri: str
    doi: str | None = None
    released_at: datetime
    note: str = ""


class Reading(BaseModel, frozen=True):
    """The ingest run that made tables of raw files."""

    iri: str
    reader: str
    reader_version: str
    started_at: datetime
    ended_at: datetime | None
    used: tuple[str, ...] = Field(description="SHA-256 of the raw files")
    table_schema: str = ""


class Tombstone(BaseModel, frozen=True):
    """What is left of a withdrawn dataset."""

    withdrawn_at: datetime | None
    note: str = ""


class Published(BaseModel, frozen=True):
    """A dataset in one version (None: nothing is released yet), shown as far as one reader's level opens it.

    `iri` stands for all versions and `version_iri` for this one; a DOI takes their place where there is one. `record`
    is None below level metadata; `files` are those that the reader may take.
    """

    id: str
    base_url: str
    iri: str
    doi: str | None = None
    version: int | None = None
    version_iri: str | None = None
    version_doi: str | None = None
    title: str | None
    kind: DatasetKind | None
    state: DatasetState
    level: str
    publisher: Publisher
    how_to_ask: str = ""
    created_at: datetime
    released_at: datetime | None = None
    modified_at: datetime
    revision: int = Field(description="Of the record, for its owner; 0 for others")
    access: AccessRight
    embargo_until: datetime | None = None
    record: Metadata | None = None
    versions: tuple[PublishedVersion, ...] = ()
    files: tuple[PublishedFile, ...] = ()
    readings: tuple[Reading, ...] = ()
    tombstone: Tombstone | None = None

    @property
    def cite_as(self) -> str:
        """What is cited: of this version where one is meant, a DOI where there is one."""
        doi = self.version_doi if self.version else self.doi
        return f"https://doi.org/{doi}" if doi else self.version_iri or self.iri

    @property
    def cite_all(self) -> str:
        """What is cited for all versions."""
        return f"https://doi.org/{self.doi}" if self.doi else self.iri

    @property
    def name(self) -> str:
        """A title in any case."""
        return self.title or f"Dataset {self.id}"

    @property
    def landing(self) -> str:
        """The address of the page of what is shown."""
        return self.version_iri or self.iri

    def export(self, form: str) -> str:
        """The address of this dataset in an export format."""
        return f"{self.landing}/as/{form}"
