"""Every table of the platform; rows never leave `storage`."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A UTC instant; SQLite keeps no zone, so it is put back on reading, and a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = dict[str, Any]  # Any: a JSON document whose shape a pydantic noun gives.
Id = String(32)


class Row(DeclarativeBase):
    """Base of all rows."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map: ClassVar = {datetime: Moment, Json: JSON, list[str]: JSON}


class OrganisationRow(Row):
    """An organisation."""

    __tablename__ = "plx_organisation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    standing: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2), default="")
    ror: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class LineRow(Row):
    """A pilot line."""

    __tablename__ = "plx_line"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))


class UserRow(Row):
    """A person, acting for one organisation."""

    __tablename__ = "plx_user"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class GroupRow(Row):
    """A group across the network."""

    __tablename__ = "plx_group"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class GroupMemberRow(Row):
    """An organisation in a group."""

    __tablename__ = "plx_group_member"
    group: Mapped[str] = mapped_column("group_id", ForeignKey("plx_group.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), primary_key=True, index=True)


class TokenRow(Row):
    """A token, kept as SHA-256 alone."""

    __tablename__ = "plx_token"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class DatasetRow(Row):
    """A dataset; title, kind, line and cell repeat the newest revision so that a list is one query."""

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
    """An immutable set of raw files; `continues_…` is the version whose bytes its file begins with."""

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


class VersionFileRow(Row):
    """A raw file in a version, under the name it was uploaded with."""

    __tablename__ = "plx_version_file"
    dataset: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    raw_file: Mapped[str] = mapped_column(ForeignKey("plx_raw_file.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    __table_args__ = (ForeignKeyConstraint(["dataset", "version"], ["plx_version.dataset", "plx_version.number"]),)


class SplitRow(Row):
    """Which draft was made for one choice of a file that holds several."""

    __tablename__ = "plx_split"
    source: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    raw_file: Mapped[str] = mapped_column(ForeignKey("plx_raw_file.id"), primary_key=True)
    by: Mapped[str] = mapped_column("chosen_by", String(16), primary_key=True)
    choice: Mapped[str] = mapped_column(String(500), primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))


class IngestRunRow(Row):
    """What a job runs on one version; `attempt` fences writers, `build` numbers the runs of a version."""

    __tablename__ = "plx_ingest_run"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(Id)
    version: Mapped[int]
    build: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    attempt_id: Mapped[str | None] = mapped_column(Id)
    progress: Mapped[float] = mapped_column(default=0.0)
    reason: Mapped[str] = mapped_column(Text, default="")
    reference: Mapped[str] = mapped_column(String(32), default="")
    reader: Mapped[str] = mapped_column(String(64), default="")
    reader_version: Mapped[str] = mapped_column(String(32), default="")
    schema_version: Mapped[str] = mapped_column(String(32), default="")
    instrument: Mapped[str] = mapped_column(String(200), default="")
    cycles: Mapped[int] = mapped_column(default=0)
    provenance: Mapped[Json | None]
    report: Mapped[Json | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("dataset", "version", "build"),
        ForeignKeyConstraint(["dataset", "version"], ["plx_version.dataset", "plx_version.number"]),
    )


class RunEventRow(Row):
    """When a run entered a state."""

    __tablename__ = "plx_run_event"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    run: Mapped[str] = mapped_column(ForeignKey("plx_ingest_run.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(Text, default="")


class AcceptedFindingRow(Row):
    """A warning that was accepted; insert-only. It holds for every build of its version."""

    __tablename__ = "plx_accepted_finding"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(Id)
    version: Mapped[int]
    build: Mapped[int]
    rule: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column("file_name", Text)
    sheet: Mapped[str | None] = mapped_column("sheet_name", Text)
    column: Mapped[str | None] = mapped_column("column_name", Text)
    message: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    accepted_at: Mapped[datetime]
    accepted_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    __table_args__ = (
        ForeignKeyConstraint(["dataset", "version"], ["plx_version.dataset", "plx_version.number"]),
        Index(None, "dataset", "version"),
    )


class TableRow(Row):
    """One Parquet table of a build."""

    __tablename__ = "plx_table"
    run: Mapped[str] = mapped_column(ForeignKey("plx_ingest_run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    columns: Mapped[Json]


class ObjectRow(Row):
    """A thing of production that a build tells of; its name is unique within its kind and run."""

    __tablename__ = "plx_object"
    run: Mapped[str] = mapped_column(ForeignKey("plx_ingest_run.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    __table_args__ = (Index(None, "kind", "name"),)


class DescentRow(Row):
    """One edge of a build's genealogy: the source went into the product."""

    __tablename__ = "plx_descent"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    run: Mapped[str] = mapped_column(ForeignKey("plx_ingest_run.id"))
    source_kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(200))
    step: Mapped[str] = mapped_column(String(32))
    product_kind: Mapped[str] = mapped_column(String(16))
    product: Mapped[str] = mapped_column(String(200))
    __table_args__ = (
        Index(None, "run", "source_kind", "source"),
        Index(None, "run", "product_kind", "product"),
    )


class UploadRow(Row):
    """An upload under way; everything another instance needs to take the next chunk."""

    __tablename__ = "plx_upload"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    filename: Mapped[str] = mapped_column(String(255))
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column("received", BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(16), index=True)
    declared_sha256: Mapped[str | None] = mapped_column(String(64))
    sha256: Mapped[str | None] = mapped_column(String(64))
    file: Mapped[str] = mapped_column("file_id", Id)
    multipart: Mapped[str | None] = mapped_column("multipart_id", Text)
    tail: Mapped[str | None] = mapped_column("tail_key", String(200))
    tail_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    attached: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int | None]
    run: Mapped[str | None] = mapped_column("run_id", Id)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UploadPartRow(Row):
    """One object-store part of an upload."""

    __tablename__ = "plx_upload_part"
    upload: Mapped[str] = mapped_column("upload_id", ForeignKey("plx_upload.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    etag: Mapped[str] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(BigInteger)


class GrantRow(Row):
    """A grant; ended by its date or revoked, never deleted."""

    __tablename__ = "plx_grant"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))
    grantee_kind: Mapped[str] = mapped_column(String(16))
    grantee: Mapped[str] = mapped_column(Id)
    level: Mapped[int]
    view: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    __table_args__ = (Index(None, "dataset", "grantee"), Index(None, "grantee", "dataset"))


class AuditRow(Row):
    """One event per request; insert-only. Personal fields stand in `plx_audit_person`."""

    __tablename__ = "plx_audit"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str | None] = mapped_column(Id, index=True)
    organisation: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str | None] = mapped_column(String(64), index=True)
    allowed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[Json]
    reference: Mapped[str] = mapped_column(String(32), default="")


class AuditPersonRow(Row):
    """What of an event is personal; erasable without touching the event."""

    __tablename__ = "plx_audit_person"
    event: Mapped[int] = mapped_column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), default="")


class AuditSealRow(Row):
    """One link of the chain: the hash over a batch of events and the link before."""

    __tablename__ = "plx_audit_seal"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    first: Mapped[int] = mapped_column("first_event", BigInteger)
    last: Mapped[int] = mapped_column("last_event", BigInteger, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class WorkerRow(Row):
    """A worker process and its last sign of life."""

    __tablename__ = "plx_worker"
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
