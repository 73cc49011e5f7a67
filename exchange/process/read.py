"""The durable step of a job: from the raw object to tables in the store, or to the reason why there are none."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pydantic import BaseModel
from sqlalchemy.orm import Session

from exchange.process.bench import Bench, Overtaken, Stopped
from exchange.process.progress import Progress, waiting
from exchange.services import Services
from ingest import sandbox
from ingest.limits import unpacked_bytes
from ingest.unpack import packed
from schemas.dataset import RawFile
from schemas.errors import ExchangeError, NotFound, Unavailable
from schemas.identifiers import new_id
from schemas.ingested import Declared, Ingested
from storage import catalogue, intake, people, runs
from storage.objects import table_key
from storage.runs import Claim
from storage.spool import Spool

_EARLY_ENDS = 3
"""A reading child that ends without a word may have been ended from outside: so often it is tried."""
_log = structlog.get_logger("exchange.process")


class Outcome(BaseModel, frozen=True):
    """How reading ended, kept by the job engine; the tables stand under the attempt that wrote them."""

    attempt: str
    ingested: Ingested | None = None
    overtaken: bool = False
    reason: str = ""
    reference: str = ""


def read(bench: Bench, held: Claim) -> Outcome:
    """Never raises but `Stopped`: whatever else happens is an outcome, the same for whoever takes the job over."""
    try:
        return Outcome(attempt=held.id, ingested=_patiently(bench, held))
    except Overtaken:
        _log.warning("run was taken over", run=held.run, attempt=held.number)
        return Outcome(attempt=held.id, overtaken=True)
    except ExchangeError as refusal:
        _log.warning("run failed", run=held.run, reason=refusal.message, cause=repr(refusal.__cause__))
        return Outcome(attempt=held.id, reason=refusal.message)
    except Exception:  # A bug of ours must not end as a run without an end.
        return broken(held)


def broken(held: Claim) -> Outcome:
    """The outcome of the bug that is being handled: loud in the log, to the owner a reference."""
    reference = new_id()[:12]
    _log.exception("run failed", run=held.run, reference=reference)
    reason = f"Something on our side broke while reading this file. Tell your operator this reference: {reference}."
    return Outcome(attempt=held.id, reason=reason, reference=reference)


@dataclass(frozen=True)
class _Source:
    """The files of a version in order, with their keys in the store, and what the record declares of them."""

    files: tuple[tuple[RawFile, str], ...]
    declared: Declared

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file, _ in self.files)


def _patiently(bench: Bench, held: Claim) -> Ingested:
    """Try until it goes: a store or disk that is away for a while is no fault of the file."""
    give_up, early = time.monotonic() + bench.patience_s, 0
    for _ in bench.pauses():
        try:
            ingested = _ingest(bench, held)
            early += 1
            if early == _EARLY_ENDS or not _ended_early(ingested):
                return ingested
        except Unavailable as trouble:
            if time.monotonic() > give_up:
                raise
            _log.warning("run waits", run=held.run, reason=trouble.message)
            waiting(bench, held, trouble.message)
    raise AssertionError("the pauses have no end")


def _ingest(bench: Bench, held: Claim) -> Ingested:
    services = bench.services
    with read_aside(services, bench.spool, held.run, Progress(bench, held)) as (ingested, out):
        if bench.stopping.is_set() and _ended_early(ingested):
            raise Stopped
        for table in ingested.tables:
            services.objects.put(table_key(held.run, held.id, table.file), out / table.file)
    return ingested


@contextlib.contextmanager
def read_aside(
    services: Services, spool: Spool, run: str, progress: Callable[[str, float], None] | None = None
) -> Iterator[tuple[Ingested, Path]]:
    """What reading the run's file gives now, and the folder with its tables, which is gone on leaving."""
    with services.sessions.read() as session:
        source = _source(session, run)
    # Parquet is smaller than what it was read from, but for the smallest files.
    with spool.room(2 * source.bytes + 2**20) as folder, contextlib.ExitStack() as more:
        files, out = [], folder / "tables"
        out.mkdir()
        for number, (file, key) in enumerate(source.files):
            files.append(sandbox.RawFile(folder / f"raw{number}", file.filename))
            _fetch(services, key, files[-1].path)
        limits = _limits(services, files, source.bytes)
        if unpacking := sum(unpacked_bytes(one.path.stat().st_size) for one in files if _packed(one)):
            more.enter_context(spool.room(min(unpacking, limits.output_bytes)))
        ingested = sandbox.run_files(files, out, source.declared, limits, progress)
        yield ingested.model_copy(update={"declared": source.declared}), out


def _limits(services: Services, files: list[sandbox.RawFile], size: int) -> sandbox.Limits:
    """What is packed may become longer, but not longer than the worker's scratch room has place for."""
    memory, packed = services.settings.child_memory_bytes, any(_packed(one) for one in files)
    limits = sandbox.Limits.for_size(size, memory_bytes=memory, packed=packed)
    room = max(services.settings.spool_bytes // 2, sandbox.Limits.for_size(size).output_bytes)
    return replace(limits, output_bytes=min(limits.output_bytes, room))


def _packed(file: sandbox.RawFile) -> bool:
    with file.path.open("rb") as opened:
        return packed(opened.read(4))


def _fetch(services: Services, key: str, path: Path) -> None:
    try:
        services.objects.fetch(key, path)
    except NotFound as absent:
        # A row never points at nothing: more likely the store is not itself, such as a folder that is not mounted.
        raise Unavailable("The raw file is not in the store; is the store complete?") from absent


def _source(session: Session, id: str) -> _Source:
    run = runs.run(session, id)
    dataset = catalogue.find(session, run.dataset)
    assert dataset is not None
    files = intake.files_of(session, run.dataset, run.version)
    zone = people.zone_of_line(session, dataset.owner, dataset.metadata.line)
    keyed = tuple((file, intake.key_of(session, file.id)) for file in files)
    return _Source(keyed, dataset.metadata.declared(zone))


def _ended_early(ingested: Ingested) -> bool:
    return any(problem.rule == "reading-ended" for problem in ingested.report.problems)
