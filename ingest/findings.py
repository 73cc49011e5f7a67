"""Findings collected while a file is read: all at once, the first of each kind one by one, the others counted."""

from dataclasses import dataclass, field

from schemas.quantities import QUANTITIES
from schemas.report import Problem, Severity

LISTED = 10
"""So many problems of one rule and column stand one by one."""


@dataclass
class Findings:
    """Problems of one file, capped per rule, sheet and column; `settle` writes the final list."""

    first: dict[tuple[str, str | None, str | None], list[Problem]] = field(default_factory=dict)
    more: dict[tuple[str, str | None, str | None], int] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        """Keep it, or only count it where ten of its kind are kept."""
        kind = (problem.rule, problem.sheet, problem.column)
        kept = self.first.setdefault(kind, [])
        if len(kept) < LISTED:
            kept.append(problem)
        else:
            self.more[kind] = self.more.get(kind, 0) + problem.count

    def count(self, problem: Problem, more: int) -> None:
        """Count further ones of this problem's kind that are not listed."""
        kind = (problem.rule, problem.sheet, problem.column)
        if more:
            self.more[kind] = self.more.get(kind, 0) + more

    def settle(self) -> list[Problem]:
        """Every kind's first problems, then how many more of it there are."""
        out: list[Problem] = []
        for kind, kept in self.first.items():
            out.extend(kept)
            if more := self.more.get(kind, 0):
                out.append(_rest(kept[-1], more))
        return out


def shown(value: str | None) -> str | None:
    """A cell as it can be printed: control characters escaped, at most 60 characters."""
    if value is None:
        return None
    printable = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in value[:60])
    return printable + ("…" if len(value) > 60 else "")


def error(rule: str, message: str, hint: str = "", **place: str | int | None) -> Problem:
    """A problem that quarantines, at a place (row, column, value, count)."""
    return Problem.model_validate({"rule": rule, "severity": Severity.ERROR, "message": message, "hint": hint, **place})


def empty_cells(heading: str, count: int, row: int) -> Problem:
    """A required column has cells without a value, the first of them on this row."""
    return error(
        "cell-empty",
        f"{count} cells of the required column “{heading}” are empty.",
        "Export the file again with a value in every row.",
        row=row,
        column=heading,
        count=count,
    )


def _rest(last: Problem, more: int) -> Problem:
    return last.model_copy(
        update={
            "message": f"{more} more cells or rows have the same problem: {last.message}",
            "count": more,
            "row": None,
            "value": None,
        }
    )


def no_clock(column: str, why: str) -> Problem:
    """No Unix time was made of this column of clock times; only where a time zone is wanted, one is asked for."""
    hint = "Export dates with the year first if the time of day matters."
    if "time zone" in why:
        hint = "Declare the time zone of the test place in the metadata, such as Europe/Berlin."
    elif "no time of day" in why:
        hint = "Export dates with their time if it matters."
    return Problem(
        rule="time-without-zone",
        severity=Severity.NOTE,
        message=f"No {QUANTITIES['unix_time_second'].label} was made of the column “{column}”: {why}.",
        column=column,
        hint=hint,
    )
