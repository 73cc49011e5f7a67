"""What dies, is paused, falls silent or comes twice while a file is received does no harm."""

import importlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import anyio
import pytest
from sqlalchemy.orm import Session

from exchange import receive
from exchange.receive import NewFile, finish
from exchange.receive.incoming import Incoming
from exchange.services import Services
from schemas.access import Principal
from schemas.dataset import RunState
from schemas.errors import Conflict
from schemas.upload import UploadState
from storage import uploads
from storage.database import Sessions
from storage.objects import ObjectStore
from tests.receiving import Committed, draft, kept, later, opened, raw_keys, rubbish, sent, sha256, whole

MIB = 1024**2
append = importlib.import_module("exchange.receive.append")
"""The module; the package shows the verb of this name."""


class Paused:
    """A real store, used by a process that is paused once, just before one of its calls."""

    def __init__(self, store: ObjectStore, call: str, meanwhile: Callable[[], object]) -> None:
        self._store, self._call, self._meanwhile = store, call, meanwhile

    def __getattr__(self, name: str) -> Any:  # Any: a method of the store
        if name == self._call:
            self._call = ""
            self._meanwhile()
        return getattr(self._store, name)


@pytest.mark.parametrize(("size", "call"), [(3 * MIB, "put"), (20 * MIB, "begin"), (20 * MIB, "part")])
def test_of_two_writers_at_the_same_offset_one_wins_and_the_other_does_no_harm(
    services: Services, north: Principal, size: int, call: str
) -> None:
    content, dataset, half = os.urandom(size), draft(services, north), size // 2
    id = opened(services, north, NewFile(dataset, "a.csv", size)).id
    transit = receive.locate(services, north, id)

    def quick() -> None:
        writer = Incoming.of(services, transit, None)
        if writer.take(content[:half]):
            writer.spill()
        assert writer.keep().offset == half

    slow = Incoming.of(replace(services, objects=Paused(services.objects, call, quick)), transit, None)  # type: ignore[arg-type]  # a store behind a pause
    with pytest.raises(Conflict):
        if slow.take(b"\0" * half):
            slow.spill()
        slow.keep()
    assert sent(services, north, id, half, content[half:]).sha256 == sha256(content)
    assert kept(services, dataset) == [content]


def test_an_upload_whose_verifier_died_is_finished_once_by_many(
    services: Services, north: Principal, jobs: Committed
) -> None:
    content, dataset = os.urandom(9 * MIB), draft(services, north)
    id = opened(services, north, NewFile(dataset, "a.csv", len(content))).id
    writer = Incoming.of(services, receive.locate(services, north, id), None)
    writer.take(content)
    assert writer.keep().state is UploadState.VERIFYING
    with services.sessions.begin() as session:
        now = services.now()
        assert uploads.take_verification(session, id, now, now + timedelta(seconds=30))
    assert receive.finish_pending(services) == 0, "its verifier still counts as alive"
    future = later(services, timedelta(seconds=31))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: receive.finish_pending(future), range(4)))
    assert kept(services, dataset) == [content]
    assert len(jobs.runs) == 1
    assert receive.finish_pending(later(services, timedelta(hours=1))) == 0


def test_a_verifier_that_wakes_up_late_changes_nothing_any_more(
    services: Services, north: Principal, jobs: Committed
) -> None:
    dataset = draft(services, north)

    def meanwhile() -> None:
        assert finish.finish(services, id).state is UploadState.VERIFYING, "another holds the verification"
        assert receive.finish_pending(later(services, timedelta(seconds=31))) == 1
        assert whole(services, north, dataset, b"second").version == 2

    paused = replace(services, objects=Paused(services.objects, "stream", meanwhile))  # type: ignore[arg-type]  # a store behind a pause
    id = opened(services, north, NewFile(dataset, "a.csv", 5)).id
    assert sent(paused, north, id, 0, b"first").version == 1
    assert kept(services, dataset) == [b"first", b"second"]
    assert len(jobs.runs) == 2


class Died(BaseException):
    """The process is gone: nothing after this point is executed."""


@dataclass
class Mortal:
    """Lets so many steps happen, then none."""

    steps: int
    taken: Iterator[int] = field(default_factory=count)

    def step(self) -> None:
        if next(self.taken) >= self.steps:
            raise Died


class MortalStore:
    """A real store, used by a process that dies before one of its calls."""

    def __init__(self, store: ObjectStore, life: Mortal) -> None:
        self._store, self._life = store, life

    def __getattr__(self, name: str) -> Any:  # Any: a method of the store
        self._life.step()
        return getattr(self._store, name)


class MortalSessions(Sessions):
    """Real transactions of a process that dies before the commit or just after it."""

    def __init__(self, sessions: Sessions, life: Mortal) -> None:
        super().__init__(sessions.engine)
        self._life = life

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with super().begin() as session:
            yield session
            self._life.step()
        self._life.step()


@pytest.mark.parametrize("size", [1000, 13 * MIB])
def test_death_at_any_step_loses_no_acknowledged_byte_and_makes_no_second_version(
    services: Services, north: Principal, jobs: Committed, size: int
) -> None:
    content = os.urandom(size)
    for steps in count():
        runs = len(jobs.runs)
        # Every round its own bytes: otherwise the first round's file would be attached.
        bytes = steps.to_bytes(8, "big") + content
        dataset = draft(services, north)
        id = opened(services, north, NewFile(dataset, "a.csv", len(bytes))).id
        survived, acknowledged = _sent_by_a_mortal(services, north, id, bytes, steps)
        found = receive.progress(services, north, id)
        assert found.offset >= acknowledged
        if found.state is UploadState.UPLOADING:
            sent(services, north, id, found.offset, bytes[found.offset :])
        receive.finish_pending(later(services, timedelta(seconds=31)))
        assert receive.progress(services, north, id).state is UploadState.RECEIVED, f"death after {steps} steps"
        assert kept(services, dataset) == [bytes], f"death after {steps} steps"
        assert len(jobs.runs) == runs + 1
        if survived:
            break
    assert steps > 10
    receive.expire(services, grace=timedelta(days=-1))
    assert rubbish(services) == []
    assert len(raw_keys(services)) == steps + 1


def _sent_by_a_mortal(services: Services, who: Principal, id: str, content: bytes, steps: int) -> tuple[bool, int]:
    life, acknowledged = Mortal(steps), 0
    mortal = replace(
        services, objects=MortalStore(services.objects, life), sessions=MortalSessions(services.sessions, life)
    )
    half = len(content) * 2 // 3
    try:
        acknowledged = sent(mortal, who, id, 0, content[:half]).offset
        acknowledged = sent(mortal, who, id, half, content[half:]).offset
    except Died:
        return False, acknowledged
    return True, acknowledged


def test_a_long_file_is_verified_behind_the_answer(
    services: Services, north: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish, "AT_ONCE_BYTES", 10)
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 11)).id
    assert sent(services, north, id, 0, b"x" * 11).state is UploadState.VERIFYING
    for _ in range(200):
        found = receive.progress(services, north, id)
        if found.state is not UploadState.VERIFYING:
            break
        time.sleep(0.02)
    assert (found.state, found.run_state) == (UploadState.RECEIVED, RunState.QUEUED)


def test_a_connection_that_falls_silent_counts_as_broken(
    services: Services, north: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def falling_silent() -> AsyncIterator[bytes]:
        yield b"01234"
        await anyio.sleep(60)

    monkeypatch.setattr(append, "IDLE_S", 0.2)
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 10)).id
    assert anyio.run(receive.append, services, north, id, 0, falling_silent()).offset == 5


def test_a_server_that_is_told_to_stop_keeps_what_has_arrived(services: Services, north: Principal) -> None:
    async def stopped() -> None:
        async with anyio.create_task_group() as tasks:

            async def endless() -> AsyncIterator[bytes]:
                yield b"01234"
                tasks.cancel_scope.cancel()
                await anyio.sleep(60)

            tasks.start_soon(receive.append, services, north, id, 0, endless())

    id = opened(services, north, NewFile(draft(services, north), "a.csv", 10)).id
    anyio.run(stopped)
    assert receive.locate(services, north, id).upload.offset == 5


def test_the_same_bytes_at_the_same_moment_are_kept_once(services: Services, north: Principal) -> None:
    datasets = [draft(services, north) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda dataset: whole(services, north, dataset, b"twins" * 1000), datasets))
    assert [upload.state for upload in found] == [UploadState.RECEIVED] * 6
    assert sum(not upload.attached for upload in found) == 1
    assert len(raw_keys(services)) == 1
