"""Ingest runs: what a job does to them, each change a compare-and-set on the attempt that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from schemas.dataset import FINAL_STATES, IngestRun, RunState, StateChange
from schemas.errors import NotFound
from schemas.ingested import Column, Ingested, Table
from schemas.metadata import Metadata
from schemas.report import Report
from storage.tables import (
    DatasetRow,
    IngestRunRow,
    RawFileRow,
    RevisionRow,
    RunEventRow,
    TableRow,
    VersionFileRow,
)


@dataclass(frozen=True)
class StoredTable:
    """A table of a build and the key of its object."""

    key: str
    table: Table


@dataclass(frozen=True)
class Work:
    """What a worker needs to ingest: the raw object, its name, and what the newest metadata say."""

    run: str
    dataset: str
    state: RunState
    key: str
    filename: str
    bytes: int
    sha256: str
    metadata: Metadata


def run(session: Session, id: str) -> IngestRun:
    """One run with its history and tables; `NotFound` when there is none."""
    row = session.get(IngestRunRow, id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no ingest run {id}.")
    return _runs(session, [row])[0]


def runs_of(session: Session, dataset: str, version: int) -> list[IngestRun]:
    """The runs of a version with history and tables, oldest build first."""
    chosen = select(IngestRunRow).where(IngestRunRow.dataset == dataset, IngestRunRow.version == version)
    return _runs(session, list(session.scalars(chosen.order_by(IngestRunRow.build))))


def report_of(session: Session, run: str) -> Report | None:
    """The report of a run that has ended with one."""
    row = session.get(IngestRunRow, run)
    return None if row is None or row.report is None else Report.model_validate(row.report)


def table(session: Session, run: str, name: str) -> StoredTable | None:
    """One table of a run, with its object's key."""
    row = session.get(TableRow, (run, name))
    return None if row is None else StoredTable(row.key, _table(row))


def work(session: Session, run: str) -> Work | None:
    """What is to be ingested; None when there is no such run."""
    found = session.execute(
        select(IngestRunRow, VersionFileRow, RawFileRow, RevisionRow)
        .join(
            VersionFileRow,
            (VersionFileRow.dataset == IngestRunRow.dataset) & (VersionFileRow.version == IngestRunRow.version),
        )
        .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
        .join(DatasetRow, DatasetRow.id == IngestRunRow.dataset)
        .join(RevisionRow, (RevisionRow.dataset == DatasetRow.id) & (RevisionRow.number == DatasetRow.revision))
        .where(IngestRunRow.id == run)
        .order_by(VersionFileRow.position)
    ).first()
    if found is None:
        return None
    one, link, raw, revision = found
    return Work(
        run=one.id,
        dataset=one.dataset,
        state=RunState(one.state),
        key=raw.key,
        filename=link.filename,
        bytes=raw.bytes,
        sha256=raw.sha256,
        metadata=Metadata.model_validate(revision.record),
    )


def claim(session: Session, run: str, attempt: str, now: datetime) -> int | None:
    """Begin an attempt, which overtakes any before it; returns its number, None when the run has ended."""
    changed = session.execute(
        _open(run)
        .values(attempt=IngestRunRow.attempt + 1, attempt_id=attempt, state=RunState.READING, progress=0.0, reason="")
        .returning(IngestRunRow.attempt)
    ).scalar()
    if changed is not None:
        _tell(session, run, RunState.READING, now, "" if changed == 1 else f"attempt {changed}")
    return changed


def advance(session: Session, run: str, attempt: str, state: RunState, progress: float, now: datetime) -> bool:
    """Note state and progress (0 to 1); False when another attempt has overtaken this one."""
    before = session.scalar(select(IngestRunRow.state).where(IngestRunRow.id == run))
    if not _changed(session, _mine(run, attempt).values(state=state, progress=min(max(progress, 0.0), 1.0))):
        return False
    if before != state:
        _tell(session, run, state, now)
    return True


def wait(session: Session, run: str, attempt: str, reason: str, now: datetime) -> bool:
    """Back to queued because something is out of reach; the attempt does not count."""
    values = {"state": RunState.QUEUED, "attempt": IngestRunRow.attempt - 1, "progress": 0.0, "reason": reason}
    if not _changed(session, _mine(run, attempt).values(**values)):
        return False
    _tell(session, run, RunState.QUEUED, now, reason)
    return True


def finish(
    session: Session, run: str, attempt: str, ingested: Ingested, keys: Iterable[StoredTable], now: datetime
) -> bool:
    """End as ready with tables, or as quarantined with a report; False when another attempt was first."""
    state = RunState.READY if ingested.report.passed else RunState.QUARANTINED
    values = {
        "state": state,
        "progress": 1.0,
        "reason": "",
        "reader": ingested.reader,
        "reader_version": ingested.reader_version,
        "schema_version": ingested.schema_version,
        "instrument": ingested.instrument[:200],
        "cycles": ingested.cycles,
        "provenance": ingested.model_dump(mode="json", include={"header", "conversions", "started_at"}),
        "report": ingested.report.model_dump(mode="json"),
        "finished_at": now,
    }
    if not _changed(session, _mine(run, attempt).values(**values)):
        return False
    for stored in keys:
        facts = stored.table.model_dump(exclude={"file", "columns"})
        columns = {"columns": [column.model_dump() for column in stored.table.columns]}
        session.add(TableRow(run=run, key=stored.key, columns=columns, **facts))
    _tell(session, run, state, now)
    return True


def fail(session: Session, run: str, attempt: str | None, reason: str, reference: str, now: datetime) -> bool:
    """End as failed; `attempt` None ends whichever attempt is open. False when it has ended before."""
    chosen = _open(run) if attempt is None else _mine(run, attempt)
    values = {"state": RunState.FAILED, "reason": reason, "reference": reference, "finished_at": now}
    if not _changed(session, chosen.values(**values)):
        return False
    _tell(session, run, RunState.FAILED, now, reason)
    return True


def requeue(session: Session, run: str, now: datetime) -> int | None:
    """Put a failed run back in the queue with its attempts counted anew; its number of requeues, None when not failed."""
    requeued = select(RunEventRow.id).where(RunEventRow.run == run, RunEventRow.state == RunState.QUEUED)
    count = len(session.scalars(requeued).all())
    chosen = update(IngestRunRow).where(IngestRunRow.id == run, IngestRunRow.state == RunState.FAILED)
    values = {"state": RunState.QUEUED, "attempt": 0, "attempt_id": None, "reason": "", "reference": ""}
    if not _changed(session, chosen.values(**values, progress=0.0, finished_at=None)):
        return None
    _tell(session, run, RunState.QUEUED, now, "retried")
    return count


def attempts_in_use(session: Session, runs: Iterable[str]) -> dict[str, set[str]]:
    """Per run the attempt ids whose objects must stay: the newest of an open run, and those that tables lie under."""
    wanted = list(runs)
    used: dict[str, set[str]] = {}
    chosen = select(IngestRunRow).where(IngestRunRow.id.in_(wanted))
    for row in session.scalars(chosen.execution_options(populate_existing=True)):
        if row.attempt_id is not None and RunState(row.state) not in FINAL_STATES:
            used.setdefault(row.id, set()).add(row.attempt_id)
    for table in session.scalars(select(TableRow).where(TableRow.run.in_(wanted))):
        used.setdefault(table.run, set()).add(table.key.split("/")[2])
    return used


def unended(session: Session) -> list[str]:
    """Every run that has not ended, oldest first."""
    chosen = select(IngestRunRow.id).where(IngestRunRow.state.not_in([state.value for state in FINAL_STATES]))
    return list(session.scalars(chosen.order_by(IngestRunRow.created_at)))


def _open(run: str) -> Update:
    return update(IngestRunRow).where(
        IngestRunRow.id == run, IngestRunRow.state.not_in([state.value for state in FINAL_STATES])
    )


def _mine(run: str, attempt: str) -> Update:
    return _open(run).where(IngestRunRow.attempt_id == attempt)


def _changed(session: Session, change: Update) -> bool:
    result = session.execute(change.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _tell(session: Session, run: str, state: RunState, now: datetime, detail: str = "") -> None:
    session.add(RunEventRow(run=run, state=state, at=now, detail=detail))


def _runs(session: Session, rows: list[IngestRunRow]) -> list[IngestRun]:
    ids = [row.id for row in rows]
    history: dict[str, list[StateChange]] = {}
    for event in session.scalars(select(RunEventRow).where(RunEventRow.run.in_(ids)).order_by(RunEventRow.id)):
        change = StateChange(state=RunState(event.state), at=event.at, detail=event.detail)
        history.setdefault(event.run, []).append(change)
    tables: dict[str, list[Table]] = {}
    for one in session.scalars(select(TableRow).where(TableRow.run.in_(ids)).order_by(TableRow.name.desc())):
        tables.setdefault(one.run, []).append(_table(one))
    return [_run(row, history.get(row.id, []), tables.get(row.id, [])) for row in rows]


def _run(row: IngestRunRow, history: list[StateChange], tables: list[Table]) -> IngestRun:
    names = set(IngestRun.model_fields) - {"history", "tables", "state"}
    facts = {name: getattr(row, name) for name in names}
    return IngestRun(**facts, state=RunState(row.state), history=tuple(history), tables=tuple(tables))


def _table(row: TableRow) -> Table:
    return Table(
        name=row.name,
        file=row.key.rsplit("/", 1)[-1],
        rows=row.rows,
        bytes=row.bytes,
        sha256=row.sha256,
        columns=tuple(Column.model_validate(column) for column in row.columns["columns"]),
    )
