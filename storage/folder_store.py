"""The object store of the embedded default: a folder, with the same behaviour as an S3 server."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from schemas.errors import Denied, NotFound
from storage.disk import ABSENT, append, chunks, make_folder, named_failures, settle, sync_folder, writing
from storage.objects import Part, Stored, Unfinished

_KEY = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_LEFT_BEHIND_S = 24 * 3600
"""What is this old and still being written was left by a process that died."""


class FolderStore:
    """Objects as files under `folder/objects`; what is being written stands under `folder/incoming` until complete."""

    def __init__(self, folder: Path, secret: bytes, base_url: str) -> None:
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        self._parts = folder / "parts"
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        for place in (self._objects, self._incoming, self._parts):
            make_folder(place)
        self._clear(time.time() - _LEFT_BEHIND_S)

    def put(self, key: str, data: bytes | Path) -> None:
        target = self._path(key)
        with writing(), self._new_file() as fresh:
            if isinstance(data, bytes):
                fresh.write_bytes(data)
            else:
                shutil.copyfile(data, fresh)
            _place(fresh, target)

    def get(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        with named_failures(key), self._path(key).open("rb") as file:
            file.seek(offset)
            return file.read(-1 if length is None else length)

    def stream(self, key: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        with named_failures(key):
            file = self._path(key).open("rb")
        return chunks(file, offset, length)

    def fetch(self, key: str, path: Path) -> None:
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            with named_failures(key):
                shutil.copyfile(self._path(key), fresh)
                fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def stat(self, key: str) -> Stored:
        with named_failures(key):
            path = self._path(key)
            found = path.stat()
            if not path.is_file():
                raise NotFound(f"There is no object {key}.")
        return Stored(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def list(self, prefix: str) -> Iterator[Stored]:
        folder = self._objects / prefix.rpartition("/")[0]
        with named_failures(prefix):
            names = sorted(
                (Path(place) / file).relative_to(self._objects).as_posix()
                for place, _, files in os.walk(folder, onerror=_unless_absent)
                for file in files
            )
        for name in names:
            if name.startswith(prefix):
                with contextlib.suppress(NotFound):  # Deleted since it was listed.
                    yield self.stat(name)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with contextlib.suppress(NotFound), named_failures(key):
            path.unlink()
        with contextlib.suppress(OSError):  # Folders that others still use are not empty.
            while (path := path.parent) != self._objects:
                path.rmdir()

    def link(self, key: str, *, filename: str, media_type: str, expires_s: int) -> str:
        self._path(key)
        expires = int(datetime.now(UTC).timestamp()) + expires_s
        signature = self._signature(key, expires, filename, media_type)
        query = {"expires": expires, "name": filename, "type": media_type, "signature": signature}
        return f"{self._base_url}/blobs/{quote(key)}?{urlencode(query)}"

    def open_link(self, key: str, expires: int, name: str, type: str, signature: str, now: datetime) -> Path:
        """The file behind a link; `Denied` for one that is tampered with or has ended, `NotFound` when it is gone."""
        expected = self._signature(key, expires, name, type)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
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
        with writing():
            fresh = self._incoming / multipart
            fresh.mkdir(mode=0o700)
            (fresh / "key").write_text(key)
            settle(fresh / "key", fresh / "key")
            fresh.rename(self._parts / multipart)
            sync_folder(self._parts)
        return multipart

    def part(self, key: str, multipart: str, number: int, data: bytes) -> str:
        folder = self._multipart(multipart)
        with named_failures(multipart), self._new_file() as fresh:
            fresh.write_bytes(data)
            settle(fresh, folder / f"{number:05}")
        return hashlib.md5(data, usedforsecurity=False).hexdigest()

    def complete(self, key: str, multipart: str, parts: Sequence[Part]) -> None:
        folder, target = self._multipart(multipart), self._path(key)
        if not folder.is_dir():
            # Completed before, and the answer to that was lost; the size tells it from another object of that key.
            if self.stat(key).bytes == sum(part.bytes for part in parts):
                return
            raise NotFound(f"There is no multipart object {multipart}.")
        with named_failures(key), self._new_file() as fresh:
            with fresh.open("wb") as whole:
                for part in parts:
                    append(folder / f"{part.number:05}", whole)
            _place(fresh, target)
        self.abort(key, multipart)

    def abort(self, key: str, multipart: str) -> None:
        ended = self._incoming / secrets.token_hex(16)
        with contextlib.suppress(NotFound), named_failures(key):
            # Renamed first: it is there with all its parts or not at all.
            self._multipart(multipart).rename(ended)
            shutil.rmtree(ended)

    def unfinished(self, prefix: str) -> Iterator[Unfinished]:
        with named_failures(prefix):
            folders = sorted(self._parts.iterdir())
        for folder in folders:
            with contextlib.suppress(NotFound), named_failures(prefix):
                key, begun = (folder / "key").read_text(), (folder / "key").stat().st_mtime
                if key.startswith(prefix):
                    yield Unfinished(key, folder.name, datetime.fromtimestamp(begun, UTC))

    def check(self) -> None:
        with writing(), self._new_file() as fresh:
            fresh.write_bytes(b"?")

    def _path(self, key: str) -> Path:
        if len(key) > 300 or _KEY.fullmatch(key) is None:
            raise NotFound("There is no such object.")
        return self._objects / key

    def _multipart(self, multipart: str) -> Path:
        if re.fullmatch(r"[0-9a-f]{32}", multipart) is None:
            raise NotFound(f"There is no multipart object {multipart[:40]}.")
        return self._parts / multipart

    def _signature(self, key: str, expires: int, name: str, type: str) -> str:
        # Encoded like a query, so that no two sets of values give the same bytes.
        fields = {"key": key, "expires": expires, "name": name, "type": type}
        signed = "link?" + urlencode(fields, errors="surrogatepass")
        return hmac.new(self._secret, signed.encode(), hashlib.sha256).hexdigest()

    @contextlib.contextmanager
    def _new_file(self) -> Iterator[Path]:
        fresh = self._incoming / secrets.token_hex(16)
        try:
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)

    def _clear(self, before: float) -> None:
        for path in self._incoming.iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _place(fresh: Path, target: Path) -> None:
    """Settle an object; its folder may be taken away by a delete meanwhile, then it is made again."""
    while True:
        try:
            make_folder(target.parent)
            return settle(fresh, target)
        except FileNotFoundError:
            if not fresh.exists():
                raise


def _unless_absent(failure: OSError) -> None:
    if not isinstance(failure, ABSENT):
        raise failure
