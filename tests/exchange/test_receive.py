"""Receiving files, verb by verb, on both stores and both databases."""

import hashlib
import importlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from exchange import describe, receive
from exchange.identify import identify
from exchange.receive import Checksum, NewFile, finish
from exchange.receive.incoming import Incoming
from exchange.services import Services
from exchange.settings import Settings
from schemas.access import Principal
from schemas.dataset import RunState
from schemas.errors import ChecksumMismatch, Conflict, ExchangeError, Gone, NotFound, Refused, TooLarge
from schemas.metadata import Metadata
from schemas.upload import Upload, UploadState
from storage import catalogue, intake, uploads
from storage.database import Sessions, connect
from storage.objects import ObjectStore
from tests.worlds import network

MIB = 1024**2
append = importlib.import_module("exchange.receive.append")
"""The module; the package shows the verb of this name."""


@dataclass
class Committed:
    """Jobs that remember the runs of committed transactions."""

    runs: list[str] = field(default_factory=list)

    def enqueue(self, session: Session, run: str, attempt: int = 0) -> None:
        event.listen(session, "after_commit", lambda _session: self.runs.append(run), once=True)


@pytest.fixture
def jobs() -> Committed:
    return Committed()


@pytest.fixture
def services(database_url: str, object_store: ObjectStore, jobs: Committed, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    sessions = connect(database_url)
    yield Services(settings=settings, sessions=sessions, objects=object_store, jobs=jobs, secret=b"s")
    sessions.close()


@pytest.fixture
def callers(services: Services) -> Callable[[str], Principal]:
    world = network(services)
    return lambda user: identify(services, world.header(user)["Authorization"])


@pytest.fixture
def north(callers: Callable[[str], Principal]) -> Principal:
    return callers("north")


async def pieces(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def draft(services: Services, who: Principal) -> str:
    return describe.create(services, who, Metadata()).id


def opened(services: Services, who: Principal, file: NewFile) -> Upload:
    return anyio.run(receive.open_with, services, who, file, None, None)


def sent(
    services: Services, who: Principal, id: str, at: int, content: bytes, checksum: Checksum | None = None
) -> Upload:
    return anyio.run(receive.append, services, who, id, at, pieces(content), checksum)


def whole(services: Services, who: Principal, dataset: str, content: bytes, sha256: str | None = None) -> Upload:
    file = NewFile(dataset, "a.csv", len(content), sha256)
    return anyio.run(receive.whole, services, who, file, pieces(content))


def kept(services: Services, dataset: str) -> list[bytes]:
    """The bytes of every version's file."""
    with services.sessions.read() as session:
        versions = catalogue.versions(session, dataset)
        keys = [intake.key_of(session, file.id) for version in versions for file in version.files]
    return [services.objects.get(key) for key in keys]


def raw_keys(services: Services) -> list[str]:
    return [one.key for one in services.objects.list("raw/")]


def rubbish(services: Services) -> list[str]:
    """Tails and unfinished multipart objects."""
    tails = [one.key for one in services.objects.list("tail/")]
    return tails + [one.multipart for one in services.objects.unfinished("raw/")]


def later(services: Services, by: timedelta) -> Services:
    return replace(services, now=lambda: services.now() + by)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_sent_in_odd_chunks_to_changing_servers_arrives_whole(
    services: Services, north: Principal, jobs: Committed
) -> None:
    content, dataset = os.urandom(21 * MIB + 17), draft(services, north)
    upload = opened(services, north, NewFile(dataset, "a.csv", len(content)))
    at = 0
    for size in (1, 5 * MIB, 5 * MIB, 100, 8 * MIB, 3 * MIB - 84):
        other = replace(services)
        upload = sent(other, north, upload.id, at, content[at : at + size])
        at += size
        assert upload.offset == at
    assert upload.state is UploadState.RECEIVED
    assert (upload.sha256, upload.version, upload.attached) == (sha256(content), 1, False)
    assert kept(services, dataset) == [content]
    assert jobs.runs == [upload.run]
    assert rubbish(services) == []


def test_a_connection_that_breaks_keeps_every_byte_that_arrived(services: Services, north: Principal) -> None:
    content, dataset = os.urandom(9 * MIB), draft(services, north)
    upload = opened(services, north, NewFile(dataset, "a.csv", len(content)))
    for cut in (1234, 8 * MIB + 77):
        start = upload.offset
        upload = sent(services, north, upload.id, start, content[start:cut])
        assert upload.offset == cut
    assert sent(services, north, upload.id, upload.offset, content[upload.offset :]).state is UploadState.RECEIVED
    assert kept(services, dataset) == [content]


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


def test_an_empty_file_is_a_file(services: Services, north: Principal) -> None:
    dataset = draft(services, north)
    assert opened(services, north, NewFile(dataset, "a.csv", 0)).state is UploadState.RECEIVED
    assert kept(services, dataset) == [b""]
    assert whole(services, north, draft(services, north), b"").attached


def test_a_chunk_that_fails_its_checksum_is_not_kept_and_the_upload_goes_on(
    services: Services, north: Principal
) -> None:
    content, dataset = os.urandom(20 * MIB), draft(services, north)
    id = opened(services, north, NewFile(dataset, "a.csv", len(content))).id
    announced = Checksum("sha256", hashlib.sha256(content).digest())
    damaged = content[:-1] + bytes([content[-1] ^ 1])
    for wrong in (damaged, content[:-1]):
        with pytest.raises(ChecksumMismatch):
            sent(services, north, id, 0, wrong, announced)
        assert receive.locate(services, north, id).upload.offset == 0
    assert sent(services, north, id, 0, content, announced).state is UploadState.RECEIVED
    assert kept(services, dataset) == [content]


def test_more_bytes_than_announced_are_refused(services: Services, north: Principal) -> None:
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 10)).id
    with pytest.raises(TooLarge, match="10"):
        sent(services, north, id, 0, b"x" * 11)
    assert receive.locate(services, north, id).upload.offset == 0


def test_a_file_other_than_declared_is_rejected_and_nothing_of_it_remains(
    services: Services, north: Principal, jobs: Committed
) -> None:
    dataset = draft(services, north)
    upload = opened(services, north, NewFile(dataset, "a.csv", 9 * MIB, sha256(b"other")))
    with pytest.raises(ChecksumMismatch, match=sha256(b"other")):
        sent(services, north, upload.id, 0, b"x" * 9 * MIB)
    with pytest.raises(Gone, match="declared"):
        receive.locate(services, north, upload.id)
    assert receive.progress(services, north, upload.id).state is UploadState.REJECTED
    assert (kept(services, dataset), raw_keys(services), rubbish(services), jobs.runs) == ([], [], [], [])


def test_the_same_bytes_again_are_kept_once(services: Services, north: Principal, jobs: Committed) -> None:
    first, second = draft(services, north), draft(services, north)
    content = os.urandom(9 * MIB)
    runs = [whole(services, north, dataset, content).run for dataset in (first, second, second)]
    assert kept(services, first) == kept(services, second) == [content]
    assert len(raw_keys(services)) == 1
    assert runs[1] == runs[2] and jobs.runs == runs[:2]


def test_a_declared_file_that_the_organisation_holds_need_not_be_sent(
    services: Services, callers: Callable[[str], Principal], jobs: Committed
) -> None:
    north, west = callers("north"), callers("west")
    whole(services, north, draft(services, north), b"voltage")
    dataset = draft(services, callers("north-contributor"))
    again = opened(services, callers("north-contributor"), NewFile(dataset, "b.csv", 7, sha256(b"voltage").upper()))
    assert (again.state, again.offset, again.attached, again.version) == (UploadState.RECEIVED, 7, True, 1)
    assert len(jobs.runs) == 2
    foreign = opened(services, west, NewFile(draft(services, west), "b.csv", 7, sha256(b"voltage")))
    assert (foreign.state, foreign.offset, foreign.attached) == (UploadState.UPLOADING, 0, False)
    received = sent(services, west, foreign.id, 0, b"voltage")
    assert not received.attached and len(raw_keys(services)) == 2


def test_the_same_bytes_at_the_same_moment_are_kept_once(services: Services, north: Principal) -> None:
    datasets = [draft(services, north) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda dataset: whole(services, north, dataset, b"twins" * 1000), datasets))
    assert [upload.state for upload in found] == [UploadState.RECEIVED] * 6
    assert sum(not upload.attached for upload in found) == 1
    assert len(raw_keys(services)) == 1


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "a/b.csv", "..\\b.csv", "a\0b", "a\nb", "x" * 256, "\ud800", "fdp\u202eexe.csv"]
)
def test_a_file_name_that_is_no_plain_base_name_is_refused(services: Services, north: Principal, name: str) -> None:
    with pytest.raises(Refused, match="file name"):
        opened(services, north, NewFile(draft(services, north), name, 1))


def test_size_and_quota_are_checked_before_a_byte_is_sent(services: Services, north: Principal) -> None:
    tight = replace(services, settings=services.settings.model_copy(update={"max_file_bytes": 80, "quota_bytes": 100}))
    dataset = draft(services, north)
    with pytest.raises(TooLarge, match="81"):
        opened(tight, north, NewFile(dataset, "a.csv", 81))
    unfinished = opened(tight, north, NewFile(dataset, "a.csv", 60))
    with pytest.raises(TooLarge, match="unfinished"):
        opened(tight, north, NewFile(dataset, "b.csv", 41))
    receive.terminate(tight, north, unfinished.id)
    assert opened(tight, north, NewFile(dataset, "b.csv", 41)).state is UploadState.UPLOADING


def test_an_upload_is_known_only_to_whoever_opened_it(services: Services, callers: Callable[[str], Principal]) -> None:
    north = callers("north")
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 5)).id
    told = set()
    for other, upload in ((callers("west"), id), (callers("north-contributor"), id), (callers("west"), "x" * 26)):
        with pytest.raises(NotFound) as refusal:
            receive.locate(services, other, upload)
        told.add(refusal.value.message.replace(upload, "…"))
    assert len(told) == 1


def test_an_ended_upload_leaves_nothing_behind(services: Services, north: Principal) -> None:
    id = opened(services, north, NewFile(draft(services, north), "a.csv", 30 * MIB)).id
    sent(services, north, id, 0, b"x" * 9 * MIB)
    upload = sent(services, north, id, 9 * MIB, b"x" * 5)
    assert len(rubbish(services)) == 2
    receive.terminate(services, north, id)
    assert rubbish(services) == []
    with pytest.raises(Gone):
        sent(services, north, id, upload.offset, b"x")


def test_an_upload_expires_and_its_bytes_and_orphans_are_swept(services: Services, north: Principal) -> None:
    dataset = draft(services, north)
    whole(services, north, dataset, b"kept")
    id = opened(services, north, NewFile(dataset, "a.csv", 30 * MIB)).id
    sent(services, north, id, 0, b"x" * (8 * MIB + 1))
    services.objects.put("raw/orphan", b"o")
    services.objects.put("tail/gone/1", b"o")
    services.objects.begin("raw/begun")
    assert receive.expire(services) == 0
    assert len(rubbish(services)) == 4
    future = later(services, timedelta(hours=73))
    with pytest.raises(Gone, match="expired"):
        receive.locate(future, north, id)
    assert receive.expire(future) == 4
    assert receive.expire(future) == 0
    assert rubbish(services) == []
    assert kept(services, dataset) == [b"kept"]
    assert len(raw_keys(services)) == 1
    receive.expire(later(services, timedelta(days=40)))
    with pytest.raises(NotFound):
        receive.progress(services, north, id)


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


@pytest.mark.parametrize("size", [1000, 17 * MIB])
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


def test_every_refusal_names_what_was_found(services: Services, north: Principal) -> None:
    dataset = draft(services, north)
    for file, found in ((NewFile(dataset, "a.csv", 1, "12"), "64"), (NewFile("PLX-1", "a.csv", 1), "PLX")):
        with pytest.raises(ExchangeError, match=found):
            opened(services, north, file)


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
