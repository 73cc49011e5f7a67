"""Ingest runs: reading them, and their states, each changed only by the attempt that holds the run."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from schemas.dataset import FINAL_STATES, IngestRun, RunState, StateChange
from schemas.errors import NotFound
from schemas.ingested import Choices, Column, Declared, Ingested, Read, Source, Table
from schemas.report import Report
from storage import genealogy
from storage.tables import IngestRunRow, RunEventRow, TableRow

TAKEN_OVER = "Taken over: the worker before did not finish."
STRAY = "Its job was lost; queued again."
"""Details of the events by which is counted how often a run was lost."""
_PROVENANCE = {"started_at", "header", "conversions", "declared", "sources", "choices"}


@dataclass(frozen=True)
class StoredTable:
    """A table of a build and the key of its Parquet object."""

    key: str
    table: Table


@dataclass(frozen=True)
class Claim:
    """A worker's hold on a run: `id` fences its writes, `lost` of them were lost over it since it was queued."""

    run: str
    id: str
    number: int
    lost: int


@dataclass(frozen=True)
class Failure:
    """Why a run ended without a build; `reference` stands in the log too."""

    reason: str
    reference: str = ""


def run(session: Session, id: str) -> IngestRun:
    """One run with its history and tables; `NotFound` when there is none."""
    return _nouns(session, [_row(session, id)])[0]


def runs_of(session: Session, dataset: str, version: int) -> list[IngestRun]:
    """Every run of a version, oldest build first, with history and tables."""
    chosen = select(IngestRunRow).where(IngestRunRow.dataset == dataset, IngestRunRow.version == version)
    return _nouns(session, list(session.scalars(chosen.order_by(IngestRunRow.build))))


def read_by(session: Session, reader: str | None = None, version: str | None = None) -> list[tuple[str, int]]:
    """Dataset and version of every file whose newest build this reader made, in this version of it; None: any."""
    later = aliased(IngestRunRow)
    newer = exists().where(
        later.dataset == IngestRunRow.dataset, later.version == IngestRunRow.version, later.build > IngestRunRow.build
    )
    chosen = select(IngestRunRow.dataset, IngestRunRow.version).where(~newer)
    if reader is not None:
        chosen = chosen.where(IngestRunRow.reader == reader)
    if version is not None:
        chosen = chosen.where(IngestRunRow.reader_version == version)
    rows = session.execute(chosen.order_by(IngestRunRow.created_at, IngestRunRow.id))
    return [(dataset, number) for dataset, number in rows]


def declared_of(session: Session, run: str) -> Declared | None:
    """What the metadata declared when this run read its file; None while it has not ended."""
    row = session.get(IngestRunRow, run)
    return None if row is None or row.provenance is None else Declared.model_validate(row.provenance["declared"])


def sources_of(session: Session, run: str) -> tuple[Source, ...]:
    """The raw files that this run has read, in order; none of a run that read nothing."""
    return tuple(Source.model_validate(one) for one in _provenance(session, run).get("sources", ()))


def choices_of(session: Session, run: str) -> Choices | None:
    """What the file holds of which one has to be picked; None where nothing has."""
    found = _provenance(session, run).get("choices")
    return None if found is None else Choices.model_validate(found)


def read_of(session: Session, run: str) -> Read:
    """What a run read of the file beside its table; nothing before it is through."""
    return Read.model_validate(_provenance(session, run))


def _provenance(session: Session, run: str) -> dict[str, Any]:  # Any: JSON
    return _row(session, run).provenance or {}


def report_of(session: Session, id: str) -> Report | None:
    """What the checks found; None before a run is through."""
    report = _row(session, id).report
    return None if report is None else Report.model_validate(report)


def table(session: Session, id: str, name: str) -> StoredTable | None:
    """A table of a run by its name; None when the run has none such."""
    row = session.get(TableRow, (id, name))
    return None if row is None else StoredTable(row.key, _table(row))


def waits(session: Session, id: str) -> bool:
    """Whether a run is queued; until commit nobody can claim it."""
    row = session.get(IngestRunRow, id, with_for_update=True, populate_existing=True)
    return row is not None and row.state == RunState.QUEUED


def claim(session: Session, id: str, attempt: str, now: datetime) -> Claim | None:
    """Hold a run that has not ended, taking it from whoever held it; None when it has ended."""
    row = session.get(IngestRunRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.state in FINAL_STATES:
        return None
    taken = row.attempt_id is not None
    row.attempt, row.attempt_id, row.state, row.progress = row.attempt + 1, attempt, RunState.READING, 0.0
    _enter(session, id, RunState.READING, now, TAKEN_OVER if taken else "")
    return Claim(id, attempt, row.attempt, _lost(session, id))


def advance(session: Session, held: Claim, state: RunState, now: datetime, detail: str = "") -> bool:
    """Enter a state, or the same one for another reason; False when the run is no longer held by this claim."""
    if not _change(session, held, state=state, progress=0.0):
        return False
    _enter(session, held.run, state, now, detail)
    return True


def progress(session: Session, held: Claim, fraction: float) -> bool:
    """How much of its present state is done, 0 to 1; False when the run is no longer held by this claim."""
    return _change(session, held, progress=min(max(fraction, 0.0), 1.0))


def finish(session: Session, held: Claim, ingested: Ingested, keys: Mapping[str, str], now: datetime) -> bool:
    """End a run as a build, ready or quarantined by its report; `keys` by table name. False when it was taken."""
    state = RunState.READY if ingested.report.passed else RunState.QUARANTINED
    facts = {name: getattr(ingested, name) for name in ("reader", "reader_version", "schema_version", "cycles")}
    ended = _change(
        session,
        held,
        **facts,
        state=state,
        progress=1.0,
        finished_at=now,
        instrument=ingested.instrument[:200],
        provenance=ingested.model_dump(mode="json", include=_PROVENANCE),
        report=ingested.report.model_dump(mode="json"),
    )
    if ended:
        _enter(session, held.run, state, now)
        session.add_all(_table_row(held.run, keys[made.name], made) for made in ingested.tables)
        genealogy.keep(session, held.run, ingested.produced)
        session.flush()
    return ended


def fail(session: Session, held: Claim, failure: Failure, now: datetime) -> bool:
    """End a run without a build; it can be queued again. False when it was taken by another."""
    facts = {"reason": failure.reason, "reference": failure.reference, "finished_at": now}
    if not _change(session, held, state=RunState.FAILED, **facts):
        return False
    _enter(session, held.run, RunState.FAILED, now, failure.reason)
    return True


def give_back(session: Session, held: Claim, now: datetime, detail: str) -> bool:
    """Let go of a run unfinished, for whoever claims it next; False when it was taken already."""
    if not _change(session, held, state=RunState.QUEUED, attempt_id=None, progress=0.0):
        return False
    _enter(session, held.run, RunState.QUEUED, now, detail)
    return True


def requeue(session: Session, id: str, now: datetime, detail: str) -> int:
    """Queue a run again, whatever its state; returns the attempt under which it is to be enqueued."""
    row = session.get(IngestRunRow, id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no run {id}.")
    # Counted on, so that the job gets an id that none had before, even when the run was never claimed.
    row.attempt += 1
    row.state, row.attempt_id, row.progress = RunState.QUEUED, None, 0.0
    row.reason, row.reference, row.finished_at = "", "", None
    _enter(session, id, RunState.QUEUED, now, detail)
    return row.attempt


def unfinished(session: Session, quiet_since: datetime) -> list[str]:
    """Runs that have not ended and entered no state since then."""
    newest = select(func.max(RunEventRow.at)).where(RunEventRow.run == IngestRunRow.id).scalar_subquery()
    chosen = select(IngestRunRow.id).where(IngestRunRow.state.not_in(FINAL_STATES), newest < quiet_since)
    return list(session.scalars(chosen.order_by(IngestRunRow.created_at)))


def under_way(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of the runs that have not ended."""
    chosen = select(IngestRunRow.id).where(IngestRunRow.id.in_(list(ids)), IngestRunRow.state.not_in(FINAL_STATES))
    return set(session.scalars(chosen))


def tables_in_use(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the keys that are a table of a build."""
    return set(session.scalars(select(TableRow.key).where(TableRow.key.in_(list(keys)))))


def _row(session: Session, id: str) -> IngestRunRow:
    row = session.get(IngestRunRow, id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no run {id}.")
    return row


def _change(session: Session, held: Claim, **values: Any) -> bool:  # Any: the column's own type
    """Compare-and-set on the attempt that holds the run: a worker that was overtaken changes nothing."""
    mine = (IngestRunRow.id == held.run, IngestRunRow.attempt_id == held.id, IngestRunRow.state.not_in(FINAL_STATES))
    chosen = update(IngestRunRow).where(*mine).values(**values)
    done = session.execute(chosen.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount == 1


def _enter(session: Session, id: str, state: RunState, now: datetime, detail: str = "") -> None:
    session.add(RunEventRow(run=id, state=state, at=now, detail=detail))
    session.flush()


def _lost(session: Session, id: str) -> int:
    """How often a worker or job was lost over a run since it was last queued for another reason."""
    mine = (RunEventRow.run == id,)
    queued = select(func.max(RunEventRow.id)).where(
        *mine, RunEventRow.state == RunState.QUEUED, RunEventRow.detail != STRAY
    )
    lost = (*mine, RunEventRow.detail.in_((TAKEN_OVER, STRAY)), RunEventRow.id > queued.scalar_subquery())
    return session.scalar(select(func.count()).select_from(RunEventRow).where(*lost)) or 0


def _nouns(session: Session, rows: Sequence[IngestRunRow]) -> list[IngestRun]:
    """Runs with their events and tables, in two more queries however many runs."""
    ids = [row.id for row in rows]
    history: dict[str, list[StateChange]] = defaultdict(list)
    for event in session.scalars(select(RunEventRow).where(RunEventRow.run.in_(ids)).order_by(RunEventRow.id)):
        history[event.run].append(StateChange(state=RunState(event.state), at=event.at, detail=event.detail))
    tables: dict[str, list[Table]] = defaultdict(list)
    # The time series first, as the cycles are derived from it.
    for one in session.scalars(select(TableRow).where(TableRow.run.in_(ids)).order_by(TableRow.name.desc())):
        tables[one.run].append(_table(one))
    return [_noun(row, history[row.id], tables[row.id]) for row in rows]


def _noun(row: IngestRunRow, history: Sequence[StateChange], tables: Sequence[Table]) -> IngestRun:
    facts = {name: getattr(row, name) for name in IngestRun.model_fields if name not in {"history", "tables"}}
    return IngestRun(**facts, history=tuple(history), tables=tuple(tables))


def _table(row: TableRow) -> Table:
    facts = {name: getattr(row, name) for name in ("name", "rows", "bytes", "sha256")}
    columns = tuple(Column.model_validate(column) for column in row.columns["columns"])
    return Table(**facts, file=row.key.rpartition("/")[2], columns=columns)


def _table_row(run: str, key: str, made: Table) -> TableRow:
    columns = {"columns": [column.model_dump() for column in made.columns]}
    return TableRow(run=run, key=key, columns=columns, **made.model_dump(exclude={"file", "columns"}))
