"""Workers that are killed, paused, stopped and cut off: every run ends, and it ends once."""

import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from exchange import jobs
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from exchange.worker import Pace, start_in_process
from schemas.dataset import FINAL_STATES, RunState
from schemas.round.round import RoundRecord, RoundState
from storage import rounds, runs, workers
from storage.runs import TAKEN_OVER
from tests.received import GARBAGE, bdf_csv, owner, receive, spools, state_of, tables_in_store
from tests.rounds import KPI
from tests.working import QUICK, alive, children, pause, until, worker

LONG = 700_000
"""Rows of a file that is read for about a second."""


@pytest.fixture(scope="module")
def long_file() -> bytes:
    return bdf_csv(LONG)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    jobs.migrate(database_url)
    (tmp_path / "spool").mkdir()
    return Settings(data=tmp_path, database_url=database_url, spool=tmp_path / "spool", _env_file=None)  # type: ignore[call-arg]  # no .env here


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    opened = open_services(settings)
    owner(opened)
    yield opened
    close_services(opened)


def ended(services: Services, run: str) -> bool:
    return state_of(services, run).state in FINAL_STATES


def times(services: Services, run: str, state: RunState) -> int:
    return [change.state for change in state_of(services, run).history].count(state)


def assert_ready_once(services: Services, run: str) -> None:
    found = state_of(services, run)
    assert (found.state, times(services, run, RunState.READY)) == (RunState.READY, 1), found
    with services.sessions.read() as session:
        for table in found.tables:
            stored = runs.table(session, run, table.name)
            assert stored is not None and services.objects.stat(stored.key).bytes == table.bytes


def test_a_killed_worker_s_run_is_taken_over_and_ready_once(
    services: Services, settings: Settings, tmp_path: Path, long_file: bytes
) -> None:
    with worker(settings, tmp_path / "one.log", dead_s=30.0) as one:
        run = receive(services, long_file)
        until(lambda: state_of(services, run).state is RunState.READING)
        left = children(one.pid)
        one.kill()
        one.wait()
        assert left, "the reading child was at work"
        until(lambda: not any(map(alive, left)), 5)
        assert not ended(services, run)
        assert len(spools(tmp_path / "spool")) == 1
        killed = time.monotonic()
        with worker(settings, tmp_path / "two.log", dead_s=30.0) as two:
            until(lambda: ended(services, run))
            # On the same machine nobody waits for half a minute of silence: the dead one's lock tells.
            assert time.monotonic() - killed < 15
            until(lambda: all(f"-{two.pid}-" in name for name in spools(tmp_path / "spool")))
    assert_ready_once(services, run)
    assert [change.detail for change in state_of(services, run).history].count(TAKEN_OVER) == 1
    assert state_of(services, run).attempt == 2
    assert len(tables_in_store(services, run)) == len(state_of(services, run).tables)


def test_a_paused_worker_loses_its_run_and_is_welcome_back(
    services: Services, settings: Settings, tmp_path: Path, long_file: bytes
) -> None:
    with worker(settings, tmp_path / "one.log") as paused:
        run = receive(services, long_file)
        until(lambda: state_of(services, run).state is RunState.READING)
        pause(paused, str(settings.database_url))
        with worker(settings, tmp_path / "two.log") as taker:
            until(lambda: ended(services, run))
            assert_ready_once(services, run)
            before = state_of(services, run)
            assert before.attempt == 2
            paused.send_signal(signal.SIGCONT)
            until(lambda: b"run was taken over" in (tmp_path / "one.log").read_bytes())
            assert state_of(services, run) == before
            taker.kill()
            taker.wait()
        another = receive(services, bdf_csv(500))
        until(lambda: ended(services, another))
        assert paused.poll() is None
    assert_ready_once(services, another)
    assert_ready_once(services, run)


def test_a_worker_told_to_stop_gives_its_run_back_at_once(
    services: Services, settings: Settings, tmp_path: Path, long_file: bytes
) -> None:
    with worker(settings, tmp_path / "one.log", dead_s=60.0) as one:
        run = receive(services, long_file)
        until(lambda: state_of(services, run).state is RunState.READING)
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 0
    assert state_of(services, run).history[-1].detail == "The worker was stopped."
    assert spools(tmp_path / "spool") == []
    stopped = time.monotonic()
    with worker(settings, tmp_path / "two.log", dead_s=60.0):
        until(lambda: ended(services, run))
    assert time.monotonic() - stopped < 15, "nobody waits until it counts as dead"
    assert_ready_once(services, run)
    assert TAKEN_OVER not in [change.detail for change in state_of(services, run).history]


def test_two_workers_share_many_files_and_each_is_read_once(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path / "one.log"), worker(settings, tmp_path / "two.log"):
        good = [receive(services, bdf_csv(500, salt)) for salt in range(10)]
        bad = receive(services, GARBAGE)
        until(lambda: all(ended(services, run) for run in [*good, bad]))
    for run in good:
        assert_ready_once(services, run)
        assert state_of(services, run).attempt == 1
    assert state_of(services, bad).state is RunState.QUARANTINED


def test_a_database_that_is_away_for_a_while_only_delays(
    services: Services, settings: Settings, tmp_path: Path, long_file: bytes, request: pytest.FixtureRequest
) -> None:
    if not str(settings.database_url).startswith("postgresql"):
        pytest.skip("SQLite is a file, it has no server that could be away")
    database = make_url(str(settings.database_url)).database
    with worker(settings, tmp_path / "one.log", beat_s=0.2, dead_s=1.0):
        run = receive(services, long_file)
        until(lambda: state_of(services, run).state is RunState.READING)
        with psycopg.connect(request.getfixturevalue("postgres_server"), autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')  # type: ignore[call-overload]  # ours
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
            time.sleep(3)
            server.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')  # type: ignore[call-overload]  # ours
        until(lambda: ended(services, run), 60)
    assert_ready_once(services, run)
    assert state_of(services, run).attempt == 1


def test_a_run_whose_job_was_lost_is_queued_again(services: Services, settings: Settings) -> None:
    run = receive(services, bdf_csv(500))
    with services.sessions.begin() as session:
        schema = "dbos." if session.get_bind().dialect.name == "postgresql" else ""
        session.execute(text(f"DELETE FROM {schema}workflow_status"))
    stop = start_in_process(services, settings, Pace(**QUICK | {"stray_s": 0.5}))
    try:
        until(lambda: ended(services, run))
    finally:
        stop()
    assert_ready_once(services, run)
    assert runs.STRAY in [change.detail for change in state_of(services, run).history]


def test_a_worker_in_this_process_stops_and_starts_again_and_closes_rounds_that_are_due(
    services: Services, settings: Settings
) -> None:
    overdue = RoundRecord.model_validate(
        {
            "title": "Capacity",
            "protocol": {"name": "Check", "version": "1"},
            "cells_per_line": 1,
            "closes_at": services.now() - timedelta(hours=1),
            "plan": {"kpis": [KPI]},
        }
    )
    with services.sessions.begin() as session:
        rounds.add(session, "rr", overdue, "north", services.now())
        rounds.enter(session, "rr", RoundState.OPEN, services.now())
    for salt in range(2):
        stop = start_in_process(services, settings, Pace(**QUICK))
        run = receive(services, bdf_csv(500, salt))
        until(lambda run=run: ended(services, run))  # type: ignore[misc]  # bound early on purpose
        began = time.monotonic()
        stop()
        assert time.monotonic() - began < 5
        assert_ready_once(services, run)
    with services.sessions.read() as session:
        assert workers.present(session) == set()
        assert workers.heard(session, timedelta(hours=1)) == set()
        closed = rounds.find(session, "rr")
    assert closed is not None and closed.state is RoundState.CLOSED
