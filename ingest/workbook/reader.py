"""The reader that formats share for their workbooks: a sheet becomes the table that a text layout reads."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest import workbook
from ingest.reader import Head, Reading
from ingest.text.columns import SERIAL_DAYS
from ingest.text.reader import Layout, TextReader
from ingest.workbook.lines import Copied, cells_of, line_of, told_of
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Declared

_HEAD_BYTES = 65536

Unfold = Callable[[Iterable[str]], Iterator[str]]
"""Lines of a sheet (cells between tabs) to lines of a table, as many out as in: see `ingest.text.unfold`."""


@dataclass(frozen=True)
class Naming:
    """How a format names its sheets.

    `parts` matches the name of a sheet that may go on in others (Excel ends a sheet after 1,048,576 rows): its group
    `channel` is what the parts of one cell share, its group `part` their number, absent for the first. `about` matches
    sheets that tell of the test; their rows are kept as the file's header.
    """

    parts: re.Pattern[str] | None = None
    about: re.Pattern[str] | None = None

    def channel(self, sheet: str) -> str:
        """What the sheets of one cell share; the sheet's own name where nothing tells."""
        found = self.parts.fullmatch(sheet) if self.parts else None
        return found["channel"] if found else sheet

    def part(self, sheet: str) -> int:
        """Which part of its cell's records the sheet is."""
        found = self.parts.fullmatch(sheet) if self.parts else None
        return int(found["part"] or 0) if found else 0


class WorkbookReader:
    """A `Reader` for the workbooks of one layout; `unfold` makes a table of a sheet that is none yet.

    The sheet is the one in whose first 200 rows the layout finds its header. Of several, those that `naming` takes for
    parts of one cell are read one after the other, also where only the first has the header; otherwise `reading.sheet`
    or `reading.channel` has to pick one. A hidden sheet is read only where `reading.sheet` names it.
    """

    def __init__(self, layout: Layout, naming: Naming = Naming(), unfold: Unfold = iter) -> None:
        self.layout = layout
        self.name = layout.name
        self.version = layout.version
        self._naming = naming
        self._unfold = unfold
        self._table = TextReader(layout)

    def recognises(self, head: Head) -> bool:
        """True for a workbook in which a sheet has the layout's header."""
        return bool(self._with_header(head))

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file; a copy of its records as text lives until `batches` is exhausted.

        Raises:
            SeveralCells: sheets of several cells, and none is picked.
            Unreadable: as `TextReader.read`; no sheet has the name that is declared; the sheet is too large.
        """
        sheets = self._picked(head, declared)
        folder = tempfile.TemporaryDirectory()
        copied = Copied(last_row=declared.reading.last_row)
        try:
            table = self._copy(head, sheets, Path(folder.name) / "sheet", copied)
            with _naming_sheet(sheets):
                reading = self._table.read(table, declared)
                _refuse_other_days(head, reading)
        except BaseException:
            folder.cleanup()
            raise
        reading.header = told_of(head, self._naming.about) | dict(reading.header)
        reading.located = copied.located
        reading.left_out = copied.left_out if copied.last_row is not None else None
        reading.batches = _until_read(folder, reading, reading.batches, sheets)
        return reading

    def _with_header(self, head: Head) -> list[workbook.Sheet]:
        if not workbook.is_workbook(head):
            return []
        try:
            found = workbook.sheets(head.path)
        except Unreadable:
            return []
        headed = [(sheet, row) for sheet in found if (row := self._header_row(sheet)) is not None]
        # A channel that has a sheet but no records is no choice.
        filled = [sheet for sheet, row in headed if any(any(cells) for cells in sheet.head[row + 1 :])]
        return filled or [sheet for sheet, _ in headed]

    def _header_row(self, sheet: workbook.Sheet) -> int | None:
        lines = self._unfold(line_of(row) for row in sheet.head)
        is_header = self.layout.is_header
        return next((at for at, line in enumerate(lines) if is_header(cells_of(line))), None)

    def _picked(self, head: Head, declared: Declared) -> list[str]:
        """The sheets of one cell, in order."""
        found = self._with_header(head)
        wanted, channel = declared.reading.sheet, declared.reading.channel
        shown = [sheet.name for sheet in found if not sheet.hidden or sheet.name == wanted]
        if not shown:
            names = ", ".join(f"“{sheet.name}”" for sheet in found)
            raise Unreadable(
                f"The records stand in hidden sheets only ({names}): show the sheet in the workbook, or name it as "
                "the sheet that is to be read."
            )
        cells: dict[str, list[str]] = {}
        for name in sorted(shown, key=self._naming.part):
            cells.setdefault(self._naming.channel(name), []).append(name)
        if wanted is not None:
            cells = {key: names for key, names in cells.items() if wanted in names}
        if channel is not None:
            cells = {key: names for key, names in cells.items() if channel in (key, *names)}
        if len(cells) == 1:
            return self._with_parts(head, next(iter(cells.values())))
        raise self._none_picked(shown, wanted or channel) if not cells else self._several(cells)

    def _with_parts(self, head: Head, names: list[str]) -> list[str]:
        """The sheets and those of the same cell that go on without repeating the header."""
        channel, first = self._naming.channel(names[0]), self._naming.part(names[0])
        if self._naming.parts is None or not self._naming.parts.fullmatch(names[0]):
            return names
        others = [
            sheet.name
            for sheet in workbook.sheets(head.path)
            if sheet.name not in names and not sheet.hidden and any(any(row) for row in sheet.head)
        ]
        more = [name for name in others if self._naming.channel(name) == channel and self._naming.part(name) > first]
        return sorted([*names, *more], key=self._naming.part)

    def _several(self, cells: dict[str, list[str]]) -> SeveralCells:
        named = all(self._naming.parts and self._naming.parts.fullmatch(names[0]) for names in cells.values())
        by = "channel" if named else "sheet"
        choices = tuple(sorted(cells) if named else cells)
        return SeveralCells(
            f"The workbook holds records of {len(cells)} {by}s ({', '.join(choices[:20])}"
            f"{', …' if len(choices) > 20 else ''}) and a dataset is one cell: pick one of them.",
            by,
            choices,
        )

    def _none_picked(self, shown: Sequence[str], wanted: str | None) -> Unreadable:
        names = ", ".join(f"“{name}”" for name in shown[:20])
        return Unreadable(f"No sheet with records is “{wanted}” as declared; there are {names}: pick one of them.")

    def _copy(self, head: Head, sheets: Sequence[str], path: Path, copied: Copied) -> Head:
        """The sheets below each other as lines; the header and what stands above it only from the first."""

        def lines() -> Iterator[str]:
            line = 1
            for number, sheet in enumerate(sheets):
                copied.first_lines.append(line)
                copied.names.append(sheet)
                blank = 0 if number == 0 else self._rows_above(head, sheet)
                for at, row in enumerate(workbook.rows(head.path, sheet)):
                    if copied.last_row is not None and line > copied.last_row:
                        copied.left_out += 1
                        continue
                    yield "" if at < blank else line_of([workbook.text(cell) for cell in row])
                    line += 1

        with path.open("w", encoding="utf-8", errors="replace", newline="") as out:
            out.writelines(line + "\n" for line in self._unfold(lines()))
        with path.open("rb") as file:
            return Head(path, head.filename, path.stat().st_size, file.read(_HEAD_BYTES))

    def _rows_above(self, head: Head, sheet: str) -> int:
        """How many rows of a further part are no records: all down to its header, none where it has none."""
        part = next(one for one in workbook.sheets(head.path) if one.name == sheet)
        row = self._header_row(part)
        return 0 if row is None else row + 1


class _naming_sheet:  # noqa: N801 a context manager reads as a verb
    """Puts the sheet's name before a refusal."""

    def __init__(self, sheets: Sequence[str]) -> None:
        self._sheets = sheets

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, Unreadable) and not isinstance(fault, SeveralCells):
            raise Unreadable(f"Sheet “{self._sheets[0]}”: {fault.message}", errors=fault.errors) from fault


def _refuse_other_days(head: Head, reading: Reading) -> None:
    """Bare day numbers are taken to count from 1900; where the workbook counts from 1904 they would be 4 years off."""
    days = next((one for one in reading.conversions if one.rule.startswith(SERIAL_DAYS)), None)
    if days is not None and workbook.counts_from_1904(head.path):
        raise Unreadable(
            f"The column “{days.source}” holds bare numbers of days and the workbook counts days from 1904: "
            "show the column as date and time in the workbook and save it again."
        )


def _until_read(
    folder: "tempfile.TemporaryDirectory[str]",
    reading: Reading,
    batches: Iterator[pa.RecordBatch],
    sheets: Sequence[str],
) -> Iterator[pa.RecordBatch]:
    try:
        with folder, _naming_sheet(sheets):
            yield from batches
    finally:
        reading.problems[:] = [reading.located(problem) for problem in reading.problems]
