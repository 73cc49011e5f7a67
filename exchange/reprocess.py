"""Reprocess: read files again with today's readers, on the machine of the installation, and say what that changes."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from exchange.delivery.choose import reference
from exchange.delivery.difference import Measured, difference, of_build, of_folder
from exchange.process import read_aside
from exchange.record import ALLOWED, Told, record
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services, reach, writable
from exchange.worker import start_in_process
from schemas.dataset import FINAL_STATES, IngestRun, RunState
from schemas.difference import Difference
from schemas.errors import NotFound, Refused
from storage import catalogue, intake, runs, workers
from storage.spool import Spool

_POLL_S = 0.2
_HEARD = timedelta(seconds=30)


@dataclass(frozen=True)
class Chosen:
    """Which files: named datasets (`PLX-…` or `PLX-…@2`), or all that a reader (in a version) made the newest build of.

    Without either, all files.
    """

    datasets: tuple[str, ...] = ()
    reader: str | None = None
    reader_version: str | None = None


def reprocess(settings: Settings, wanted: Chosen, *, dry_run: bool, say: Callable[[str], None]) -> list[Difference]:
    """A new build of each file and what it changed; the earlier ones stay. With `dry_run` nothing is kept.

    `NotFound` names datasets or versions that there are not; files under way are left out, which is said.
    """
    with _opened(settings) as services:
        files = _files(services, wanted)
        _record(services, wanted, files, dry_run)
        latest = [run for dataset, version in files if (run := _latest(services, dataset, version, say)) is not None]
        if dry_run:
            with writable("EXCHANGE_SPOOL"):
                spool = Spool(settings.spool, f"reprocess-{services.new_id()}", settings.spool_bytes)
            with contextlib.closing(spool):
                return [_tried(services, spool, run) for run in latest]
        return _rebuilt(services, settings, latest)


def _files(services: Services, wanted: Chosen) -> list[tuple[str, int]]:
    with services.sessions.read() as session:
        if not wanted.datasets:
            return runs.read_by(session, wanted.reader, wanted.reader_version)
        if wanted.reader or wanted.reader_version:
            raise Refused("Name datasets or a reader, not both.")
        found, absent = [], []
        for name in wanted.datasets:
            id, at, number = name.partition("@")
            dataset = catalogue.find(session, id)
            version = dataset and (_number(number) if at else dataset.latest_version)
            if dataset is None or not version or not runs.runs_of(session, id, version):
                absent.append(name)
            else:
                found.append((id, version))
    if absent:
        raise NotFound(f"There is no such dataset, or it has no such version: {', '.join(absent)}.")
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _latest(services: Services, dataset: str, version: int, say: Callable[[str], None]) -> IngestRun | None:
    """The newest build of a file; None where a run has not ended or failed: there is nothing to compare with."""
    with services.sessions.read() as session:
        every = runs.runs_of(session, dataset, version)
    newest = every[-1]
    if newest.state not in FINAL_STATES:
        say(f"{reference(newest)} is {newest.state.value} and is left out.")
        return None
    if newest.state is RunState.FAILED:
        say(f"{reference(newest)} failed and is left out: try it again instead.")
        return None
    return newest


def _tried(services: Services, spool: Spool, run: IngestRun) -> Difference:
    before = of_build(services, run)
    with read_aside(services, spool, run.id) as (ingested, folder):
        after: Measured = of_folder(ingested, folder)
    return difference(run, before, after)


def _rebuilt(services: Services, settings: Settings, latest: Sequence[IngestRun]) -> list[Difference]:
    pairs: list[tuple[IngestRun, str]] = []
    for run in latest:
        with services.sessions.begin() as session:
            catalogue.lock(session, run.dataset)
            again = intake.add_run(session, run.dataset, run.version, services.now(), services.new_id)
            services.jobs.enqueue(session, again)
        pairs.append((run, again))
    with _somebody_works(services, settings):
        return [_ended(services, before, again) for before, again in pairs]


def _ended(services: Services, before: IngestRun, again: str) -> Difference:
    while True:
        with services.sessions.read() as session:
            after = runs.run(session, again)
        if after.state in FINAL_STATES:
            return difference(before, of_build(services, before), of_build(services, after), reference(after))
        time.sleep(_POLL_S)


@contextlib.contextmanager
def _somebody_works(services: Services, settings: Settings) -> Iterator[None]:
    """A worker of our own where none shows that it lives."""
    with services.sessions.read() as session:
        alive = bool(workers.heard(session, _HEARD))
    stop = None if alive else start_in_process(services, settings)
    try:
        yield
    finally:
        if stop is not None:
            stop()


def _record(services: Services, wanted: Chosen, files: Sequence[tuple[str, int]], dry_run: bool) -> None:
    """On record, like every reading: the operator has no account, so that the actor is empty."""
    what = ",".join(wanted.datasets) or f"{wanted.reader or 'every reader'} {wanted.reader_version or ''}".strip()
    target = wanted.datasets[0].partition("@")[0] if len(wanted.datasets) == 1 else None
    facts: dict[str, str | int] = {"what": what[:500], "count": len(files), "dry_run": int(dry_run)}
    with services.sessions.begin() as session:
        found = [catalogue.find(session, dataset) for dataset in dict.fromkeys(dataset for dataset, _ in files)]
        touched = tuple(one for one in found if one is not None)
        record(services, session, None, Told("operator:reprocess", target, ALLOWED, facts, touched))


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Services]:
    services = open_services(settings)
    try:
        reach(settings)
        yield services
    finally:
        close_services(services)
