"""A run changes state only by the worker that holds it, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from schemas.dataset import RunState
from schemas.errors import NotFound
from schemas.identifiers import new_id
from schemas.ingested import Column, Conversion, Ingested, Table
from schemas.metadata import Metadata
from schemas.organisation import Organisation, Role, Standing, User
from schemas.report import Problem, Report, Severity
from storage import catalogue, intake, people, runs, workers
from storage.database import Sessions
from storage.intake import HeldFile
from storage.runs import TAKEN_OVER, Claim, Failure

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COLUMNS = (Column(name="voltage_volt", type="double", unit="V"),)
TIMESERIES = Table(name="timeseries", file="timeseries.parquet", rows=9, bytes=99, sha256="a" * 64, columns=COLUMNS)
CYCLES = Table(name="cycles", file="cycles.parquet", rows=1, bytes=11, sha256="b" * 64, columns=COLUMNS)
READ = Ingested(
    reader="bdf",
    reader_version="1",
    schema_version="s",
    instrument="x" * 300,
    conversions=(Conversion(column="voltage_volt", source="U/mV", unit="mV", factor=0.001),),
    tables=(TIMESERIES, CYCLES),
    cycles=1,
    report=Report(rows_in=9, rows_out=9),
)
WRONG = Report(problems=(Problem(rule="gap", severity=Severity.ERROR, message="A gap.", row=7),))
KEYS = {"timeseries": "tables/r/a/timeseries.parquet", "cycles": "tables/r/a/cycles.parquet"}


@pytest.fixture
def run(sessions: Sessions) -> str:
    """A queued run of a dataset's only version."""
    with sessions.begin() as session:
        people.add_organisation(session, Organisation(id="north", name="North", standing=Standing.MEMBER), NOW)
        people.add_user(session, User(id="north", organisation="north", name="Ada"), {Role.STEWARD}, NOW)
        catalogue.create(session, "d1", "north", "north", Metadata(), NOW)
        held = intake.hold(session, "north", HeldFile("f1", "raw/f1", "a" * 64, 100), NOW)
        return intake.attach(session, "d1", held, "cell.csv", "north", NOW, new_id).run


def claimed(sessions: Sessions, run: str, attempt: str = "a1") -> Claim:
    with sessions.begin() as session:
        held = runs.claim(session, run, attempt, NOW)
    assert held is not None
    return held


def history(sessions: Sessions, run: str) -> list[str]:
    with sessions.read() as session:
        return [f"{change.state} {change.detail}".strip() for change in runs.run(session, run).history]


def test_a_finished_run_is_a_build_with_its_tables_and_report(sessions: Sessions, run: str) -> None:
    held = claimed(sessions, run)
    with sessions.begin() as session:
        assert runs.advance(session, held, RunState.CHECKING, NOW)
        assert runs.finish(session, held, READ, KEYS, LATER)
    with sessions.read() as session:
        found, [same] = runs.run(session, run), runs.runs_of(session, "d1", 1)
        stored = runs.table(session, run, "cycles")
        assert runs.report_of(session, run) == READ.report
        assert runs.table(session, run, "steps") is None
    assert found == same
    assert (found.state, found.build, found.attempt, found.progress) == (RunState.READY, 1, 1, 1.0)
    assert (found.reader, found.cycles, found.finished_at) == ("bdf", 1, LATER)
    assert found.tables == (TIMESERIES, CYCLES)
    assert stored is not None and (stored.key, stored.table) == (KEYS["cycles"], CYCLES)
    assert history(sessions, run) == ["queued", "reading", "checking", "ready"]


def test_a_report_with_an_error_quarantines(sessions: Sessions, run: str) -> None:
    held = claimed(sessions, run)
    with sessions.begin() as session:
        assert runs.finish(session, held, READ.model_copy(update={"report": WRONG, "tables": ()}), {}, LATER)
    with sessions.read() as session:
        assert runs.run(session, run).state is RunState.QUARANTINED
        assert runs.report_of(session, run) == WRONG


def test_a_worker_that_was_overtaken_changes_nothing(sessions: Sessions, run: str) -> None:
    paused = claimed(sessions, run, "a1")
    taker = claimed(sessions, run, "a2")
    before = history(sessions, run)
    with sessions.begin() as session:
        assert not runs.progress(session, paused, 0.5)
        assert not runs.advance(session, paused, RunState.WRITING, LATER)
        assert not runs.give_back(session, paused, LATER, "")
        assert not runs.fail(session, paused, Failure("late"), LATER)
        assert not runs.finish(session, paused, READ, KEYS, LATER)
    assert history(sessions, run) == before == ["queued", "reading", f"reading {TAKEN_OVER}"]
    with sessions.begin() as session:
        assert runs.finish(session, taker, READ, KEYS, LATER)
        assert not runs.finish(session, taker, READ, KEYS, LATER), "a build is entered once"


def test_a_run_that_has_ended_cannot_be_held(sessions: Sessions, run: str) -> None:
    held = claimed(sessions, run)
    with sessions.begin() as session:
        runs.finish(session, held, READ, KEYS, LATER)
        assert runs.claim(session, run, "a2", LATER) is None
        assert runs.claim(session, "no such run", "a2", LATER) is None


def test_of_many_workers_at_once_the_last_holds_the_run(sessions: Sessions, run: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda number: claimed(sessions, run, f"a{number}"), range(8)))
    assert sorted(one.number for one in held) == list(range(1, 9))
    with sessions.begin() as session:
        wrote = [one.number for one in held if runs.progress(session, one, 0.5)]
    assert wrote == [8]


def test_workers_lost_are_counted_from_when_the_run_was_last_queued(sessions: Sessions, run: str) -> None:
    assert [claimed(sessions, run, f"a{number}").lost for number in range(4)] == [0, 1, 2, 3]
    last = claimed(sessions, run, "a5")
    with sessions.begin() as session:
        assert runs.fail(session, last, Failure("too often", "ref"), LATER)
        attempt = runs.requeue(session, run, LATER, "again")
    again = claimed(sessions, run, "a6")
    assert again.lost == 0
    assert again.number > attempt > last.number, "no job id is used twice"


def test_a_job_that_is_lost_again_and_again_counts_too(sessions: Sessions, run: str) -> None:
    for lost in range(4):
        assert claimed(sessions, run, f"a{lost}").lost == lost
        with sessions.begin() as session:
            runs.requeue(session, run, LATER, runs.STRAY)
    with sessions.begin() as session:
        runs.requeue(session, run, LATER, "Tried again on request.")
    assert claimed(sessions, run, "a9").lost == 0


def test_a_run_given_back_counts_no_worker_as_lost(sessions: Sessions, run: str) -> None:
    held = claimed(sessions, run)
    with sessions.begin() as session:
        assert runs.give_back(session, held, LATER, "The worker was stopped.")
        assert runs.run(session, run).state is RunState.QUEUED
    assert claimed(sessions, run, "a2").lost == 0


def test_a_failed_run_says_why_until_it_is_queued_again(sessions: Sessions, run: str) -> None:
    held = claimed(sessions, run)
    with sessions.begin() as session:
        runs.fail(session, held, Failure("The disk burned.", "abc"), LATER)
        failed = runs.run(session, run)
        runs.requeue(session, run, LATER, "again")
        again = runs.run(session, run)
    assert (failed.state, failed.reason, failed.reference) == (RunState.FAILED, "The disk burned.", "abc")
    assert (again.state, again.reason, again.reference, again.finished_at) == (RunState.QUEUED, "", "", None)
    assert [change.detail for change in again.history[-2:]] == ["The disk burned.", "again"]


def test_unfinished_runs_are_found_once_they_are_quiet(sessions: Sessions, run: str) -> None:
    held = claimed(sessions, run)
    with sessions.begin() as session:
        assert runs.unfinished(session, NOW) == []
        assert runs.unfinished(session, LATER) == [run]
        assert runs.under_way(session, [run, "other"]) == {run}
        runs.finish(session, held, READ, KEYS, NOW)
        assert runs.unfinished(session, LATER) == []
        assert runs.under_way(session, [run]) == set()
        assert runs.tables_in_use(session, [*KEYS.values(), "tables/r/b/cycles.parquet"]) == set(KEYS.values())


def test_an_unknown_run_is_not_found(sessions: Sessions) -> None:
    with sessions.read() as session, pytest.raises(NotFound):
        runs.run(session, "nothing")


def test_a_worker_is_heard_until_it_is_silent_or_leaves(sessions: Sessions) -> None:
    with sessions.begin() as session:
        workers.enter(session, "w1")
        workers.enter(session, "w2")
        workers.leave(session, "w2")
    with sessions.begin() as session:
        assert workers.heard(session, timedelta(seconds=30)) == {"w1"}
        assert workers.heard(session, timedelta(seconds=-1)) == set()
        assert workers.present(session) == {"w1"}
        workers.beat(session, "w2")
    with sessions.begin() as session:
        assert workers.present(session) == {"w1", "w2"}, "a paused worker that wakes up is there again"
        workers.forget(session, timedelta(seconds=-1))
        workers.beat(session, "w1")
        assert workers.present(session) == {"w1"}, "one whose row was removed enters anew"


def test_only_one_queues_strays_at_a_time(sessions: Sessions) -> None:
    with sessions.begin() as one:
        assert workers.alone(one)
        if sessions.engine.dialect.name == "postgresql":  # On SQLite the second transaction would wait.
            with sessions.begin() as other:
                assert not workers.alone(other)
    with sessions.begin() as one:
        assert workers.alone(one)


def test_a_run_that_was_seen_waiting_is_claimed_only_after_what_changed_with_it(sessions: Sessions, run: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            assert runs.waits(session, run)
            taken = pool.submit(claimed, sessions, run)
            with pytest.raises(TimeoutError):
                taken.result(timeout=0.5)
        assert taken.result(timeout=10).run == run
    with sessions.begin() as session:
        assert not runs.waits(session, run)
