"""What a workbook may hold: looked up in its archive before it is opened, as a few bytes can unpack to gigabytes."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from python_calamine import PasswordError

from ingest.limits import GIB, MIB
from schemas.errors import Unreadable

MOST_MEMBERS = 10_000
MOST_BYTES = 4 * GIB
MOST_STRINGS_BYTES = 512 * MIB
MOST_RATIO = 400
MOST_COLUMNS = 702
MOST_CELLS = 24_000_000
"""A sheet takes 56 bytes of memory for each cell of the rectangle that its cells span."""
_BOMB_FROM = 16 * MIB
_SMALL = MIB
_TAG_BYTES = 200
_WIDE = re.compile(rb'"([A-Z]{2,3})\d')
_ROW = re.compile(rb'row [^>]{0,100}?\br="(\d{1,7})"')


@contextmanager
def opening() -> Iterator[None]:
    """Whatever a damaged workbook makes the libraries raise becomes one refusal.

    Raises:
        Unreadable: as it comes, or in place of any other failure.
    """
    try:
        yield
    except Unreadable:
        raise
    except PasswordError as fault:
        raise Unreadable("The workbook is protected by a password: save it without one and upload it again.") from fault
    except BaseException as fault:
        # The reading library's own panics are no `Exception`.
        if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
            raise
        raise Unreadable(
            f"The workbook cannot be opened ({(str(fault) or type(fault).__name__)[:120]}): it may be damaged or cut "
            "off. Save it again as .xlsx, or the sheet with the records as csv."
        ) from fault


def is_zip(path: Path) -> bool:
    """True where the workbook is an archive (.xlsx, .xlsm)."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def check_archive(path: Path) -> None:
    """Look at the archive's directory alone.

    Raises:
        Unreadable: it would unpack to more than a workbook of a test holds.
    """
    if not is_zip(path):
        return
    with opening(), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_BYTES:
        raise Unreadable(
            f"The workbook has {len(members)} parts that unpack to {unpacked / MIB:.0f} MB; at most {MOST_MEMBERS} "
            f"parts and {MOST_BYTES // MIB} MB are read. Export the records as csv."
        )
    for member in members:
        strings = member.filename.lower().endswith("sharedstrings.xml") and member.file_size > MOST_STRINGS_BYTES
        ratio = member.file_size / max(member.compress_size, 1)
        if strings or (member.file_size > _BOMB_FROM and ratio > MOST_RATIO):
            raise Unreadable(
                f"The part “{member.filename[:80]}” of the workbook unpacks to {member.file_size / MIB:.0f} MB, "
                f"{ratio:.0f} times its size: no workbook of a test does so. Export the records as csv."
            )


def check_span(path: Path, sheet: str) -> None:
    """Count the cells of a sheet without loading it.

    Raises:
        Unreadable: they are more than `MOST_CELLS`, or span a rectangle that memory cannot hold.
    """
    if not is_zip(path):
        return
    with opening(), zipfile.ZipFile(path) as archive:
        member = member_of(archive, sheet)
        if member is None:
            return
        with archive.open(member) as unpacked:
            cells, rows, columns = _span(unpacked)
    if max(cells, rows * columns) > MOST_CELLS or columns > MOST_COLUMNS:
        raise Unreadable(
            f"The sheet “{sheet}” has {cells} cells within {rows} rows and {columns} columns; at most {MOST_CELLS} in "
            f"{MOST_COLUMNS} columns are read from a workbook. Export the records as csv."
        )


def _span(sheet: IO[bytes]) -> tuple[int, int, int]:
    """Cells, rows and columns of a sheet; columns up to Z count as 26, as more than that is rare."""
    cells, last, letters, tail = 0, 0, {b"Z"}, b""
    while block := sheet.read(MIB):
        cells += block.count(b"<c ") or block.count(b":c ")
        text = tail + block
        letters.update(_WIDE.findall(text))
        row = _ROW.match(text, text.rfind(b"row "))
        last = max(last, int(row[1]) if row else 0)
        tail = text[-_TAG_BYTES:]
    widest = max(letters, key=lambda name: (len(name), name))
    return cells, last, reduce(lambda count, letter: count * 26 + letter - ord("A") + 1, widest, 0)


def member_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the archive that holds the sheet; None where the workbook does not say so in the usual way."""
    names = {name.lower(): name for name in archive.namelist()}
    parts = [names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")]
    texts = [archive.read(part) for part in parts if part and archive.getinfo(part).file_size < _SMALL]
    if len(texts) != 2 or any(b"<!DOCTYPE" in one for one in texts):
        return None
    book, links = (ElementTree.fromstring(one) for one in texts)
    link = next(
        (
            value
            for element in book.iter()
            if element.tag.endswith("}sheet") and element.get("name") == sheet
            for name, value in element.items()
            if name.endswith("}id")
        ),
        None,
    )
    target = next((one.get("Target", "") for one in links if one.get("Id") == link), "")
    return names.get((target[1:] if target.startswith("/") else f"xl/{target}").lower())
