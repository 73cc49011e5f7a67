"""The tables of a Gamry file, unfolded: one table of rows of what goes on with the same columns."""

import re
from collections.abc import Iterable, Iterator

from ingest.text.sniff import IsHeader
from schemas.report import Problem, Severity

_KEPT = 100


class Tables:
    """The tables of a file: the first that can be read, those that go on with the same columns, and the others."""

    def __init__(self, is_header: IsHeader) -> None:
        self._is_header = is_header
        self._begin()

    def _begin(self) -> None:
        self.heading = ""
        self.left: list[str] = []
        self.announced: list[int | None] = []
        self.behind: dict[str, str] = {}

    @property
    def aborted(self) -> bool:
        """Whether a line behind a table says that the experiment was aborted."""
        return re.match(r"\w+\tT", self.behind.get("EXPERIMENTABORTED", "")) is not None

    def unfold(self, lines: Iterable[str]) -> Iterator[str]:
        """One table with its heading on the first line; settings and other tables become blank lines."""
        self._begin()
        remaining = iter(lines)
        above = self._above(remaining)
        yield self.heading
        yield from [""] * (above - 1)
        taken = True
        for line in remaining:
            if is_table(line):
                taken = self._takes(line, remaining)
                yield from ("", "", "")
            else:
                taken = taken and not line[:1].strip()
                self._note(line)
                yield _row(line) if taken else ""

    @property
    def rows(self) -> int | None:
        """How many rows the tables that were read announce; None where one does not say."""
        return None if None in self.announced else sum(count or 0 for count in self.announced)

    def problems(self) -> list[Problem]:
        """Which tables stay in the raw file, and whether the experiment came to its end."""
        return [*self._left_out(), *([_aborted()] if self.aborted else [])]

    def _left_out(self) -> list[Problem]:
        if not self.left:
            return []
        names = ", ".join(self.left[:10]) + (f" and {len(self.left) - 10} more" if len(self.left) > 10 else "")
        return [
            Problem(
                rule="table-left-out",
                severity=Severity.NOTE,
                message=f"Tables with other columns than the one that was read stay in the raw file only: {names}.",
                count=len(self.left),
            )
        ]

    def _note(self, line: str) -> None:
        """Keep what is said behind a table, such as when a step of a cycling test began."""
        name, tab, rest = line.partition("\t")
        if name.strip() and tab and len(self.behind) < _KEPT:
            self.behind[name] = rest.strip()

    def _above(self, remaining: Iterator[str]) -> int:
        """How many lines there are up to the first row of the first table that can be read."""
        count = 0
        for line in remaining:
            count += 1
            if is_table(line):
                count += 2
                if self._takes(line, remaining):
                    break
        return count

    def _takes(self, line: str, remaining: Iterator[str]) -> bool:
        names, units = (next(remaining, "").split("\t") for _ in range(2))
        units += [""] * (len(names) - len(units))
        heading = "\t".join(f"{a} / {b}" if a and b else a for a, b in zip(names, units, strict=False))
        if not self.heading and self._is_header(heading.split("\t")):
            self.heading = heading
        if self.heading != heading:
            self.left.append(line.partition("\t")[0])
            return False
        announced = re.match(r"\S+\tTABLE\t(\d+)", line)
        self.announced.append(int(announced[1]) if announced else None)
        return True


def is_table(line: str) -> bool:
    """True for the line that begins a table."""
    return re.match(r"\S+\tTABLE\b", line) is not None


def _row(line: str) -> str:
    """A row as it should be: some files that were edited have blanks between their cells."""
    return "\t" + "\t".join(line.split()) if " " in line.strip(" ") and "\t " not in line else line


def _aborted() -> Problem:
    return Problem(
        rule="experiment-aborted",
        severity=Severity.WARNING,
        message="The file says that its experiment was aborted: it holds what was measured until then.",
    )
