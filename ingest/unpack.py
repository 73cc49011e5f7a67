"""A file that came packed, unpacked within bounds: zip (PKWARE APPNOTE 6.3.10) or gzip (RFC 1952) of one file."""

import contextlib
import gzip
import stat
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ingest.findings import shown
from ingest.limits import MIB, unpacked_bytes
from schemas.errors import SeveralCells, Unreadable

UNPACKED = ".unpacked-"
"""How temporary places begin."""
MEMBERS = 2000
LONGEST_NAME = 500
LEVELS = 2
"""So many archives may lie one in the other, as a zip of one `.csv.gz`."""
_PIECE = MIB
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b"
_CONTAINERS = (".ndax", ".xlsx", ".xlsm", ".docx", ".ods")
"""Names by which a damaged container is known, too."""
_NEVER_MEANT = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NAMES_OF_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}
_OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (257, b"ustar", "tar"),
)
"""Where which bytes stand in archives that are not unpacked."""


@dataclass(frozen=True)
class File:
    """A file to read: where its bytes are, its own name, and the archives around it, outermost first."""

    path: Path
    filename: str
    within: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Its name with the archives it lies in."""
        return "/".join((*self.within, self.filename))


def packed(start: bytes) -> bool:
    """Whether a file that begins so is zip or gzip, an office document or a cycler's own container included."""
    return start.startswith((*_ZIP, _GZIP))


@contextlib.contextmanager
def unpacked(path: Path, filename: str, member: str | None, folder: Path) -> Iterator[File]:
    """The file in the archive, in a temporary place below `folder`; a file that is no archive, as it is.

    Raises:
        SeveralCells: the archive holds several files and `member` names none of them.
        Unreadable: damaged, encrypted, too large, or of a kind that is not unpacked.
    """
    file = File(path, filename)
    _refuse_others(file)
    if not is_archive(path, filename):
        yield file
        return
    most = unpacked_bytes(path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix=UNPACKED, dir=folder) as room:
        for level in range(1, LEVELS + 1):
            file = _opened(file, member if level == 1 else None, Path(room) / str(level), most)
            _refuse_others(file)
            if not is_archive(file.path, file.filename):
                break
        else:
            raise Unreadable(f"“{file.shown}” is an archive in an archive in an archive: pack the test's file once.")
        yield file


def is_archive(path: Path, filename: str) -> bool:
    """Whether the file is to be unpacked: an office document or a Neware container is a zip, but no archive."""
    start = _start(path)
    if not packed(start) or filename.lower().endswith(_CONTAINERS):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return True
    return not any(name == "[Content_Types].xml" or name.endswith("data.ndc") for name in names)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(264)


def _refuse_others(file: File) -> None:
    start = _start(file.path)
    for offset, magic, name in _OTHERS:
        if start[offset:].startswith(magic):
            raise Unreadable(
                f"“{file.shown}” is packed by {name}, which is not unpacked here: "
                "pack it as zip or gz, or upload the files in it."
            )


def _opened(file: File, member: str | None, target: Path, most: int) -> File:
    gz = _start(file.path).startswith(_GZIP)
    try:
        return _from_gzip(file, target, most) if gz else _from_zip(file, member, target, most)
    except (Unreadable, MemoryError):
        raise
    except Exception as fault:
        # Libraries put decompressors of their own into zipfile and gzip, whose errors have no common name.
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        raise Unreadable(
            f"“{file.shown}” cannot be unpacked ({_why(fault)}): it is damaged or was cut off. "
            "Pack it again, or upload the file in it."
        ) from fault


def _why(fault: Exception) -> str:
    """The reason in words of ours: a library's may hold paths."""
    said = str(fault)
    if isinstance(fault, EOFError):
        return "it ends too early"
    if "CRC" in said or "Incorrect length" in said:
        return "a checksum differs"
    if isinstance(fault, zipfile.BadZipFile | gzip.BadGzipFile):
        return "it is no whole archive"
    return "its compressed bytes make no sense"


def _from_gzip(file: File, target: Path, most: int) -> File:
    inner = file.filename[:-3] if file.filename.lower().endswith(".gz") else file.filename
    with gzip.open(file.path) as source:
        _copy(source, target, most, file.shown)
    return File(target, inner or file.filename, (*file.within, file.filename))


def _from_zip(file: File, member: str | None, target: Path, most: int) -> File:
    with zipfile.ZipFile(file.path) as archive:
        one = _picked(archive, file, member)
        _check_member(one, file, most)
        with archive.open(one) as source:
            _copy(source, target, most, file.shown)
    return File(target, PurePosixPath(one.filename).name, (*file.within, file.filename))


def _picked(archive: zipfile.ZipFile, file: File, member: str | None) -> zipfile.ZipInfo:
    every = _members(archive, file)
    if not every:
        raise Unreadable(f"“{file.shown}” is an archive without a file in it.")
    if member is not None:
        if member not in every:
            raise Unreadable(f"“{file.shown}” holds no “{shown(member)}”; it holds {_some(list(every))}.")
        return every[member]
    if len(every) == 1:
        return next(iter(every.values()))
    if file.within:
        raise Unreadable(
            f"“{file.shown}” is an archive in an archive and holds {len(every)} files: pack them once, side by side."
        )
    raise SeveralCells(
        f"“{file.shown}” holds {len(every)} files: {_some(list(every))}. Pick one by `reading.member`, "
        "or split the dataset so that each becomes one of its own.",
        by="member",
        choices=tuple(every),
    )


def _members(archive: zipfile.ZipFile, file: File) -> dict[str, zipfile.ZipInfo]:
    """The files of the archive by name, in its order.

    Raises:
        Unreadable: too many, or a name that cannot be told from another or points out of the archive.
    """
    entries = archive.infolist()
    if len(entries) > MEMBERS:
        raise Unreadable(f"“{file.shown}” holds {len(entries)} files; at most {MEMBERS} are looked at. Pack fewer.")
    meant = [one for one in entries if not one.is_dir() and not _never_meant(one.filename)]
    for one in meant:
        mode = one.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise Unreadable(f"“{shown(one.filename)}” in “{file.shown}” is a link and no file: pack the file itself.")
        if _leads_out(one.filename):
            raise Unreadable(
                f"“{shown(one.filename)}” in “{file.shown}” is no plain name below the archive: pack it again."
            )
    [(name, times)] = Counter(one.filename for one in meant).most_common(1) or [("", 0)]
    if times > 1:
        raise Unreadable(f"“{file.shown}” holds “{name}” {times} times; which is meant cannot be told.")
    return {one.filename: one for one in meant}


def _never_meant(name: str) -> bool:
    """What operating systems leave in archives."""
    return name.startswith(_NEVER_MEANT[0]) or PurePosixPath(name).name in _NEVER_MEANT[1:]


def _leads_out(name: str) -> bool:
    parts = name.split("/")
    return (
        len(name) > LONGEST_NAME
        or not name.isprintable()
        or "\\" in name
        or ":" in parts[0]
        or any(part in ("", ".", "..") for part in parts)
    )


def _check_member(one: zipfile.ZipInfo, file: File, most: int) -> None:
    name = f"“{one.filename}” in “{file.shown}”"
    if one.flag_bits & 0x1:
        raise Unreadable(f"{name} is encrypted: pack it without a password.")
    if one.compress_type not in _METHODS:
        method = _NAMES_OF_METHODS.get(one.compress_type, f"method {one.compress_type}")
        raise Unreadable(f"{name} is packed by {method}, which is not unpacked here: pack it as plain zip.")
    if one.file_size > most:
        raise Unreadable(_too_large(name, most))


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, most: int, name: str) -> None:
    written = 0
    with target.open("wb") as out:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > most:
                raise Unreadable(_too_large(f"“{name}”", most))
            out.write(piece)


def _too_large(name: str, most: int) -> str:
    return (
        f"{name} unpacks to more than the {most // MIB} MB that an archive of its size may: "
        "upload the file in it, unpacked."
    )


def _some(names: list[str]) -> str:
    listed = ", ".join(f"“{name}”" for name in names[:5])
    return listed if len(names) <= 5 else f"{listed} and {len(names) - 5} more"
