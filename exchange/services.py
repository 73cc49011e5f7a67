"""What every verb is handed: sessions, objects, the clock, the id source, the job queue."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from exchange.settings import SHORTEST_SECRET, Settings
from schemas.errors import Misconfigured
from schemas.identifiers import new_dataset_id, new_id, new_object_id
from storage.database import Sessions
from storage.objects import ObjectStore


class Jobs(Protocol):
    """Where ingest runs are put, in the caller's own transaction."""

    def enqueue(self, session: Session, run: str, attempt: int = 0) -> None: ...


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """The world of one process; two worlds can be built identical by giving clock and id source."""

    settings: Settings
    sessions: Sessions
    objects: ObjectStore
    jobs: Jobs
    secret: bytes = field(repr=False)
    now: Callable[[], datetime] = _now
    new_id: Callable[[], str] = new_id
    new_dataset_id: Callable[[], str] = new_dataset_id
    new_object_id: Callable[[str], str] = new_object_id


def secret_of(settings: Settings) -> bytes:
    """The installation's signing secret: from the settings, else made once in the data folder for its owner alone.

    `Misconfigured` when that file holds none, `OSError` when it cannot be made or read.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    path: Path = settings.data / "secret"
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"secret.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass  # Another process made it first; its secret is the one.
        finally:
            fresh.unlink()
    kept = path.read_bytes().strip()
    if len(kept) < SHORTEST_SECRET:
        raise Misconfigured(f"EXCHANGE_DATA: the file {path} holds no whole secret; remove it, and a new one is made.")
    return kept
