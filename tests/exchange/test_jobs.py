"""Jobs are put in the caller's transaction and worked on by whoever lives; the real engine on both databases."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from exchange import jobs
from exchange.jobs import DbosJobs, Engine, Job, NotMigrated
from schemas.errors import Unavailable
from storage.database import Sessions, connect
from storage.workers import alone


@pytest.fixture
def url(database_url: str) -> str:
    """A database with our tables and the engine's."""
    jobs.migrate(database_url)
    return database_url


@pytest.fixture
def queue(url: str) -> Iterator[DbosJobs]:
    opened = DbosJobs(url)
    yield opened
    opened.close()


@pytest.fixture
def opened(url: str) -> Iterator[Sessions]:
    sessions = connect(url)
    yield sessions
    sessions.close()


def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def test_a_job_is_there_when_the_transaction_commits(queue: DbosJobs, opened: Sessions) -> None:
    with opened.begin() as session:
        queue.enqueue(session, "r1")
        if opened.engine.dialect.name == "postgresql":  # On SQLite the job table is locked until then.
            assert queue.runs() == set()
    assert queue.runs() == {"r1"}
    assert queue.workers() == set()


def test_a_rollback_takes_the_job_back(queue: DbosJobs, opened: Sessions) -> None:
    with pytest.raises(RuntimeError, match="second thoughts"), opened.begin() as session:
        queue.enqueue(session, "r1")
        raise RuntimeError("second thoughts")
    assert queue.runs() == set()


def test_enqueuing_twice_is_one_job_and_another_attempt_is_another(queue: DbosJobs, opened: Sessions) -> None:
    for attempt in (0, 0, 3):
        with opened.begin() as session:
            queue.enqueue(session, "r1", attempt)
    with opened.read() as session:
        table = "dbos.workflow_status" if session.get_bind().dialect.name == "postgresql" else "workflow_status"
        ids = session.execute(text(f"SELECT workflow_uuid FROM {table} ORDER BY 1")).scalars().all()
    assert list(ids) == ["r1-0", "r1-3"]


def test_a_job_is_kept_as_json_that_other_software_reads(queue: DbosJobs, opened: Sessions) -> None:
    with opened.begin() as session:
        queue.enqueue(session, "r1")
        schema = "dbos." if session.get_bind().dialect.name == "postgresql" else ""
        inputs = session.execute(text(f"SELECT inputs FROM {schema}workflow_input")).scalar()
    assert inputs == '{"namedArgs":{},"positionalArgs":["r1"]}'


def test_other_statements_of_the_transaction_are_not_disturbed(queue: DbosJobs, opened: Sessions) -> None:
    with opened.begin() as session:
        assert alone(session)
        queue.enqueue(session, "r1")
        assert session.execute(text("SELECT count(*) FROM plx_ingest_run")).scalar() == 0


def test_every_job_is_done_once_and_a_finished_step_is_not_repeated(url: str, opened: Sessions) -> None:
    done: list[str] = []

    def do(run: str, job: Job) -> None:
        kept = job.step("read", lambda: {"of": run, "turns": len(done)})
        done.append(kept["of"])

    engine = Engine(url, "worker-1", do)
    engine.start(at_once=2, poll_s=0.05)
    queue = DbosJobs(url)
    try:
        for number in range(6):
            with opened.begin() as session:
                queue.enqueue(session, f"r{number}")
        until(lambda: len(done) == 6)
        until(lambda: queue.runs() == set())
        assert sorted(done) == [f"r{number}" for number in range(6)]
        assert queue.forget(datetime.now(UTC) - timedelta(hours=1)) == 0
        assert queue.forget(datetime.now(UTC) + timedelta(hours=1)) == 6
    finally:
        engine.stop()
        queue.close()


def test_a_job_of_a_dead_worker_goes_on_behind_its_last_step(url: str, opened: Sessions) -> None:
    """The first worker stops between two steps and leaves its job in its name; the second takes it over."""
    begun, steps = threading.Event(), []

    def first(run: str, job: Job) -> None:
        job.step("read", lambda: {"by": "first"})
        begun.set()
        raise SystemExit

    def second(run: str, job: Job) -> None:
        steps.append(job.step("read", lambda: {"by": "second"}))

    queue = DbosJobs(url)
    with opened.begin() as session:
        queue.enqueue(session, "r1")
    dead = Engine(url, "worker-1", first)
    dead.start(at_once=1, poll_s=0.05)
    assert begun.wait(15)
    dead.stop()
    assert queue.workers() == {"worker-1"}

    alive = Engine(url, "worker-2", second)
    alive.start(at_once=1, poll_s=0.05)
    try:
        assert alive.take_over({"worker-3"}) == 0, "others' jobs are left alone"
        assert alive.take_over({"worker-1"}) == 1
        until(lambda: steps == [{"by": "first"}])
        until(lambda: queue.runs() == set())
    finally:
        alive.stop()
        queue.close()


def test_an_execution_knows_that_its_job_was_given_to_another_even_in_the_same_worker(
    url: str, queue: DbosJobs, opened: Sessions
) -> None:
    begun, go_on, mine = threading.Semaphore(0), threading.Event(), {}

    def do(run: str, job: Job) -> None:
        number = len(mine)
        mine[number] = [job.mine()]
        begun.release()
        assert go_on.wait(15)
        mine[number].append(job.mine())

    engine = Engine(url, "worker-1", do)
    engine.start(at_once=2, poll_s=0.05)
    try:
        with opened.begin() as session:
            queue.enqueue(session, "r1")
        assert begun.acquire(timeout=15)
        engine.take_over({"worker-1"})
        assert begun.acquire(timeout=15), "the same worker takes it once more"
        go_on.set()
        until(lambda: mine == {0: [True, False], 1: [True, True]})
        until(lambda: queue.runs() == set())
    finally:
        engine.stop()


def test_migrating_again_changes_nothing(url: str, queue: DbosJobs, opened: Sessions) -> None:
    with opened.begin() as session:
        queue.enqueue(session, "r1")
    jobs.migrate(url)
    assert queue.runs() == {"r1"}


def test_a_database_that_was_not_migrated_is_named(tmp_path: object) -> None:
    engine = Engine(f"sqlite:///{tmp_path}/nothing.sqlite3", "worker-1", lambda run, job: None)
    try:
        with pytest.raises(NotMigrated, match="exchange migrate"):
            engine.start(at_once=1, poll_s=0.05)
    finally:
        engine.stop()


def test_a_database_out_of_reach_is_unavailable() -> None:
    queue = DbosJobs("postgresql://nobody@127.0.0.1:9/nothing")
    with pytest.raises(Unavailable):
        queue.runs()
    queue.close()
