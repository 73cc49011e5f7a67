"""After the storm: every acknowledged byte is there, everything exactly once, nothing unfinished, nothing left over."""

import hashlib
import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
from sqlalchemy import func, select

from exchange.jobs import DbosJobs
from exchange.services import Services
from exchange.start import close_services, open_services
from exchange.sweep import GRACE, sweep
from schemas.dataset import FINAL_STATES, IngestRun, RunState
from storage import catalogue, intake, runs, spool
from storage.runs import TAKEN_OVER
from storage.tables import IngestRunRow, UploadRow, VersionRow
from tests.kill.installation import Installation
from tests.kill.sending import Sent

SETTLED_S = 60.0

_CLEARED_S = 60


@dataclass
class Verdict:
    """What was found; good when `faults` is empty."""

    faults: list[str] = field(default_factory=list)
    settled_s: float = 0.0
    taken_over: int = 0
    dead_letters: list[Sent] = field(default_factory=list)
    swept: int = 0


def settle(installation: Installation, since: float, within_s: float = SETTLED_S) -> Verdict:
    """Wait until no run is unfinished; a run over which three workers were lost is a dead letter, not a fault."""
    found = Verdict()
    while unfinished := _unfinished(installation.services):
        if time.monotonic() - since > within_s:
            found.faults.append(f"unfinished {within_s:.0f} s after the last restart: {unfinished}")
            break
        time.sleep(0.1)
    found.settled_s = time.monotonic() - since
    return found


def dead_letters(installation: Installation, sent: list[Sent]) -> list[Sent]:
    """Those whose run was failed because too many workers were lost over it."""
    return [
        one
        for one in sent
        for run in _runs(installation.services, one)
        if run.state is RunState.FAILED and "workers were lost" in run.reason
    ]


def judge(installation: Installation, sent: list[Sent], found: Verdict) -> None:
    """Look at every dataset from inside, then sweep as if a day had passed and look at what is left."""
    services = installation.services
    for one in sent:
        found.faults += [f"upload {one.number} ({one.dataset}): {fault}" for fault in _faults(services, one)]
        found.taken_over += sum(change.detail == TAKEN_OVER for run in _runs(services, one) for change in run.history)
    found.faults += _surplus(services, sent)
    later = replace(services, now=lambda: services.now() + GRACE + timedelta(hours=1))
    found.swept = sweep(later)
    _start_again_days_later(services)
    found.faults += _leftovers(installation, sent)


def _unfinished(services: Services) -> list[str]:
    with services.sessions.read() as session:
        waiting = session.scalars(select(IngestRunRow.id).where(IngestRunRow.state.not_in(FINAL_STATES))).all()
        verifying = session.scalars(select(UploadRow.id).where(UploadRow.state == "verifying")).all()
    return [f"run {id}" for id in waiting] + [f"upload {id}" for id in verifying]


def _runs(services: Services, one: Sent) -> list[IngestRun]:
    with services.sessions.read() as session:
        return runs.runs_of(session, one.dataset, 1)


def _faults(services: Services, one: Sent) -> Iterator[str]:
    with services.sessions.read() as session:
        versions = catalogue.versions(session, one.dataset)
        keys = [intake.key_of(session, file.id) for version in versions for file in version.files]
    if len(keys) != 1:
        yield f"{len(keys)} files instead of one"
        return
    digest, count = hashlib.sha256(), 0
    for piece in services.objects.stream(keys[0]):
        digest.update(piece)
        count += len(piece)
    if (digest.hexdigest(), count) != (one.sha256, one.bytes):
        yield f"{count} bytes of another hash instead of the {one.bytes} that were acknowledged"
    built = _runs(services, one)
    if [run.build for run in built] != [1] or built[0].state is not RunState.READY:
        yield f"builds {[(run.build, run.state.value, run.reason) for run in built]} instead of one that is ready"
        return
    if [change.state for change in built[0].history].count(RunState.READY) != 1:
        yield "became ready more than once"
    yield from _table_faults(services, built[0], one.rows)


def _table_faults(services: Services, run: IngestRun, rows: int) -> Iterator[str]:
    for name in ("timeseries", "cycles"):
        with services.sessions.read() as session:
            stored = runs.table(session, run.id, name)
        if stored is None:
            yield f"no table {name}"
            continue
        content = services.objects.get(stored.key)
        if hashlib.sha256(content).hexdigest() != stored.table.sha256:
            yield f"the object of table {name} is not what its row says"
        elif name == "timeseries" and pq.read_metadata(io.BytesIO(content)).num_rows != rows:
            yield f"table {name} has not the {rows} rows of its file"


def _surplus(services: Services, sent: list[Sent]) -> Iterator[str]:
    with services.sessions.read() as session:
        versions = session.scalar(select(func.count()).select_from(VersionRow))
        built = session.scalar(select(func.count()).select_from(IngestRunRow))
    if (versions, built) != (len(sent), len(sent)):
        yield f"{versions} versions and {built} runs for {len(sent)} uploads"
    assert isinstance(services.jobs, DbosJobs)
    if services.jobs.runs():
        yield f"jobs that still wait: {services.jobs.runs()}"


def _start_again_days_later(services: Services) -> None:
    """A folder store puts away what was being written when its process died at the next start after a day."""
    then = time.time() - 2 * GRACE.total_seconds()
    for path in (services.settings.data / "objects").glob("incoming/*"):
        os.utime(path, (then, then))
    close_services(open_services(services.settings))


def _leftovers(installation: Installation, sent: list[Sent]) -> Iterator[str]:
    services = installation.services
    named = set()
    for one in sent:
        for run in _runs(services, one):
            with services.sessions.read() as session:
                stored = [runs.table(session, run.id, table.name) for table in run.tables]
            named |= {one.key for one in stored if one is not None}
    tables = {one.key for one in services.objects.list("tables/")}
    if tables != named:
        yield f"tables in the store that no build names: {sorted(tables - named)[:5]}, and the reverse {named - tables}"
    raw = sum(1 for _ in services.objects.list("raw/"))
    if raw != len(sent):
        yield f"{raw} raw objects for {len(sent)} uploads"
    for what, left in (
        ("tails", [one.key for one in services.objects.list("tail/")]),
        ("unfinished objects", [one.key for one in services.objects.unfinished("")]),
        ("scratch folders of dead workers", _scratch_left(services.settings.spool)),
        ("files being written", [path.name for path in (services.settings.data / "objects").glob("incoming/*")]),
    ):
        if left:
            yield f"{what} left over: {left[:5]}"


def _scratch_left(folder: Path | None) -> list[str]:
    """Scratch folders that stand longer than the living workers need to see that their owners are dead."""
    give_up = time.monotonic() + _CLEARED_S
    while (left := sorted(spool.ended(folder))) and time.monotonic() < give_up:
        time.sleep(0.2)
    return left
