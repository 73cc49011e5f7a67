"""What becomes of a run: a build, a report, a reason; whatever happens to the store, the disk or the worker."""

import io
import os
import shutil
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from exchange import jobs, process
from exchange.identify import identify
from exchange.jobs import DbosJobs, Job
from exchange.process import Bench, Overtaken, Stopped
from exchange.services import Services
from exchange.settings import Settings
from ingest import sandbox
from schemas.dataset import RunState
from schemas.errors import Conflict, Denied, NotFound
from schemas.metadata import Metadata
from schemas.organisation import Line
from storage import people, runs
from storage.database import connect
from storage.folder_store import FolderStore
from storage.spool import Spool
from tests.received import GARBAGE, bdf_csv, owner, receive, spools, state_of, tables_in_store
from tests.records import metadata
from tests.working import children, until
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


def job(step: Callable[[str, Callable[[], Json]], Json], mine: bool = True) -> Job:
    return Job(step, lambda: mine)


def _once(_name: str, do: Callable[[], Json]) -> Json:
    return do()


once = job(_once)
"""A job without an engine around it."""


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
    run = receive(bench.services, bdf_csv(500), metadata=metadata(lower_voltage_v=3.6, upper_voltage_v=3.7))
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


@contextmanager
def store_away(bench: Bench, tmp_path: Path, seconds: float) -> Iterator[None]:
    """For a while every access to raw files ends in an error of the disk: their folder is a link to itself."""
    raw, away = tmp_path / "objects" / "objects" / "raw", tmp_path / "away"
    raw.rename(away)
    raw.symlink_to(raw)

    def back() -> None:
        raw.unlink()
        away.rename(raw)

    timer = threading.Timer(seconds, back)
    timer.start()
    yield
    timer.join()


def waits(services: Services, run: str) -> list[str]:
    return [change.detail for change in state_of(services, run).history if change.detail.startswith("Waiting: ")]


def test_a_store_that_is_away_for_a_while_only_delays(bench: Bench, tmp_path: Path) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    with store_away(bench, tmp_path, 1.5):
        process.perform(bench, run, once)
    found = state_of(bench.services, run)
    assert (found.state, found.attempt) == (RunState.READY, 1)
    assert (
        waits(bench.services, run)[0] == "Waiting: The object folder is full or out of reach; nothing was half-written."
    )


def test_a_store_without_the_raw_file_may_be_one_that_is_not_mounted(bench: Bench, tmp_path: Path) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    objects = tmp_path / "objects" / "objects"
    objects.rename(tmp_path / "unmounted")
    objects.mkdir()

    def mount() -> None:
        objects.rmdir()
        (tmp_path / "unmounted").rename(objects)

    threading.Timer(0.4, mount).start()
    process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.READY
    assert "not in the store" in waits(bench.services, run)[0]


def test_a_store_that_stays_away_fails_the_run_with_a_reason_and_it_can_be_retried(
    bench: Bench, tmp_path: Path
) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    impatient = replace(bench, patience_s=0.1)
    with store_away(bench, tmp_path, 1.0):
        process.perform(impatient, run, once)
    found = state_of(bench.services, run)
    assert (found.state, found.reference) == (RunState.FAILED, "")
    assert "object folder" in found.reason and str(tmp_path) not in found.reason
    with bench.services.sessions.begin() as session:
        runs.requeue(session, run, bench.services.now(), "again")
    process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.READY


def test_a_file_beyond_the_scratch_limit_fails_and_says_what_to_do(bench: Bench, tmp_path: Path) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    spool = Spool(tmp_path / "small", "worker-2", 2**16)
    process.perform(replace(bench, spool=spool), run, once)
    spool.close()
    found = state_of(bench.services, run)
    assert found.state is RunState.FAILED and "EXCHANGE_SPOOL_BYTES" in found.reason


def test_a_file_waits_while_others_fill_the_scratch_room(bench: Bench, tmp_path: Path) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    spool = Spool(tmp_path / "tight", "worker-2", 2**21)
    with spool.room(2**20):
        impatient = replace(bench, spool=spool, patience_s=0.1)
        process.perform(impatient, run, once)
    assert state_of(bench.services, run).state is RunState.FAILED
    assert "taken up by other files" in waits(bench.services, run)[0]
    assert spools(spool.folder) == ["lock"]
    spool.close()


def test_a_reading_child_that_is_killed_from_outside_is_started_again(bench: Bench) -> None:
    """Such as by a machine that has run out of memory; it says nothing about the file."""
    owner(bench.services)
    run = receive(bench.services, bdf_csv(300_000))
    reading = threading.Thread(target=process.perform, args=(bench, run, once))
    reading.start()

    def readers() -> list[int]:
        found = [pid for pid in children(os.getpid()) if b"ingest.child" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return sorted(found)[1:]  # The first is the warm process that forks them.

    until(readers)
    os.kill(readers()[0], signal.SIGKILL)
    reading.join(60)
    assert state_of(bench.services, run).state is RunState.READY


def test_a_bug_of_ours_fails_the_run_with_a_reference_and_without_a_traceback(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    shutil.rmtree(bench.spool.folder)
    (bench.spool.folder).mkdir()
    broken = replace(bench, services=replace(bench.services, settings=None))  # type: ignore[arg-type]  # the bug
    process.perform(broken, run, once)
    found = state_of(bench.services, run)
    assert found.state is RunState.FAILED and len(found.reference) == 12
    assert found.reference in found.reason and "Traceback" not in found.reason and "AttributeError" not in found.reason
    logged = capsys.readouterr()
    assert found.reference in logged.out + logged.err and "AttributeError" in logged.out + logged.err


def test_a_result_that_cannot_be_entered_fails_the_run(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))

    def unnamed(_name: str, do: Callable[[], Json]) -> Json:
        made = do()
        made["ingested"]["tables"].append(made["ingested"]["tables"][0])  # The same table twice has no place.
        return made

    process.perform(bench, run, job(unnamed))
    found = state_of(bench.services, run)
    assert found.state is RunState.FAILED and found.reference and found.tables == ()


def test_of_two_workers_on_one_run_the_later_enters_the_build(bench: Bench) -> None:
    """The first is paused between reading and entering; meanwhile another takes over and finishes."""
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))

    def pausing(_name: str, do: Callable[[], Json]) -> Json:
        made = do()
        process.perform(bench, run, once)
        return made

    process.perform(bench, run, job(pausing))
    found = state_of(bench.services, run)
    assert (found.state, found.attempt, states(bench.services, run).count("ready")) == (RunState.READY, 2, 1)
    with bench.services.sessions.read() as session:
        stored = runs.table(session, run, "timeseries")
    keys = tables_in_store(bench.services, run)
    assert stored is not None and stored.key in keys
    mine = [key for key in keys if key.rsplit("/", 1)[0] == stored.key.rsplit("/", 1)[0]]
    assert len(keys) == 2 * len(mine), "the loser's tables are orphans for the sweep"


def test_a_worker_that_lost_its_job_before_it_held_the_run_leaves_the_run_alone(bench: Bench) -> None:
    """Paused between the two: the job's new worker holds the run by now and must go on holding it."""
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    with bench.services.sessions.begin() as session:
        held = runs.claim(session, run, "new", bench.services.now())
    before = state_of(bench.services, run)
    process.perform(bench, run, job(_once, mine=False))
    assert state_of(bench.services, run) == before
    with bench.services.sessions.begin() as session:
        assert held is not None and runs.progress(session, held, 0.5)


def test_a_worker_notices_while_reading_that_it_was_overtaken(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    with bench.services.sessions.begin() as session:
        held = runs.claim(session, run, "paused", bench.services.now())
        assert held is not None
        runs.claim(session, run, "taker", bench.services.now())
    with pytest.raises(Overtaken):
        process.Progress(bench, held)("checking", 0.0)


def test_what_an_earlier_attempt_has_finished_is_entered_by_the_next(bench: Bench) -> None:
    """The engine kept the step's result, the worker died before the last transaction."""
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    kept: list[Json] = []

    def dying(_name: str, do: Callable[[], Json]) -> Json:
        kept.append(do())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.perform(bench, run, job(dying))
    written = tables_in_store(bench.services, run)
    process.perform(bench, run, job(lambda _name, _do: kept[0]))
    assert state_of(bench.services, run).state is RunState.READY
    with bench.services.sessions.read() as session:
        stored = runs.table(session, run, "timeseries")
    assert stored is not None and stored.key in written
    assert tables_in_store(bench.services, run) == written


def test_a_run_that_three_workers_were_lost_over_is_failed_and_can_be_retried(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))

    def dying(_name: str, _do: Callable[[], Json]) -> Json:
        raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            process.perform(bench, run, job(dying))
    process.perform(bench, run, once)
    found = state_of(bench.services, run)
    assert found.state is RunState.FAILED and found.reason.startswith("3 workers were lost")
    with bench.services.sessions.begin() as session:
        runs.requeue(session, run, bench.services.now(), "again")
    process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.READY


def test_a_worker_that_stops_gives_the_run_back(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    bench.stopping.set()
    with pytest.raises(Stopped):
        process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.QUEUED
    assert state_of(bench.services, run).history[-1].detail == "The worker was stopped."
    bench.stopping.clear()
    process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.READY


def test_progress_is_written_at_most_once_a_second(bench: Bench) -> None:
    owner(bench.services)
    run = receive(bench.services, bdf_csv(500))
    with bench.services.sessions.begin() as session:
        held = runs.claim(session, run, "a", bench.services.now())
    assert held is not None
    told = process.Progress(bench, held)
    told("reading", 0.2)
    assert state_of(bench.services, run).progress == 0.0
    time.sleep(1.0)
    told("reading", 0.4)
    told("reading", 0.5)
    assert state_of(bench.services, run).progress == 0.4
    told("checking", 0.0)
    assert state_of(bench.services, run).state is RunState.CHECKING


def test_retry_queues_a_failed_run_again_and_makes_a_new_build_of_one_that_ended(bench: Bench) -> None:
    services = bench.services
    world = network(services)
    north = identify(services, world.header("north")["Authorization"])
    run = receive(services, bdf_csv(500))
    dataset = state_of(services, run).dataset
    with pytest.raises(Conflict, match="queued"):
        process.retry(services, north, dataset)

    with services.sessions.begin() as session:
        held = runs.claim(session, run, "a", services.now())
        assert held is not None
        runs.fail(session, held, runs.Failure("The disk burned."), services.now())
    again = process.retry(services, north, dataset)
    assert (again.id, again.build, again.state, again.reason) == (run, 1, RunState.QUEUED, "")
    process.perform(bench, run, once)

    second = process.retry(services, north, dataset)
    assert (second.build, second.state) == (2, RunState.QUEUED) and second.id != run
    process.perform(bench, second.id, once)
    assert state_of(services, second.id).state is state_of(services, run).state is RunState.READY
    assert process.retry(services, north, dataset, version=1).build == 3
    with pytest.raises(NotFound, match="version 7"):
        process.retry(services, north, dataset, version=7)


def test_retry_is_for_those_who_may(bench: Bench) -> None:
    services = bench.services
    world = network(services)
    dataset = state_of(services, receive(services, bdf_csv(500))).dataset
    with pytest.raises(Denied):
        process.retry(services, identify(services, world.header("north-viewer")["Authorization"]), dataset)
    with pytest.raises(NotFound):
        process.retry(services, identify(services, world.header("west")["Authorization"]), dataset)


def test_a_packed_file_is_read_and_the_build_says_which_file_it_was(bench: Bench) -> None:
    owner(bench.services)
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cell 7.csv", bdf_csv(500))
    run = receive(bench.services, told.getvalue(), "cell.zip")
    process.perform(bench, run, once)
    assert state_of(bench.services, run).state is RunState.READY
    with bench.services.sessions.read() as session:
        [source] = runs.sources_of(session, run)
    assert (source.file, source.member, source.reader) == ("cell.zip", "cell 7.csv", "Battery Data Format csv")
    assert not any(bench.spool.folder.glob("*/"))


NAIVE = (Path(__file__).resolve().parents[1] / "files/landt.csv").read_bytes()


@pytest.mark.parametrize(
    ("record", "zone", "of_line"),
    [
        (Metadata(line="north  1"), "Europe/Berlin", True),
        (Metadata(line="North 1", time_zone="UTC"), "UTC", False),
        (Metadata(line="West 1"), None, False),
        (Metadata(line="Twice"), None, False),
        (Metadata(), None, False),
    ],
)
def test_naive_times_take_the_zone_of_the_record_or_else_of_the_owners_line(
    bench: Bench, record: Metadata, zone: str | None, of_line: bool
) -> None:
    network(bench.services)
    with bench.services.sessions.begin() as session:
        for number, named in enumerate(("Europe/Paris", "Europe/Rome")):
            people.add_line(session, Line(id=f"twice-{number}", organisation="north", name="Twice", time_zone=named))
    run = receive(bench.services, NAIVE, "landt.csv", record)
    process.perform(bench, run, once)
    with bench.services.sessions.read() as session:
        declared = runs.declared_of(session, run)
    assert declared is not None and (declared.time_zone, declared.time_zone_of_line) == (zone, of_line)
    names = [column.name for table in state_of(bench.services, run).tables[:1] for column in table.columns]
    assert ("unix_time_second" in names) is (zone is not None)
