"""Files that stand whole or not at all, also after a power cut, and what to say when the disk fails."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from schemas.errors import NotFound, Unavailable

ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
CHUNK = 1 << 20


def settle(fresh: Path, target: Path) -> None:
    """Make a written file the target, replacing what stands there; its folder must exist."""
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """Make a folder with its parents, so that they are there after a power cut too."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def append(source: Path, target: BinaryIO) -> None:
    """Copy a file to the end of another, inside the kernel; on some file systems without moving a byte."""
    with source.open("rb") as piece:
        left = os.fstat(piece.fileno()).st_size
        target.flush()
        while left:
            copied = _copy(piece.fileno(), target.fileno(), left)
            if copied == 0:
                raise OSError(f"{source.name} became shorter while it was copied")
            left -= copied


def chunks(file: BinaryIO, offset: int, length: int | None) -> Iterator[bytes]:
    """Bytes of an open file from `offset` in chunks of a MiB; closes it at the end."""
    with file, named_failures(""):
        file.seek(offset)
        left = length
        while left is None or left > 0:
            chunk = file.read(CHUNK if left is None else min(CHUNK, left))
            if not chunk:
                return
            left = None if left is None else left - len(chunk)
            yield chunk


@contextlib.contextmanager
def named_failures(key: str) -> Iterator[None]:
    """`NotFound` for what is absent, `Unavailable` for a disk that is full or fails."""
    try:
        with writing():
            yield
    except Unavailable as unavailable:
        if isinstance(unavailable.__cause__, ABSENT):
            raise NotFound(f"There is no object {key}.") from unavailable.__cause__
        raise


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """`Unavailable` for a disk that is full or fails, and for a store whose folders are gone."""
    try:
        yield
    except OSError as failure:
        raise Unavailable("The object folder is full or out of reach; nothing was half-written.") from failure


def _copy(source: int, target: int, count: int) -> int:
    if hasattr(os, "copy_file_range"):
        with contextlib.suppress(OSError):  # Not between these file systems; sendfile always can.
            return os.copy_file_range(source, target, count)
    return os.sendfile(target, source, None, count)
