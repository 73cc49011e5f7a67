"""One cell of a filled-in template, before and after it is understood, and findings that name its place."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.findings import Findings, shown
from schemas.ingested import Conversion
from schemas.production import ObjectKind, ProducedObject, ProductionParameter, Recorded
from schemas.report import Problem, Severity

EXAMPLE = "EXAMPLE"
"""Rows of the template whose object begins so only show how to fill it in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: sheet (none in a csv), 1-based row, heading of the column."""

    sheet: str | None
    row: int
    column: str | None = None

    def at(self, column: str) -> "Place":
        """Another column of the row."""
        return replace(self, column=column)


@dataclass(frozen=True, slots=True)
class Named:
    """Which parameter a heading names: `parameter` is None where the vocabulary has none such."""

    name: str
    parameter: ProductionParameter | None
    side: str | None = None
    part: str | None = None
    recorded: Recorded = Recorded.ACTUAL


@dataclass(frozen=True, slots=True)
class Line:
    """What one row says beside its values; `occasion` tells rows of one object and step apart."""

    place: Place
    object: ProducedObject
    step: str
    machine: str | None = None
    method: str | None = None
    occasion: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as it stands in the file; `unit` as printed, `moment` the row's own time where it has one."""

    line: Line
    place: Place
    named: Named
    cell: object
    unit: str | None = None
    moment: object = None


@dataclass(frozen=True, slots=True)
class Value:
    """One value understood: number in the vocabulary's unit, or text; `unit` is the UCUM code."""

    entry: Entry
    number: float | None
    text: str | None
    unit: str
    time: datetime | None = None


@dataclass
class Facts:
    """What the file says of the whole run; each with its place."""

    run: str = ""
    cell_format: str = ""
    time_zone: str | None = None
    version: str | None = None
    place: Place = field(default=Place(None, 1))


@dataclass
class Filled:
    """A template as filled in: entries in the order of the file, edges, and what was found while reading."""

    facts: Facts = field(default_factory=Facts)
    entries: list[Entry] = field(default_factory=list)
    edges: list["Edge"] = field(default_factory=list)
    conversions: dict[tuple[str, ...], Conversion] = field(default_factory=dict)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` went into `product` in this step, as this place says."""

    place: Place
    source: ProducedObject
    step: str
    product: ProducedObject


class Told:
    """Findings of one file, each with its place."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._findings = Findings()

    def add(
        self, severity: Severity, rule: str, message: str, hint: str = "", place: Place | None = None, cell: object = ""
    ) -> None:
        """Keep a finding; `cell` is the value found."""
        self._findings.add(
            Problem(
                rule=rule,
                severity=severity,
                message=message,
                hint=hint,
                file=self._filename,
                sheet=place.sheet if place else None,
                row=place.row if place else None,
                column=place.column if place else None,
                value=shown(str(cell)) if cell not in ("", None) else None,
            )
        )

    def error(self, rule: str, message: str, hint: str = "", place: Place | None = None, cell: object = "") -> None:
        """A finding that quarantines."""
        self.add(Severity.ERROR, rule, message, hint, place, cell)

    def warn(self, rule: str, message: str, hint: str = "", place: Place | None = None, cell: object = "") -> None:
        """A finding that does not block."""
        self.add(Severity.WARNING, rule, message, hint, place, cell)

    def note(self, rule: str, message: str, hint: str = "", place: Place | None = None, cell: object = "") -> None:
        """A finding that only informs."""
        self.add(Severity.NOTE, rule, message, hint, place, cell)

    def settle(self) -> list[Problem]:
        """All of them."""
        return self._findings.settle()


def is_example(name: str) -> bool:
    """True for an object that only shows how to fill in the template."""
    return name.upper().startswith(EXAMPLE)


def written(cell: object) -> str:
    """A cell as text: a whole number without its `.0`, as ids are typed."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


KINDS = {kind.value: kind for kind in ObjectKind}
