"""Ingest runs, their events and tables, accepted findings, workers."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


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


class WorkerRow(Row):
    """A worker process and its last sign of life."""

    __tablename__ = "plx_worker"
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
