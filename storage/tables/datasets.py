"""Datasets, their revisions, versions and raw files."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class DatasetRow(Row):
    """A dataset; title, kind, line and cell repeat the newest revision so that a list is one query.

    `embargo_reminded` is the end of an embargo of which the owner was reminded; `withdrawal_note` says why it was
    withdrawn.
    """

    __tablename__ = "plx_dataset"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    state: Mapped[str] = mapped_column(String(16))
    visibility: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    latest_version: Mapped[int | None]
    released_version: Mapped[int | None]
    revision: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(300))
    kind: Mapped[str | None] = mapped_column(String(32))
    line: Mapped[str | None] = mapped_column(String(300))
    cell: Mapped[str | None] = mapped_column(String(300))
    raw_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    embargo_until: Mapped[datetime | None]
    embargo_reminded: Mapped[datetime | None]
    public_title: Mapped[str | None] = mapped_column(String(300))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "owner", "cell"),
        Index(None, "owner", "created_at", "id"),
        Index(None, "state", "visibility", "created_at", "id"),
    )


class RevisionRow(Row):
    """One state of a dataset's metadata; never changed."""

    __tablename__ = "plx_revision"
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    schema_version: Mapped[str] = mapped_column(String(16))
    record: Mapped[Json]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))


class RawFileRow(Row):
    """Bytes as uploaded; the hash is unique per owner, never across owners: it must not tell what others hold."""

    __tablename__ = "plx_raw_file"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    received_at: Mapped[datetime]
    head_sha256: Mapped[str | None] = mapped_column(String(64))
    lines_bytes: Mapped[int | None] = mapped_column(BigInteger)
    lines_sha256: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (UniqueConstraint("owner", "sha256"), Index(None, "owner", "head_sha256"))


class VersionRow(Row):
    """An immutable set of raw files; `continues_…` is the version whose bytes its file begins with.

    `note` says what was corrected.
    """

    __tablename__ = "plx_version"
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    released_at: Mapped[datetime | None]
    raw_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    continues_dataset: Mapped[str | None] = mapped_column(Id)
    continues_version: Mapped[int | None]
    continues_bytes: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, default="", server_default="")


class VersionFileRow(Row):
    """A raw file in a version, under the name it was uploaded with."""

    __tablename__ = "plx_version_file"
    dataset: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    raw_file: Mapped[str] = mapped_column(ForeignKey("plx_raw_file.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    __table_args__ = (ForeignKeyConstraint(["dataset", "version"], ["plx_version.dataset", "plx_version.number"]),)


class DoiRow(Row):
    """A DOI for a version, or for all versions (`version` 0); a draft is known here alone."""

    __tablename__ = "plx_doi"
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    doi: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class SplitRow(Row):
    """Which draft was made for one choice of a file that holds several."""

    __tablename__ = "plx_split"
    source: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    raw_file: Mapped[str] = mapped_column(ForeignKey("plx_raw_file.id"), primary_key=True)
    by: Mapped[str] = mapped_column("chosen_by", String(16), primary_key=True)
    choice: Mapped[str] = mapped_column(String(500), primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))
