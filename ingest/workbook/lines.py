"""Rows of a sheet as lines of text, and where in the workbook each line stands."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from ingest import workbook
from ingest.reader import Head
from schemas.report import Problem

DELIMITER = "\t"


@dataclass
class Copied:
    """Where in the copy each sheet begins: its first line there is the sheet's row 1."""

    first_lines: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    last_row: int | None = None
    left_out: int = 0

    def located(self, problem: Problem) -> Problem:
        """The problem with the sheet and the row of the sheet."""
        if problem.sheet is not None:
            return problem
        if problem.row is None:
            return problem.model_copy(update={"sheet": self.names[0] if len(self.names) == 1 else None})
        at = max(bisect_right(self.first_lines, problem.row) - 1, 0)
        return problem.model_copy(
            update={"sheet": self.names[at], "row": problem.row - self.first_lines[at] + 1},
        )


def line_of(cells: Iterable[str]) -> str:
    """One line of a table, blank where every cell is; a cell with a quote is quoted."""
    texts = list(cells)
    if not any(texts):
        return ""
    line = DELIMITER.join(texts)
    if '"' not in line:
        return line
    return DELIMITER.join('"' + one.replace('"', '""') + '"' if '"' in one else one for one in texts)


def cells_of(line: str) -> list[str]:
    """The cells of such a line, trimmed."""
    return [cell.strip() for cell in line.split(DELIMITER)]


def told_of(head: Head, names: re.Pattern[str] | None) -> dict[str, str]:
    """The first rows of the sheets that tell of the test."""
    told = (sheet for sheet in workbook.sheets(head.path) if names and names.fullmatch(sheet.name) and not sheet.hidden)
    rows = chain.from_iterable(((sheet.name, at, row) for at, row in enumerate(sheet.head, 1)) for sheet in told)
    return {
        f"{name} {at}": " | ".join(cell for cell in row if cell)
        for _, (name, at, row) in zip(range(workbook.HEAD_ROWS), rows, strict=False)
        if any(row)
    }
