"""Any table, as text or in a workbook, whose columns the uploader declares, for files that no reader recognises."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from ingest import workbook
from ingest.declared.mapping import Declarations, listed, nearest, same
from ingest.reader import Head, Reader, Reading
from ingest.text import sniff
from ingest.text.reader import Layout, TextReader
from ingest.text.step_times import Made, SinceFirst, StepsBefore
from ingest.text.unfold import UnfoldedReader
from ingest.workbook.reader import WorkbookReader
from schemas.errors import Unreadable
from schemas.ingested import Declared

NAME, VERSION = "Declared columns", "1"


_MADE = (
    Made("test_time_second", "unix_time_second", "clock time since the first row", SinceFirst, placed=True),
    Made("test_time_second", "step_time_second", "time within the step after the steps before it", StepsBefore),
)


class Mapped:
    """A `Reader` whose header is the first line that holds every declared heading."""

    name = NAME
    version = VERSION

    def __init__(self, columns: Declarations) -> None:
        self._columns = columns
        self._wanted = frozenset(map(same, columns))
        layout = Layout(NAME, VERSION, (), self._is_header, units_below=True, made=_MADE)
        self._tables: tuple[Reader, ...] = (
            TextReader(layout),
            UnfoldedReader(layout, by_blanks),
            WorkbookReader(layout),
        )

    def recognises(self, head: Head) -> bool:
        """True for text and workbooks: whether their headings are the declared ones is said on reading."""
        return bool(self._columns) and (sniff.encoding(head.start) is not None or workbook.is_workbook(head))

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file by the declared columns alone.

        Raises:
            Unreadable: no line holds all declared headings (the nearest line is named), or as `TextReader.read`.
        """
        for table in self._tables:
            if table.recognises(head):
                return table.read(head, declared)
        raise Unreadable(self._missing(head))

    def _is_header(self, cells: Sequence[str]) -> bool:
        return self._wanted <= set(map(same, cells))

    def _missing(self, head: Head) -> str:
        line, cells = max(_rows(head), key=lambda row: self._likeness(row[1]), default=(0, []))
        absent = [heading for heading in self._columns if same(heading) not in set(map(same, cells))]
        said = f"No line of “{head.filename}” within the first {sniff.HEADER_WITHIN_LINES} holds all declared headings"
        if not line or self._likeness(cells) == (0, 0):
            return f"{said} ({', '.join(f'“{heading}”' for heading in absent)}), nor any that looks like them."
        hints = [
            f"“{heading}”" + (f" (perhaps “{near[0]}”)" if (near := nearest(heading, cells)) else "")
            for heading in absent
        ]
        return f"{said}: in line {line}, {', '.join(hints)} {'is' if len(hints) == 1 else 'are'} not. {listed(cells)}"

    def _likeness(self, cells: Sequence[str]) -> tuple[int, int]:
        there = set(map(same, cells))
        return len(self._wanted & there), sum(1 for heading in self._columns if nearest(heading, cells))


def by_blanks(lines: Iterable[str]) -> Iterator[str]:
    """Columns that blanks separate, with tabs between them."""
    for line in lines:
        yield line if "\t" in line else "\t".join(line.split())


def _rows(head: Head) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of every line that may be a header, split in each way: names are no numbers."""
    if workbook.is_workbook(head):
        for sheet in workbook.sheets(head.path):
            yield from ((number, list(row)) for number, row in enumerate(sheet.head, 1) if _names(row))
        return
    lines = sniff.decoded(head.start, sniff.encoding(head.start) or "utf-8").split("\n")
    for number, line in enumerate(lines[: sniff.HEADER_WITHIN_LINES], 1):
        for split in _SPLITS:
            cells = split(line)
            if _names(cells):
                yield number, cells


def _names(cells: Sequence[str]) -> bool:
    """Most cells are words or single letters."""
    return 2 * sum(1 for cell in cells if re.search(r"[^\W\d_]{2}|^[^\W\d_]$", cell)) > max(len(cells), 3)


_SPLITS: tuple[Callable[[str], list[str]], ...] = (
    *((lambda line, by=delimiter: sniff.split(line, by)) for delimiter in sniff.DELIMITERS),
    str.split,
)
