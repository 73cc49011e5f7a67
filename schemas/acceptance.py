"""Acceptance of a finding: an uploader says, with a reason and for ever, that a warning is as it should be."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.record.field import Text
from schemas.report import Problem, Report

_Part = Annotated[str, Field(max_length=1000)]


class AcceptFinding(BaseModel, frozen=True, extra="forbid"):
    """Which warning of a report is accepted, and why.

    What is left out may be anything, as long as one finding alone is meant; all rows of it are.
    """

    rule: str = Field(max_length=64, examples=["time-gap"])
    column: _Part | None = Field(default=None, examples=["test_time_second"])
    file: _Part | None = None
    sheet: _Part | None = None
    reason: Text = Field(description="On one line, for whoever reads the report", examples=["Paused over the weekend"])


class FindingKey(BaseModel, frozen=True):
    """What makes a finding the same one in a later build of the same version: rule, file, sheet and column."""

    rule: str
    file: str = ""
    sheet: str | None = None
    column: str | None = None

    @classmethod
    def of(cls, problem: Problem) -> "FindingKey":
        """The key of one of a report's problems."""
        return cls(
            rule=problem.rule,
            file=without_nul(problem.file),
            sheet=None if problem.sheet is None else without_nul(problem.sheet),
            column=None if problem.column is None else without_nul(problem.column),
        )


class AcceptedFinding(FindingKey, frozen=True):
    """A warning that was accepted: in which build, what it said then, why, when, and by whom (for the owner alone)."""

    version: int
    build: int
    message: str
    reason: str
    accepted_at: datetime
    accepted_by: str | None = None

    @property
    def key(self) -> FindingKey:
        """The finding that is meant."""
        return FindingKey(**{name: getattr(self, name) for name in FindingKey.model_fields})


class Finding(Problem, frozen=True):
    """A problem as the report shows it: with its acceptance, if it is a warning and was accepted."""

    acceptance: AcceptedFinding | None = None


class CheckedReport(Report, frozen=True):
    """A build's report, each finding with its acceptance."""

    problems: tuple[Finding, ...] = ()


def without_nul(text: str) -> str:
    """PostgreSQL keeps every character but NUL, which a heading of a damaged file may hold."""
    return text.replace("\x00", "�")
