"""A file read up to a declared row: what stands behind it is neither parsed nor judged, and is counted."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from ingest.reader import Head, Reading
from ingest.text import sniff
from schemas.errors import Unreadable
from schemas.report import Problem, Severity

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """The beginning of a file; `left` is how many lines of text stand behind it, None for what is no text."""

    head: Head
    last_row: int | None = None
    left: int | None = None


@contextmanager
def upto(head: Head, last_row: int | None) -> Iterator[Part]:
    """The file up to this line, in a copy where it is text; other files come whole, `rows` cuts them.

    Raises:
        Unreadable: as within, with the declared row in the sentence.
    """
    codec = sniff.encoding(head.start)
    if last_row is None or codec is None:
        yield Part(head, last_row)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "beginning"
        left = _copied(head.path, path, codec, last_row)
        with path.open("rb") as file:
            start = file.read(len(head.start))
        try:
            yield Part(Head(path, head.filename, path.stat().st_size, start), last_row, left)
        except Unreadable as refusal:
            refusal.message = f"{refusal.message} (It was read up to row {last_row}, as declared.)"
            refusal.args = (refusal.message,)
            raise


def rows(batches: Iterator[pa.RecordBatch], reading: Reading, part: Part) -> Iterator[pa.RecordBatch]:
    """The batches of a reading up to the declared row, and the note that says what is left out."""
    if part.last_row is None:
        yield from batches
        return
    if part.left is not None:
        yield from batches
        reading.problems.append(_note(part.last_row, part.left, "lines"))
        return
    first = left = 0
    for batch in batches:
        keep = _before(reading, first, batch.num_rows, part.last_row)
        first, left = first + batch.num_rows, left + batch.num_rows - keep
        reading.rows_in -= batch.num_rows - keep
        if keep:
            yield batch.slice(0, keep)
    if reading.left_out is None:
        reading.problems[:] = [one for one in reading.problems if one.row is None or one.row <= part.last_row]
    reading.problems.append(_note(part.last_row, left + (reading.left_out or 0), "records"))


def _before(reading: Reading, first: int, count: int, last_row: int) -> int:
    """How many of these records stand at or before the row; numbers grow with the records."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if reading.line_of(first + middle) <= last_row else (low, middle)
    return low


def _copied(source: Path, target: Path, codec: str, lines: int) -> int:
    """Copies so many lines; how many the file has behind them."""
    if codec in ("utf-8", "cp1252"):
        with source.open("rb") as file, target.open("wb") as out:
            out.writelines(islice(file, lines))
            count, last = 0, b"\n"
            while block := file.read(_BLOCK):
                count, last = count + block.count(b"\n"), block[-1:]
            return count + (last != b"\n")
    # Half a character that is no text is the text reader's to tell.
    with (
        source.open(encoding=codec, newline="\n", errors="surrogatepass") as text,
        target.open("w", encoding=codec, newline="", errors="surrogatepass") as out,
    ):
        out.writelines(islice(text, lines))
        return sum(1 for _ in text)


def _note(last_row: int, left: int, what: str) -> Problem:
    if not left:
        return Problem(
            rule="cut",
            severity=Severity.NOTE,
            message=f"The file was to be read up to row {last_row}, as declared; it has none behind it.",
            hint="Take the declaration back if it is of another file.",
        )
    return Problem(
        rule="cut",
        severity=Severity.NOTE,
        message=f"The file was read up to row {last_row}, as declared: {left} {what} behind it were left out.",
        hint="They stay in the raw file; take the declaration back to read them.",
        row=last_row,
        count=left,
    )
