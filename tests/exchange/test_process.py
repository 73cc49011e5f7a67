"""What becomes of a run: a build, a report, a reason; whatever happens to the store, the disk or the worker."""

import io
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from exchange import jobs, process
from exchange.identify import identify
from exchange.jobs import DbosJobs
from exchange.process import Bench, Overtaken, Stopped
from exchange.services import Services
from exchange.settings import Settings
from ingest import sandbox
from schemas.dataset import RunState
from schemas.errors import Conflict, Denied, NotFound
from schemas.metadata import Metadata
from storage import runs
from storage.database import connect
from storage.folder_store import FolderStore
from storage.spool import Spool
from tests.received import GARBAGE, bdf_csv, owner, receive, spools, state_of, tables_in_store
from tests.worlds import network

Json = dict[str, Any]


@pytest.fixture
def services(database_url: str, folder_store: FolderStore, tmp_path: Path) -> Iterator[Services]:
    jobs.migrate(database_url)
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    queue = DbosJobs(database_url)
    sessions = connect(database_url)
    yield Services(settings=settings, sessions=sessions, objects=folder_store, jobs=queue, secret=b"s")
    queue.close()
    sessions.close()


@pytest.fixture
def bench(services: Services, tmp_path: Path) -> Iterator[Bench]:
    spool = Spool(tmp_path / "spool", "worker-1", 2**30)
    yield Bench(services, spool, threading.Event(), patience_s=5.0, pause_s=0.05)
    spool.close()


@pytest.fixture(scope="module", autouse=True)
def warm_sandbox() -> Iterator[None]:
    sandbox.warm()
    yield
    sandbox.close()


def once(_name: str, do: Callable[[], Json]) -> Json:
    """A step without an engine around it."""
    return do()


def states(services: Services, run: str) -> list[str]:
    return [change.state.value for change in state_of(services, run).history]


def test_a_good_file_becomes_a_build_whose_tables_are_read_back(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(3000))
    process.perform(bench, run, once)
    found = state_of(bench.services, run)
    assert (found.state, found.build, found.attempt, found.progress) == (RunState.READY, 1, 1, 1.0)
    assert states(bench.services, run) == ["queued", "reading", "checking", "writing", "ready"]
    with bench.services.sessions.read() as session:
        stored = runs.table(session, run, "timeseries")
    assert stored is not None
    table = pq.read_table(io.BytesIO(bench.services.objects.get(stored.key)))
    assert (table.num_rows, stored.table.rows) == (3000, 3000)
    assert [column.name for column in stored.table.columns] == table.column_names
    assert not any(bench.spool.folder.glob("*/")), "the scratch room is free again"


def test_what_the_metadata_declare_reaches_the_reader(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500), metadata=Metadata(lower_voltage_v=3.6, upper_voltage_v=3.7))
    process.perform(bench, run, once)
    with bench.services.sessions.read() as session:
        report = runs.report_of(session, run)
    assert report is not None and any(problem.column == "voltage_volt" for problem in report.problems)


def test_a_bad_file_is_quarantined_with_its_report(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, GARBAGE, "broken.csv")
    process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.QUARANTINED
    assert state_of(bench.services, run).tables == ()
    with bench.services.sessions.read() as session:
        report = runs.report_of(session, run)
    assert report is not None and not report.passed and report.problems[0].file == "broken.csv"
    assert tables_in_store(bench.services, run) == []


def test_a_job_done_again_changes_nothing(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    process.perform(bench, run, once)
    before, objects = state_of(bench.services, run), tables_in_store(bench.services, run)
    process.perform(bench, run, once)
    assert state_of(bench.services, run) == before
    assert tables_in_store(bench.services, run) == objects


def test_a_store_that_is_away_for_a_while_only_delays(bench: Bench, tmp_path: Path) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    raw = tmp_path / "objects" / "objects" / "raw"
    raw.rename(tmp_path / "away")
    raw.write_text("a file where the folder was")  # Every access is an OSError of another kind than 'absent'.
    bench = replace(bench, services=replace(bench.services, objects=_Unplugged(bench.services.objects, 3)))
    raw.unlink()
    (tmp_path / "away").rename(raw)
    process.perform(bench, run, once)
    found = state_of(bench.services, run)
    assert found.state is RunState.READY
    waits = [change for change in found.history if change.detail.startswith("Waiting: ")]
    assert waits and "store" in waits[0].detail
    assert found.attempt == 1
