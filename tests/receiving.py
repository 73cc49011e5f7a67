"""Send files through the verbs of `exchange.receive`, and look at what is kept."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import anyio
from sqlalchemy import event
from sqlalchemy.orm import Session

from exchange import describe, receive
from exchange.receive import Checksum, NewFile
from exchange.services import Services
from schemas.access import Principal
from schemas.metadata import Metadata
from schemas.upload import Upload
from storage import catalogue, intake


@dataclass
class Committed:
    """Jobs that remember the runs of committed transactions."""

    runs: list[str] = field(default_factory=list)

    def enqueue(self, session: Session, run: str, attempt: int = 0) -> None:
        event.listen(session, "after_commit", lambda _session: self.runs.append(run), once=True)


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
