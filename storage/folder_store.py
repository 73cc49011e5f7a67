"""The object store of the embedded default: a folder, with the same behaviour as an S3 server."""

import contextlib
import errno
import hashlib
import hmac
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlencode

from schemas.errors import Denied, NotFound, Unavailable
from storage.objects import Part, Stored, Unfinished

_KEY = re.compile(r"^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$")
_CHUNK = 1 << 20
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class FolderStore:
    """Objects as files under `folder/objects`; what is being written stands under `folder/incoming` until complete."""

    def __init__(self, folder: Path, secret: bytes, base_url: str) -> None:
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        self._parts = folder / "parts"
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        for place in (self._objects, self._incoming, self._parts):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, key: str, data: bytes | Path) -> None:
        target = self._path(key)
        with _named_failures(key), self._new_file() as fresh:
            if isinstance(data, bytes):
                fresh.write_bytes(data)
            else:
                shutil.copyfile(data, fresh)
            _settle(fresh, target)

    def get(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        with _named_failures(key), self._path(key).open("rb") as file:
            file.seek(offset)
            return file.read(-1 if length is None else length)

    def stream(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        with _named_failures(key):
            file = self._path(key).open("rb")
        return _chunks(file, offset, length)

    def fetch(self, key: str, path: Path) -> None:
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            with _named_failures(key):
                shutil.copyfile(self._path(key), fresh)
                fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def stat(self, key: str) -> Stored:
        with _named_failures(key):
            path = self._path(key)
            found = path.stat()
            if not path.is_file():
                raise NotFound(f"There is no object {key}.")
        return Stored(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def list(self, prefix: str) -> Iterator[Stored]:
        folder = self._objects / prefix.rpartition("/")[0]
        names = sorted(path.relative_to(self._objects).as_posix() for path in folder.rglob("*") if path.is_file())
        for name in names:
            if name.startswith(prefix):
                with contextlib.suppress(NotFound):  # Deleted since it was listed.
                    yield self.stat(name)

    def delete(self, key: str) -> None:
        with _named_failures(key):
            path = self._path(key)
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.parent.rmdir()

    def link(self, key: str, *, filename: str, media_type: str, expires_s: int) -> str:
        self._path(key)
        expires = int(datetime.now(UTC).timestamp()) + expires_s
        signature = self._signature(key, expires, filename, media_type)
        query = {"expires": expires, "name": filename, "type": media_type, "signature": signature}
        return f"{self._base_url}/blobs/{quote(key)}?{urlencode(query)}"

    def open_link(self, key: str, expires: int, name: str, type: str, signature: str, now: datetime) -> Path:
        """The file behind a link; `Denied` for one that is tampered with or has ended, `NotFound` when it is gone."""
        expected = self._signature(key, expires, name, type)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape")):
            raise Denied("This link is not one that this server gave out. Ask for a new one.")
        if now.timestamp() >= expires:
            raise Denied("This link has ended. Ask for a new one.")
        path = self._path(key)
        if not path.is_file():
            raise NotFound("The file behind this link is no longer there.")
        return path

    def begin(self, key: str) -> str:
        self._path(key)
        multipart = secrets.token_hex(16)
        with _named_failures(key):
            (self._parts / multipart).mkdir()
            (self._parts / multipart / "key").write_text(key)
            _sync_folder(self._parts)
        return multipart

    def part(self, key: str, multipart: str, number: int, data: bytes) -> str:
        folder = self._multipart(multipart)
        with _named_failures(key), self._new_file() as fresh:
            if not folder.is_dir():
                raise NotFound(f"There is no multipart object {multipart}.")
            fresh.write_bytes(data)
            _settle(fresh, folder / f"{number:05}")
        return hashlib.md5(data, usedforsecurity=False).hexdigest()

    def complete(self, key: str, multipart: str, parts: Sequence[Part]) -> None:
        folder, target = self._multipart(multipart), self._path(key)
        with _named_failures(key):
            if not folder.is_dir():
                if target.is_file():
                    return  # Completed before; the answer to that was lost.
                raise NotFound(f"There is no multipart object {multipart}.")
            with self._new_file() as fresh:
                with fresh.open("wb") as whole:
                    for part in parts:
                        with (folder / f"{part.number:05}").open("rb") as piece:
                            shutil.copyfileobj(piece, whole, _CHUNK)
                _settle(fresh, target)
            shutil.rmtree(folder, ignore_errors=True)

    def abort(self, key: str, multipart: str) -> None:
        shutil.rmtree(self._multipart(multipart), ignore_errors=True)

    def unfinished(self, prefix: str) -> Iterator[Unfinished]:
        for folder in sorted(self._parts.iterdir()):
            with contextlib.suppress(*_ABSENT):
                key = (folder / "key").read_text()
                if key.startswith(prefix):
                    begun = datetime.fromtimestamp((folder / "key").stat().st_mtime, UTC)
                    yield Unfinished(key, folder.name, begun)

    def check(self) -> None:
        with _named_failures(""):
            list(self._objects.glob("*"))
            if not os.access(self._objects, os.W_OK):
                raise Unavailable("The object folder cannot be written.")

    def _path(self, key: str) -> Path:
        if len(key) > 300 or _KEY.match(key) is None:
            raise NotFound("There is no such object.")
        return self._objects / key

    def _multipart(self, multipart: str) -> Path:
        if re.fullmatch(r"[0-9a-f]{32}", multipart) is None:
            raise NotFound(f"There is no multipart object {multipart[:40]}.")
        return self._parts / multipart

    def _signature(self, key: str, expires: int, name: str, type: str) -> str:
        signed = "\0".join(("link", key, str(expires), name, type)).encode("utf-8", "surrogateescape")
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()

    @contextlib.contextmanager
    def _new_file(self) -> Iterator[Path]:
        fresh = self._incoming / secrets.token_hex(16)
        try:
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)


def _settle(fresh: Path, target: Path) -> None:
    """Make the written file the target, so that after a power cut it stands whole or not at all."""
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    while True:
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # A delete took the empty folder away meanwhile.
            fresh.replace(target)
            break
        if not fresh.exists():
            raise FileNotFoundError(errno.ENOENT, "the written file is gone")
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _chunks(file: BinaryIO, offset: int, length: int | None) -> Iterator[bytes]:
    with file:
        file.seek(offset)
        left = length
        while left is None or left > 0:
            chunk = file.read(_CHUNK if left is None else min(_CHUNK, left))
            if not chunk:
                return
            left = None if left is None else left - len(chunk)
            yield chunk


@contextlib.contextmanager
def _named_failures(key: str) -> Iterator[None]:
    try:
        yield
    except _ABSENT as absent:
        raise NotFound(f"There is no object {key}.") from absent
    except OSError as failure:
        raise Unavailable("The object folder is full or out of reach; nothing was half-written.") from failure
