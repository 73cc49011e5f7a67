"""What the checks found in a file: problems with place, value and advice."""

from enum import StrEnum

from pydantic import BaseModel, computed_field


class Severity(StrEnum):
    """`error` quarantines the file, `warning` is shown and does not block, `note` only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(BaseModel, frozen=True):
    """One finding. `row` is the 1-based line of a text file, or the 1-based record of a binary one."""

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    file: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    count: int = 1

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know that it takes a property
    @property
    def page(self) -> str:
        """Where an installation tells what the rule means, why, and what to do."""
        return f"/rules/{self.rule}"


class Report(BaseModel, frozen=True):
    """All findings of one ingest run, at once; a report with an error quarantines."""

    problems: tuple[Problem, ...] = ()
    rows_in: int | None = None
    rows_out: int | None = None

    @property
    def passed(self) -> bool:
        """True when nothing found is an error."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)
