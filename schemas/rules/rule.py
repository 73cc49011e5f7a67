"""The noun: one named rule, as its page tells it."""

from dataclasses import dataclass

from schemas.report import Severity

ERROR, WARNING, NOTE = (Severity.ERROR,), (Severity.WARNING,), (Severity.NOTE,)


@dataclass(frozen=True)
class Rule:
    """`severities` are all that it can have; `found` ends the phrase “found when …”; the others are sentences."""

    name: str
    severities: tuple[Severity, ...]
    found: str
    why: str
    fix: str
