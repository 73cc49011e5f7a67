"""Where bytes are kept: the store's protocol, the layout of keys, and opening the store that settings name.

Keys: `raw/<file id>` raw files · `tail/<upload id>/<n>` what waits to become a part ·
`documents/<document id>` evidence · `tables/<run id>/<attempt id>/<file>` tables ·
`views/<name>/<attempt id>` what is made of them for a view ·
`evaluations/<sha256>` what was computed of a round · `reports/<sha256>` files of its reports.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Stored:
    """An object that stands complete."""

    key: str
    bytes: int
    modified: datetime


@dataclass(frozen=True)
class Part:
    """One part of a multipart object; `number` from 1."""

    number: int
    etag: str
    bytes: int


@dataclass(frozen=True)
class Unfinished:
    """A multipart object that was begun and neither completed nor aborted."""

    key: str
    multipart: str
    begun: datetime


class ObjectStore(Protocol):
    """A flat space of keys. Objects appear whole or not at all; all methods raise `Unavailable` when out of reach.

    `NotFound` is raised by `get`, `stream`, `fetch` and `stat` for a key that does not exist.
    """

    def put(self, key: str, data: bytes | Path) -> None:
        """Write an object from memory or from a file, replacing one of the same key."""
        ...

    def get(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes of an object from `offset`, all of them or at most `length`."""
        ...

    def stream(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The same in chunks of about a MiB; the object is opened before the first chunk is asked for."""
        ...

    def fetch(self, key: str, path: Path) -> None:
        """Copy an object into a local file, which appears whole or not at all."""
        ...

    def stat(self, key: str) -> Stored: ...

    def list(self, prefix: str) -> Iterator[Stored]:
        """Objects whose key begins so, by key."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that does not exist is no error."""
        ...

    def link(self, key: str, *, filename: str, media_type: str, expires_s: int) -> str:
        """A signed GET link, served as attachment under `filename`; anybody who has it can read until it expires."""
        ...

    def begin(self, key: str) -> str:
        """Begin a multipart object; returns its multipart id."""
        ...

    def part(self, key: str, multipart: str, number: int, data: bytes) -> str:
        """Write one part (all but the last ≥ 5 MiB), replacing one of the same number; returns its etag."""
        ...

    def complete(self, key: str, multipart: str, parts: Sequence[Part]) -> None:
        """Make the object from its parts; done again after it succeeded it changes nothing."""
        ...

    def abort(self, key: str, multipart: str) -> None:
        """Give up a multipart object; one that is gone is no error."""
        ...

    def unfinished(self, prefix: str) -> Iterator[Unfinished]:
        """Multipart objects that were begun under keys with this prefix and not ended."""
        ...

    def check(self) -> None:
        """Raises `Unavailable` when the store does not answer."""
        ...


def raw_key(file: str) -> str:
    """Key of a raw file."""
    return f"raw/{file}"


def tail_key(upload: str, nonce: str) -> str:
    """Key of what an upload keeps until it is large enough to be a part."""
    return f"tail/{upload}/{nonce}"


def table_key(run: str, attempt: str, file: str) -> str:
    """Key of a table that one attempt of an ingest run wrote; never overwritten by another attempt."""
    return f"tables/{run}/{attempt}/{file}"


def view_key(name: str, attempt: str) -> str:
    """Key of an object made for a view; its name tells whoever has a link nothing of where it came from."""
    return f"views/{name}/{attempt}"


def evaluation_key(sha256: str) -> str:
    """Key of an evaluation of a round, by its content."""
    return f"evaluations/{sha256}"


def report_key(sha256: str) -> str:
    """Key of a file of a report of a round, by its content."""
    return f"reports/{sha256}"
