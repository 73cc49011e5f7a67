"""Text exports that are no table yet: rewritten line for line into one while streaming, then read as any other."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from ingest.reader import Head, Reading
from ingest.text import sniff
from ingest.text.reader import Layout, TextReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

_LONGEST_LINE = 16 * 1024 * 1024
_HEAD_BYTES = 65536
_HEAD_LINES = 100_000

Unfold = Callable[[Iterable[str]], Iterator[str]]
"""Lines of the file to lines of a table, without line ends: as many lines out as in, so that line numbers stay."""


class UnfoldedReader:
    """A `Reader` for a layout whose rows are unfolded first; a file that needs no unfolding is not copied."""

    def __init__(self, layout: Layout, unfold: Unfold) -> None:
        self.layout = layout
        self.name = layout.name
        self.version = layout.version
        self._unfold = unfold
        self._table = TextReader(layout)

    def recognises(self, head: Head) -> bool:
        """True where a line within the first two hundred, once unfolded, is the layout's header."""
        return self._table.recognises(self._seen(head)[0])

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; a copy of it, unfolded, lives until `batches` is exhausted.

        Raises:
            Unreadable: as `TextReader.read`; a line longer than 16 MB; bytes that are no text.
        """
        seen, codec = self._seen(head)
        if seen is head:
            return self._table.read(head, declared)
        folder = tempfile.TemporaryDirectory()
        try:
            reading = self._table.read(self._unfolded(head, codec, Path(folder.name) / "unfolded"), declared)
        except BaseException:
            folder.cleanup()
            raise
        reading.batches = _until_read(folder, reading.batches)
        return reading

    def _unfolded(self, head: Head, codec: str, path: Path) -> Head:
        with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out:
            out.writelines(line + "\n" for line in self._unfold(_lines(head, codec)))
        with path.open("rb") as file:
            return Head(path, head.filename, path.stat().st_size, file.read(_HEAD_BYTES))

    def _seen(self, head: Head) -> tuple[Head, str]:
        """The head as a table, and the codec in which there is something to unfold; else `head` itself."""
        for codec in sniff.codecs_of(head.start):
            lines = [line.rstrip("\r") for line in sniff.decoded(head.start, codec).split("\n")]
            lines = lines[: min(_HEAD_LINES, len(lines) - (head.size > len(head.start)))]
            table = list(self._unfold(lines))
            if table != lines:
                return Head(head.path, head.filename, head.size, "\n".join(table).encode("utf-8", "replace")), codec
        return head, ""


def _lines(head: Head, codec: str) -> Iterator[str]:
    # Wrong bytes of a UTF-8 file go through as they are: the text reader tells of them.
    errors = "surrogateescape" if codec == "utf-8" else "strict"
    try:
        with head.path.open(encoding=codec, errors=errors, newline="\n") as file:
            first = True
            while line := file.readline(_LONGEST_LINE):
                if len(line) == _LONGEST_LINE:
                    raise Unreadable("A line is longer than 16 MB, so the file is no table of a test: check its ends.")
                yield (line.removeprefix("\ufeff") if first else line).rstrip("\r\n")
                first = False
    except UnicodeDecodeError as fault:
        raise Unreadable(
            f"A byte is no {codec} text although the file begins as such ({fault.reason}): "
            "the file is damaged or was joined from two; export it again."
        ) from fault


def _until_read(
    folder: "tempfile.TemporaryDirectory[str]", batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    with folder:
        yield from batches
