"""The sweep removes what no row names, and nothing that a row names, is about to name, or is young."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from exchange import process
from exchange.jobs import Job
from exchange.process import Bench
from exchange.services import Services
from exchange.settings import Settings
from exchange.sweep import GRACE, sweep
from storage import runs
from storage.database import connect
from storage.objects import ObjectStore, raw_key, table_key, tail_key
from storage.spool import Spool, clear, ended
from tests.received import bdf_csv, owner, receive, spools, state_of, tables_in_store


class NoJobs:
    """Runs are performed by the test itself."""

    def enqueue(self, session: Session, run: str, attempt: int = 0) -> None:
        pass


@pytest.fixture
def services(database_url: str, object_store: ObjectStore, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    sessions = connect(database_url)
    made = Services(settings=settings, sessions=sessions, objects=object_store, jobs=NoJobs(), secret=b"s")
    owner(made)
    yield made
    sessions.close()


def later(services: Services) -> Services:
    """The same world after the grace."""
    return replace(services, now=lambda: services.now() + GRACE + timedelta(minutes=1))


def test_tables_of_a_build_stay_and_those_of_lost_attempts_go(services: Services, tmp_path: Path) -> None:
    run = receive(services, bdf_csv(500))
    spool = Spool(tmp_path / "spool", "w", 2**30)
    process.perform(Bench(services, spool, threading.Event()), run, Job(lambda _name, do: do(), lambda: True))
    spool.close()
    named = tables_in_store(services, run)
    for orphan in (table_key(run, "lost", "timeseries.parquet"), table_key("never", "a", "cycles.parquet")):
        services.objects.put(orphan, b"orphan")

    assert sweep(services) == 0, "nothing is touched before the grace has passed"
    assert sweep(later(services)) == 2
    assert [one.key for one in services.objects.list("tables/")] == named
    assert len(named) == len(state_of(services, run).tables) > 0
    raw = [one.key for one in services.objects.list("raw/")]
    assert len(raw) == 1, "the raw file stays"


def test_tables_of_a_run_that_has_not_ended_stay(services: Services) -> None:
    """The engine may have kept the result of an attempt whose worker died; the next attempt enters those tables."""
    run = receive(services, bdf_csv(500))
    with services.sessions.begin() as session:
        assert runs.claim(session, run, "dead", services.now()) is not None
        held = runs.claim(session, run, "next", services.now())
    services.objects.put(table_key(run, "dead", "timeseries.parquet"), b"finished before its worker died")
    assert sweep(later(services)) == 0
    with services.sessions.begin() as session:
        assert held is not None
        runs.fail(session, held, runs.Failure("enough"), services.now())
    assert sweep(later(services)) == 1


def test_a_raw_object_without_a_row_goes(services: Services) -> None:
    services.objects.put(raw_key("nobodys"), b"left by a server that died")
    assert sweep(services) == 0
    assert sweep(later(services)) == 1
    assert list(services.objects.list("")) == []


def test_what_a_dead_writer_began_is_given_up(services: Services) -> None:
    for key in (table_key("run", "a", "timeseries.parquet"), tail_key("upload", "n")):
        multipart = services.objects.begin(key)
        services.objects.part(key, multipart, 1, b"x" * 5 * 2**20)
    assert sweep(services) == 0
    assert len(list(services.objects.unfinished(""))) == 2
    assert sweep(later(services)) == 2
    assert list(services.objects.unfinished("")) == []


def test_many_orphans_are_swept_in_one_go(services: Services) -> None:
    for number in range(30):
        services.objects.put(table_key(f"run{number}", "a", "cycles.parquet"), b"x")
    assert sweep(later(services)) == 30
    assert sweep(later(services)) == 0


def test_scratch_of_a_living_worker_is_left_alone(tmp_path: Path) -> None:
    living = Spool(tmp_path, "living", 2**30)
    dead = Spool(tmp_path, "dead", 2**30)
    os.close(dead._lock)  # What the kernel does when a process ends.
    assert ended(tmp_path) == {"dead"}
    assert clear(tmp_path) == 1
    assert spools(tmp_path) == [living.folder.name]
    assert ended(tmp_path) == set()
    living.close()
    assert spools(tmp_path) == []


def test_documents_reports_and_evaluations_whose_row_was_never_written_go(services: Services) -> None:
    services.objects.put("documents/lost", b"letter")
    services.objects.put("reports/lost", b"report")
    services.objects.put("evaluations/lost", b"{}")
    assert sweep(services) == 0
    assert sweep(later(services)) == 3
    assert [key for prefix in ("documents/", "reports/", "evaluations/") for key in services.objects.list(prefix)] == []
