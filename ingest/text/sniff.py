"""How a text file is written: encoding, delimiter, where its header stands, which decimal sign its rows use."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from ingest.reader import Head
from ingest.units import TABLE, unit
from schemas.errors import Unreadable

DELIMITERS = ("\t", ";", ",", "|")
HEADER_WITHIN_LINES = 200
_SAMPLE_BYTES = 65536
MOST_COLUMNS = 2000
"""More than a test has; whoever writes more has another file in mind."""
_DECIMAL = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
_BRACKETED = re.compile(r"\[[^\]]*\]")

IsHeader = Callable[[Sequence[str]], bool]
"""Decides from the cells of one line whether it is the header of a format."""


@dataclass(frozen=True)
class Opened:
    """A text file whose header was found; `line` is the header's 0-based line."""

    encoding: str
    delimiter: str
    line: int
    headings: tuple[str, ...]
    preamble: tuple[str, ...]


def encoding(start: bytes) -> str | None:
    """The codec of a text that begins so; None for what is no text (NUL bytes, control characters)."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\0" in start:
        return _utf16_without_mark(start)
    if _decodes(start, "utf-8"):
        return None if _CONTROL.search(start) else "utf-8"
    return "cp1252" if _decodes(start, "cp1252") and not _CONTROL.search(start) else None


def cr_alone(start: bytes) -> bool:
    """True where lines end with CR and no LF, so that all of the text would be one line."""
    return b"\r" in start and b"\n" not in start


def find_header(head: Head, is_header: IsHeader, within: int = HEADER_WITHIN_LINES) -> Opened | None:
    """The first line among so many whose cells the format calls its header; None when there is none."""
    for codec in codecs_of(head.start):
        for number, delimiter, cells in _candidates(head.start, codec, within):
            if is_header(cells):
                lines = decoded(head.start, codec).split("\n")[:number]
                return Opened(codec, delimiter, number, cells, tuple(text.rstrip("\r") for text in lines))
    return None


@lru_cache(maxsize=8)
def _candidates(start: bytes, codec: str, within: int) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Number, delimiter and cells of each line in each way to split it; remembered, as every format asks for them."""
    return tuple(
        (number, delimiter, tuple(split(line, delimiter)))
        for number, line in enumerate(decoded(start, codec).split("\n")[:within])
        for delimiter in DELIMITERS
        if delimiter in line
    )


@lru_cache(maxsize=8)
def codecs_of(start: bytes) -> tuple[str, ...]:
    """In which a header may be found: where it is no UTF text, a header of Chinese words shows that it is GB 18030."""
    if cr_alone(start):
        return ()
    codec = encoding(start)
    chinese = codec in (None, "cp1252") and _decodes(start, "gb18030") and not _CONTROL.search(start)
    found = (codec,) if codec else ()
    return (*found, "gb18030") if chinese else found


def only_comments(lines: Iterable[str]) -> bool:
    """True where every line is blank or begins with `#`."""
    return all(text.startswith("#") or not text for text in (line.strip(' ",;\t\r') for line in lines))


def units_below(head: Head, opened: Opened) -> Opened:
    """The header with the units of the line below it, where that line holds nothing but units, in brackets or bare."""
    lines = decoded(head.start, opened.encoding).split("\n")[opened.line + 1 :][:1]
    units = split(lines[0], opened.delimiter) if lines else []
    named = [_bracketed(cell.strip()) for cell in units]
    if not any(re.search(r"[^\W\d_]", cell) for cell in units) or None in named:
        return opened
    headings = zip_longest(opened.headings, named, fillvalue="")
    return replace(opened, line=opened.line + 1, headings=tuple(f"{name} {unit}".strip() for name, unit in headings))


def _bracketed(cell: str) -> str | None:
    """A unit in square brackets; None for what is none."""
    if not cell or _BRACKETED.fullmatch(cell):
        return cell
    bare = cell.strip("()")
    return f"[{bare}]" if any(unit(bare, ucum) is not None for ucum in TABLE) else None


def decoded(raw: bytes, codec: str) -> str:
    """Text of some bytes of the file; a character cut at the end is dropped, a wrong one replaced."""
    return codecs.getincrementaldecoder(codec)(errors="replace").decode(raw).removeprefix("\ufeff")


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line; quotes are honoured."""
    text = line.rstrip("\r\n")
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def sample(head: Head, opened: Opened) -> list[list[str]]:
    """Rows of the file's width from its beginning, middle and end, as cells; remarks and cut lines must not decide.

    Raises:
        Unreadable: there are no rows, too many columns, or the rows do not have the header's columns.
    """
    if len(opened.headings) > MOST_COLUMNS:
        raise Unreadable(
            f"Line {opened.line + 1} has {len(opened.headings)} columns and a test has at most {MOST_COLUMNS}: "
            "check the delimiter of the export."
        )
    lines = decoded(head.start, opened.encoding).split("\n")[opened.line + 1 :]
    if head.size > len(head.start):
        lines = lines[:-1]
        for offset in (head.size // 2, head.size - _SAMPLE_BYTES):
            lines += _lines_at(head, opened.encoding, offset)
    rows = [split(line, opened.delimiter) for line in lines if line.strip()]
    if not rows:
        raise Unreadable(
            f"The file ends after its header (line {opened.line + 1}) without a single row of data: export it again."
        )
    cells = width(rows, opened.headings)
    if cells is None:
        raise _another_width(rows, opened)
    return [row for row in rows if len(row) == cells]


def _lines_at(head: Head, codec: str, offset: int) -> list[str]:
    offset = max(offset - offset % 2, len(head.start))
    with head.path.open("rb") as file:
        file.seek(offset)
        text = decoded(file.read(_SAMPLE_BYTES), codec)
    return text.split("\n")[1:-1]


def width(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> int | None:
    """How many cells most rows have; delimiters behind the last heading or cell do not matter. None: no row fits."""
    named = next((at for at in range(len(headings), 0, -1) if headings[at - 1].strip()), 0)
    full = len(headings)
    fitting = Counter(
        len(row)
        for row in rows
        if len(row) == full or (len(row) >= named and not any(cell.strip() for cell in row[named:]))
    )
    return max(fitting, key=lambda cells: (fitting[cells], cells == full), default=None)


def _another_width(rows: Sequence[Sequence[str]], opened: Opened) -> Unreadable:
    said = f"Line {opened.line + 1} has {len(opened.headings)} headings but the rows below have {len(rows[0])} cells: "
    if opened.delimiter == "," and not any(_DECIMAL.fullmatch(cell.strip()) for cell in rows[0]):
        said += "decimal commas cannot be told from the commas between columns; "
        return Unreadable(said + "export the file with semicolons or tabs between the columns.")
    said += "which cell belongs to which heading cannot be told; "
    return Unreadable(
        said + "export the file again with a heading for every column, or write the missing ones into it."
    )


def _decodes(start: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(start)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(start: bytes) -> str | None:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
