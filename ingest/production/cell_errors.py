"""Errors of a spreadsheet's formulas, such as #DIV/0!: they come as empty cells and must not pass as none."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ingest.limits import MIB
from ingest.workbook.bounds import is_zip, member_of, opening

_CELL = re.compile(rb"<c\b([^>]*)>(?:(?!<c\b).)*$", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_SHOWN = re.compile(rb"<v>([^<]*)")
_CELL_END = b"</c>"


def cell_errors(path: Path, sheet: str) -> Iterator[tuple[int, str, str]]:
    """Row, letters of the column and error of every such cell of an .xlsx; an .xls is not looked into."""
    if not is_zip(path):
        return
    with opening(), zipfile.ZipFile(path) as archive:
        member = member_of(archive, sheet)
        if member is None:
            return
        with archive.open(member) as unpacked:
            rest = b""
            while block := unpacked.read(MIB):
                *cells, rest = (rest + block).split(_CELL_END)
                yield from (found for cell in cells if b't="e"' in cell for found in _error(cell))
                rest = rest[-MIB:]


def _error(cell: bytes) -> Iterator[tuple[int, str, str]]:
    tag = _CELL.search(cell)
    place = _PLACE.search(tag[1]) if tag and b't="e"' in tag[1] else None
    if place is not None:
        shown = _SHOWN.search(cell)
        yield int(place[2]), place[1].decode(), shown[1].decode(errors="replace") if shown else "error"
