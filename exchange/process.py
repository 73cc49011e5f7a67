"""Process: what a worker does with one ingest run, from the raw object to the rows of its build."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic import BaseModel
from sqlalchemy.orm import Session

from exchange import guard
from exchange.jobs import Step
from exchange.services import Services
from ingest import sandbox
from schemas.access import Principal, Right
from schemas.dataset import FINAL_STATES, IngestRun, RunState
from schemas.errors import Conflict, ExchangeError, NotFound, Unavailable
from schemas.identifiers import new_id
from schemas.ingested import Declared, Ingested
from schemas.metadata import Metadata
from storage import catalogue, intake, runs
from storage.objects import table_key
from storage.runs import Claim, Failure
from storage.spool import Spool

MOST_LOST = 3
"""A run over which so many workers were lost is failed: it may be what ends them."""
_EARLY_ENDS = 3
"""A reading child that ends without a word may have been ended from outside: so often it is tried."""
_PROGRESS_S = 1.0
_LONGEST_PAUSE_S = 60.0
_log = structlog.get_logger("exchange.process")
T = TypeVar("T")


@dataclass(frozen=True)
class Bench:
    """What a worker works with; a run waits `patience_s` for a store or disk before it fails."""

    services: Services
    spool: Spool
    stopping: threading.Event
    patience_s: float = 3600.0
    pause_s: float = 1.0


class Stopped(BaseException):
    """The worker stops: no error of the run, its job stays as it is until another worker takes it over."""


class Overtaken(Exception):
    """Another worker holds the run by now."""


class Outcome(BaseModel, frozen=True):
    """How reading ended, kept by the job engine; the tables stand under the attempt that wrote them."""

    attempt: str
    ingested: Ingested | None = None
    overtaken: bool = False
    reason: str = ""
    reference: str = ""


def perform(bench: Bench, run: str, step: Step) -> None:
    """One job: hold the run, read its file, enter the build. May be begun many times and by several workers."""
    services, attempt = bench.services, new_id()
    held = _when_reachable(bench, lambda session: runs.claim(session, run, attempt, services.now()))
    if held is None:
        return
    try:
        if held.lost >= MOST_LOST:
            reason = f"{held.lost} workers were lost while they read this file, so it is not tried again by itself."
            _enter(bench, held, Outcome(attempt=attempt, reason=reason))
            return
        # Reading is the one durable step: what it leaves (objects, a small result) another machine can go on with.
        outcome = Outcome.model_validate(step("read", lambda: _read(bench, held).model_dump(mode="json")))
        _enter(bench, held, outcome)
    except Stopped:
        with suppress(Unavailable), services.sessions.begin() as session:
            runs.give_back(session, held, services.now(), "The worker was stopped.")
        raise


def retry(
    services: Services, who: Principal, dataset: str, version: int | None = None, build: int | None = None
) -> IngestRun:
    """Queue a failed run again; after one that ended as a build, start another build from the same bytes."""
    guard.require(services, who, Right.RETRY, dataset)
    with services.sessions.begin() as session:
        wanted = version or catalogue.lock(session, dataset).latest_version
        if wanted is None:
            raise NotFound(f"Dataset {dataset} has no file yet. Upload one.")
        found = [run for run in runs.runs_of(session, dataset, wanted) if build in (None, run.build)]
        if not found:
            raise NotFound(f"Dataset {dataset} has no version {wanted}" + (f" with a build {build}." if build else "."))
        last, now = found[-1], services.now()
        if last.state not in FINAL_STATES:
            raise Conflict(f"Build {last.build} of version {wanted} is {last.state.value}; wait until it has ended.")
        if last.state is RunState.FAILED:
            again, attempt = last.id, runs.requeue(session, last.id, now, "Tried again on request.")
        else:
            again, attempt = intake.add_run(session, dataset, wanted, now, services.new_id), 0
        services.jobs.enqueue(session, again, attempt)
        return runs.run(session, again)


@dataclass(frozen=True)
class _Source:
    key: str
    filename: str
    bytes: int
    declared: Declared


def _read(bench: Bench, held: Claim) -> Outcome:
    try:
        return Outcome(attempt=held.id, ingested=_patiently(bench, held))
    except Overtaken:
        _log.warning("run was taken over", run=held.run, attempt=held.number)
        return Outcome(attempt=held.id, overtaken=True)
    except ExchangeError as refusal:
        _log.warning("run failed", run=held.run, reason=refusal.message, cause=repr(refusal.__cause__))
        return Outcome(attempt=held.id, reason=refusal.message)
    except Exception:  # A bug of ours must not end as a job without an owner; it is loud in the log.
        reference = new_id()[:12]
        _log.exception("run failed", run=held.run, reference=reference)
        reason = f"Something on our side broke while reading this file. Tell your operator this reference: {reference}."
        return Outcome(attempt=held.id, reason=reason, reference=reference)


def _patiently(bench: Bench, held: Claim) -> Ingested:
    """Try until it goes: a store or disk that is away for a while is no fault of the file."""
    give_up, pause, early = time.monotonic() + bench.patience_s, bench.pause_s, 0
    while True:
        try:
            ingested = _ingest(bench, held)
            early += 1
            if early == _EARLY_ENDS or not _ended_early(ingested):
                return ingested
        except Unavailable as trouble:
            if time.monotonic() > give_up:
                raise
            _tell(bench, held, trouble.message)
        _pause(bench, pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)


def _ingest(bench: Bench, held: Claim) -> Ingested:
    services = bench.services
    with services.sessions.read() as session:
        source = _source(session, held.run)
    limits = sandbox.Limits.for_size(source.bytes, memory_bytes=services.settings.child_memory_bytes)
    # Parquet is smaller than what it was read from, but for the smallest files.
    with bench.spool.room(2 * source.bytes + 2**20) as folder:
        raw, out = folder / "raw", folder / "tables"
        _fetch(services, source.key, raw)
        out.mkdir()
        told = _Progress(bench, held)
        ingested = sandbox.run(raw, source.filename, out, source.declared, limits, told)
        if bench.stopping.is_set() and _ended_early(ingested):
            raise Stopped
        _put(services, held, ingested, out)
    return ingested


def _fetch(services: Services, key: str, path: Path) -> None:
    try:
        services.objects.fetch(key, path)
    except NotFound as absent:
        # A row never points at nothing: more likely the store is not itself, such as a folder that is not mounted.
        raise Unavailable("The raw file is not in the store; is the store complete?") from absent


def _put(services: Services, held: Claim, ingested: Ingested, out: Path) -> None:
    for table in ingested.tables:
        services.objects.put(table_key(held.run, held.id, table.file), out / table.file)


def _source(session: Session, id: str) -> _Source:
    run = runs.run(session, id)
    dataset = catalogue.find(session, run.dataset)
    assert dataset is not None
    [file] = intake.files_of(session, run.dataset, run.version)
    return _Source(intake.key_of(session, file.id), file.filename, file.bytes, _declared(dataset.metadata))


def _declared(metadata: Metadata) -> Declared:
    return Declared(**metadata.model_dump(mode="json", include=set(Declared.model_fields)))


def _ended_early(ingested: Ingested) -> bool:
    return any(problem.rule == "reading-ended" for problem in ingested.report.problems)


def _enter(bench: Bench, held: Claim, outcome: Outcome) -> None:
    """The last transaction; it changes nothing when another worker holds the run by now."""
    if outcome.overtaken:
        return
    now, ingested = bench.services.now(), outcome.ingested

    def write(session: Session) -> bool:
        if ingested is None:
            return runs.fail(session, held, Failure(outcome.reason, outcome.reference), now)
        keys = {table.name: table_key(held.run, outcome.attempt, table.file) for table in ingested.tables}
        return runs.finish(session, held, ingested, keys, now)

    entered = _when_reachable(bench, write)
    _log.info("run ended" if entered else "run was taken over", run=held.run, attempt=held.number)


def _when_reachable(bench: Bench, do: Callable[[Session], T]) -> T:
    """One transaction, tried until the database answers."""
    pause = bench.pause_s
    while True:
        try:
            with bench.services.sessions.begin() as session:
                return do(session)
        except Unavailable:
            _pause(bench, pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)


def _tell(bench: Bench, held: Claim, trouble: str) -> None:
    """Show the owner why nothing happens; a database that is away itself is told nothing."""
    _log.warning("run waits", run=held.run, reason=trouble)
    with suppress(Unavailable), bench.services.sessions.begin() as session:
        runs.advance(session, held, RunState.READING, bench.services.now(), f"Waiting: {trouble}")


def _pause(bench: Bench, seconds: float) -> None:
    if bench.stopping.wait(seconds):
        raise Stopped


class _Progress:
    """Writes how far reading is: every state, and fractions at most once a second."""

    def __init__(self, bench: Bench, held: Claim) -> None:
        self._bench, self._held = bench, held
        self._state, self._written = RunState.READING, time.monotonic()

    def __call__(self, step: str, fraction: float) -> None:
        if self._bench.stopping.is_set():
            raise Stopped
        state, at = RunState(step), time.monotonic()
        if state is self._state and at - self._written < _PROGRESS_S:
            return
        with suppress(Unavailable):  # The last transaction waits for the database, progress does not.
            with self._bench.services.sessions.begin() as session:
                if state is self._state:
                    mine = runs.progress(session, self._held, fraction)
                else:
                    mine = runs.advance(session, self._held, state, self._bench.services.now())
            if not mine:
                raise Overtaken
        self._state, self._written = state, at
