"""Received files: raw files unique per owner, and the versions they become."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.dataset import DatasetState, RawFile, RunState
from schemas.errors import Conflict, NotFound
from storage.tables import DatasetRow, IngestRunRow, RawFileRow, RunEventRow, VersionFileRow, VersionRow

NamedFile = tuple[str, str]
"""The id of a raw file, and the name under which it stands in a version."""


@dataclass(frozen=True)
class Attached:
    """Where a raw file ended: the version it is, the run that ingests it, and whether both are new."""

    version: int
    run: str
    fresh: bool


@dataclass(frozen=True)
class Marks:
    """By what a longer file is recognised that begins alike: the hash of the first 64 KiB, and of all whole lines."""

    head_sha256: str
    lines_bytes: int = 0
    lines_sha256: str = ""


@dataclass(frozen=True)
class HeldFile:
    """A raw file as storage knows it."""

    id: str
    key: str
    sha256: str
    bytes: int
    marks: Marks | None = None


def held(session: Session, owner: str, sha256: str) -> HeldFile | None:
    """The raw file with this hash that the organisation already holds; answers for one organisation only."""
    row = session.scalar(select(RawFileRow).where(RawFileRow.owner == owner, RawFileRow.sha256 == sha256))
    return None if row is None else HeldFile(row.id, row.key, row.sha256, row.bytes)


def hold(session: Session, owner: str, file: HeldFile, now: datetime) -> HeldFile:
    """Keep a received file; when the same bytes arrived meanwhile, the file held first is returned instead."""
    existing = held(session, owner, file.sha256)
    if existing is not None:
        return existing
    facts = {"id": file.id, "sha256": file.sha256, "bytes": file.bytes, "key": file.key}
    session.add(RawFileRow(owner=owner, received_at=now, **facts, **(vars(file.marks) if file.marks else {})))
    session.flush()
    return file


def bytes_held(session: Session, owner: str) -> int:
    """Bytes of raw files an organisation holds, for its quota."""
    return int(session.scalar(select(func.sum(RawFileRow.bytes)).where(RawFileRow.owner == owner)) or 0)


def attach(
    session: Session, dataset: str, file: HeldFile, filename: str, by: str, now: datetime, new_id: Callable[[], str]
) -> Attached:
    """Make the file the dataset's newest version, with a queued ingest run; the same file again changes nothing."""
    return attach_files(session, dataset, [(file.id, filename)], by, now, new_id)


def attach_files(
    session: Session, dataset: str, files: Sequence[NamedFile], by: str, now: datetime, new_id: Callable[[], str]
) -> Attached:
    """Make these files, in this order, the dataset's newest version, as `attach` does with one."""
    row = session.get(DatasetRow, dataset, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no dataset {dataset}.")
    if row.state == DatasetState.WITHDRAWN:
        raise Conflict(f"Dataset {dataset} was withdrawn meanwhile; upload the file to a new one.")
    theirs = select(RawFileRow.id).where(RawFileRow.id.in_([file for file, _ in files]), RawFileRow.owner != row.owner)
    if session.scalar(theirs.limit(1)) is not None:
        raise Conflict(f"Dataset {dataset} belongs to another organisation by now; upload the file to one of your own.")
    if row.latest_version is not None:
        same = _same_files(session, dataset, row.latest_version, [file for file, _ in files])
        if same is not None:
            return Attached(row.latest_version, same, fresh=False)
    number = (row.latest_version or 0) + 1
    row.latest_version = number
    session.add(VersionRow(dataset=dataset, number=number, created_at=now, created_by=by))
    session.flush()
    for position, (file, filename) in enumerate(files, 1):
        one = VersionFileRow(dataset=dataset, version=number, position=position, raw_file=file, filename=filename)
        session.add(one)
    return Attached(number, add_run(session, dataset, number, now, new_id), fresh=True)


def add_run(session: Session, dataset: str, version: int, now: datetime, new_id: Callable[[], str]) -> str:
    """A queued ingest run on a version, numbered as its next build; returns the run's id."""
    latest = session.scalar(
        select(func.max(IngestRunRow.build)).where(IngestRunRow.dataset == dataset, IngestRunRow.version == version)
    )
    run = IngestRunRow(
        id=new_id(), dataset=dataset, version=version, build=(latest or 0) + 1, state=RunState.QUEUED, created_at=now
    )
    session.add(run)
    session.flush()
    session.add(RunEventRow(run=run.id, state=RunState.QUEUED, at=now))
    return run.id


def files_of(session: Session, dataset: str, version: int) -> tuple[RawFile, ...]:
    """The raw files of a version, in order."""
    return files_of_all(session, dataset, version).get(version, ())


def files_of_all(session: Session, dataset: str, only: int | None = None) -> dict[int, tuple[RawFile, ...]]:
    """The raw files of every version of a dataset, or of one, in order and by version; one query."""
    chosen = (
        select(VersionFileRow, RawFileRow)
        .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
        .where(VersionFileRow.dataset == dataset)
        .order_by(VersionFileRow.version, VersionFileRow.position)
    )
    if only is not None:
        chosen = chosen.where(VersionFileRow.version == only)
    found: dict[int, tuple[RawFile, ...]] = {}
    for link, raw in session.execute(chosen):
        facts = {name: getattr(raw, name) for name in ("id", "bytes", "sha256", "received_at")}
        found[link.version] = (*found.get(link.version, ()), RawFile(filename=link.filename, **facts))
    return found


def key_of(session: Session, raw_file: str) -> str:
    """The object key of a raw file."""
    row = session.get(RawFileRow, raw_file)
    if row is None:
        raise NotFound(f"There is no raw file {raw_file}.")
    return row.key


def names_of(session: Session, owner: str, dataset: str, files: Sequence[str]) -> dict[str, str]:
    """Those of the files that the organisation holds, under their last name in this dataset, or else in any other."""
    rows = session.execute(
        select(VersionFileRow.raw_file, VersionFileRow.filename)
        .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
        .where(RawFileRow.owner == owner, RawFileRow.id.in_(files))
        .order_by(VersionFileRow.dataset == dataset, VersionFileRow.version)
    )
    return {row.raw_file: row.filename for row in rows}


def _same_files(session: Session, dataset: str, version: int, raw_files: Sequence[str]) -> str | None:
    chosen = select(VersionFileRow.raw_file).where(VersionFileRow.dataset == dataset, VersionFileRow.version == version)
    if list(session.scalars(chosen.order_by(VersionFileRow.position))) != list(raw_files):
        return None
    return session.scalar(
        select(IngestRunRow.id)
        .where(IngestRunRow.dataset == dataset, IngestRunRow.version == version)
        .order_by(IngestRunRow.build.desc())
        .limit(1)
    )
