"""Workbooks (.xlsx, .xlsm, .xls): their sheets as rows of cells, opened only once their size is known to be bounded."""

import datetime as dt
import io
import mmap
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingest.limits import MIB
from ingest.reader import Head
from ingest.workbook.bounds import check_archive, check_span, is_zip, opening
from schemas.errors import Unreadable

Cell = str | int | float | bool | dt.time | dt.date | dt.datetime | dt.timedelta
"""What a cell holds; one without value, or with an error such as #N/A, is ""."""

HEAD_ROWS = 200
"""So many first rows of a sheet are seen without loading it."""
_HEAD_BYTES = 4 * MIB
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEET = re.compile(r"(^|/)worksheets/[^/]+\.xml$", re.IGNORECASE)
_LEFT_OUT = re.compile(r"(^|/)(drawings|charts|media|theme|externalLinks|pivot\w*|customXml|docProps)/", re.IGNORECASE)
_ROW_END = re.compile(rb"</(?:\w+:)?row>|<(?:\w+:)?row\b[^>]*/>")


@dataclass(frozen=True)
class Sheet:
    """A sheet and its first rows as text, row by row from the sheet's first; `hidden` sheets show only when asked."""

    name: str
    hidden: bool
    head: tuple[tuple[str, ...], ...]


def is_workbook(head: Head) -> bool:
    """True for the three kinds of workbook, by their content."""
    if head.start.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(head.path) as archive:
                return any(name.lower() == "xl/workbook.xml" for name in archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
            return head.filename.lower().endswith((".xlsx", ".xlsm"))
    if not head.start.startswith(_OLE):
        return False
    with head.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        streams = ("Workbook\0", "Book\0", "EncryptedPackage\0")
        return any(whole.find(name.encode("utf-16-le")) >= 0 for name in streams)


def sheets(path: Path) -> tuple[Sheet, ...]:
    """The sheets of a workbook in its order, charts left out.

    Raises:
        Unreadable: it is protected by a password, damaged, or would unpack to more than a workbook of a test holds.
    """
    stat = path.stat()
    found = _sheets(path, stat.st_mtime_ns, stat.st_size)
    if isinstance(found, Unreadable):
        raise Unreadable(found.message) from found.__cause__
    return found


def rows(path: Path, sheet: str) -> Iterator[list[Cell]]:
    """The rows of a sheet from its row 1 on, blank ones too, without columns on the left that are empty throughout.

    Raises:
        Unreadable: as `sheets`; the sheet has more cells than memory holds.
    """
    check_archive(path)
    check_span(path, sheet)
    with opening(), path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
        yield from book.get_sheet_by_name(sheet).iter_rows()


def counts_from_1904(path: Path) -> bool:
    """True where day numbers without the format of a date count from 1 January 1904; dates are right either way."""
    if not is_zip(path):
        return False
    with opening(), zipfile.ZipFile(path) as archive:
        name = next((name for name in archive.namelist() if name.lower() == "xl/workbook.xml"), None)
        if name is None:
            return False
        with archive.open(name) as file:
            return re.search(rb'\bdate1904\s*=\s*"(1|true|on)"', file.read(_HEAD_BYTES)) is not None


def text(cell: Cell) -> str:
    """A cell as text on one line that loses no digit: numbers as short as they can be, clock times as ISO.

    A time span, or a date before 1904 (which is one that was formatted as a time of day), is h:mm:ss.
    """
    # Most cells are numbers, and there are millions.
    if isinstance(cell, float):
        return repr(cell) if cell % 1 or not -(2**53) < cell < 2**53 else str(int(cell))
    if isinstance(cell, str):
        return cell if cell.isprintable() else " ".join(cell.split())
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, dt.timedelta):
        return _span(cell)
    if isinstance(cell, dt.time):
        return _span(dt.datetime.combine(dt.date.min, cell) - dt.datetime.combine(dt.date.min, dt.time()))
    if cell.year < 1904 and (days := _days_of_early_date(cell)) is not None:
        return _span(days)
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else cell.isoformat()


def _span(length: dt.timedelta) -> str:
    """Hours that run on beyond 24, minutes and seconds."""
    if length < dt.timedelta():
        return "-" + _span(-length)
    seconds, micros = divmod(length // dt.timedelta(microseconds=1), 1_000_000)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _days_of_early_date(day: dt.date) -> dt.timedelta | None:
    """The days that a date of 1900 to 1903 stands for; none for the one that the calendar of workbooks has twice."""
    moment = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
    if (moment.year, moment.month, moment.day) == (1900, 2, 28):
        return None
    # That calendar has a 29 February 1900, which never was.
    zero = dt.datetime(1899, 12, 31) if moment < dt.datetime(1900, 2, 28) else dt.datetime(1899, 12, 30)
    return moment - zero


@lru_cache(maxsize=4)
def _sheets(path: Path, changed: int, size: int) -> tuple[Sheet, ...] | Unreadable:
    """Cached, as every reader of workbooks asks; `changed` and `size` tell a file from a later one of the same name."""
    try:
        check_archive(path)
        with opening(), _short(path) as file, CalamineWorkbook.from_filelike(file) as book:
            return tuple(
                Sheet(one.name, one.visible is not SheetVisibleEnum.Visible, _head(book, one.name))
                for one in book.sheets_metadata
                if one.typ is SheetTypeEnum.WorkSheet
            )
    except Unreadable as refusal:
        return refusal


def _head(book: CalamineWorkbook, name: str) -> tuple[tuple[str, ...], ...]:
    first = zip(range(HEAD_ROWS), book.get_sheet_by_name(name).iter_rows(), strict=False)
    return tuple(tuple(text(cell) for cell in row) for _, row in first)


def _short(path: Path) -> IO[bytes]:
    """The workbook, cut short where it is an archive."""
    return _cut(path) if is_zip(path) else path.open("rb")


def _cut(path: Path) -> io.BytesIO:
    """The workbook with only the first rows of each sheet, so that looking at one costs no more than its strings."""
    short = io.BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(short, "w") as out:
        for member in whole.infolist():
            if _SHEET.search(member.filename):
                with whole.open(member) as unpacked:
                    out.writestr(member.filename, _first_rows(unpacked.read(_HEAD_BYTES), member.file_size))
            elif member.filename.lower().endswith((".xml", ".rels")) and not _LEFT_OUT.search(member.filename):
                out.writestr(member.filename, whole.read(member))
    short.seek(0)
    return short


def _first_rows(start: bytes, size: int) -> bytes:
    opening = re.search(rb"<((?:\w+:)?)sheetData\b[^>]*[^/]?>", start)
    ends = [found.end() for _, found in zip(range(HEAD_ROWS), _ROW_END.finditer(start), strict=False)]
    if opening is None or not ends or (len(ends) < HEAD_ROWS and size <= len(start)):
        return start
    prefix = opening[1]
    return start[: ends[-1]] + b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
