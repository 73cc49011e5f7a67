"""Zipped: an archive made while it is sent, out of files that are read while it is made; nothing is kept on disk."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.delivery.outgoing import Outgoing
from schemas.errors import Unavailable

_FIRST: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that the format can write."""
_PACKED: Final = (".parquet", ".zip", ".gz", ".xlsx", ".ndax", ".7z", ".h5")
"""What is packed by itself is stored as it is."""


MANIFEST: Final = "manifest-sha256.txt"


@dataclass(frozen=True)
class Packed:
    """A file of the archive: its path in its folder, and its bytes, which are asked for when their turn comes.

    `sha256` and `bytes`, where they are known, are compared with what was read.
    """

    path: str
    content: Iterable[bytes]
    at: datetime
    sha256: str | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Folder:
    """Files that belong together, in a folder of this name, or (empty) in the archive itself."""

    name: str
    files: Iterable[Packed]
    at: datetime


def zipped(folders: Iterable[Folder]) -> Iterator[bytes]:
    """The archive in pieces; last in each folder comes a list of checksums in the form of `sha256sum`.

    `Unavailable` when a file is not as it was kept: the archive breaks off, so that nobody takes it for whole.
    """
    sink = Outgoing()
    with zipfile.ZipFile(sink, "w", allowZip64=True) as archive:
        for folder in folders:
            sums: list[str] = []
            for one in folder.files:
                for _ in _write(archive, folder, one, sums):
                    yield from sink.pieces()
            listed = Packed(MANIFEST, ["".join(sums).encode()], folder.at)
            for _ in _write(archive, folder, listed, sums):
                yield from sink.pieces()
    yield from sink.pieces()


def _write(archive: zipfile.ZipFile, folder: Folder, one: Packed, sums: list[str]) -> Iterator[None]:
    """Write a file piece by piece and add its checksum to the list."""
    digest, count = hashlib.sha256(), 0
    path = f"{folder.name}/{one.path}" if folder.name else one.path
    with archive.open(_entry(path, one.at), "w", force_zip64=True) as entry:
        for piece in one.content:
            digest.update(piece)
            count += len(piece)
            entry.write(piece)
            yield
    if one.sha256 not in (None, digest.hexdigest()) or one.bytes not in (None, count):
        raise Unavailable(f"The file {one.path} is not as it was kept; nothing of it is handed out.")
    sums.append(f"{digest.hexdigest()}  {one.path}\n")


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(path, max(_FIRST, at.timetuple()[:6]))
    made.compress_type = zipfile.ZIP_STORED if path.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    made._compresslevel = 1  # type: ignore[attr-defined]  # its public name came with Python 3.13
    made.external_attr = 0o644 << 16
    return made
