"""What a line hands in: a version of a dataset for one of its cells, with a receipt; and how it is judged blind."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.errors import Trouble
from schemas.identifiers import DATASET_PATTERN
from schemas.organisation import ShortId
from schemas.protocol import Conformance
from schemas.record.field import Part, Prose
from schemas.round.round import CellName, Code
from schemas.round.uncertainty import KeptBudget, KeptUncertainty, StatedBudget, StatedUncertainty


class SubmissionState(StrEnum):
    """Whether a submission counts."""

    RECEIVED = "received"
    """Checked, and nothing stands against it yet."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """A deviation was too much; the reason goes to the line."""
    SUPERSEDED = "superseded"
    """A later version of the same line took its place."""
    WITHDRAWN = "withdrawn"


class CellStatus(StrEnum):
    """Where the cell of a line stands in the matrix."""

    MISSING = "missing"
    RECEIVED = "received"
    IN_QUARANTINE = "in quarantine"
    ACCEPTED = "accepted"


class HandIn(Part, frozen=True, extra="forbid"):
    """Which dataset is handed in for which of the line's cells; without a version its newest.

    `uncertainties`, or `budgets`, are of this cell's values; what is handed in again states them again.
    """

    line: ShortId
    cell: CellName
    dataset: Annotated[str, Field(pattern=DATASET_PATTERN)]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    uncertainties: tuple[StatedUncertainty, ...] = Field(default=(), max_length=50)
    budgets: tuple[StatedBudget, ...] = Field(default=(), max_length=50)


class Receipt(BaseModel, frozen=True):
    """What the line holds in hand: what was received, when, by which hashes; `late` ones never count.

    A test house that hands in for a line is told no code. `batch`: that of the cell, as the record named it.
    """

    id: str
    round: str
    line: str
    code: str
    cell: str
    number: int
    dataset: str
    version: int
    build: int
    sha256: tuple[str, ...]
    received_at: datetime
    late: bool
    state: SubmissionState
    sealed: bool
    notes: tuple[str, ...] = ()
    uncertainties: tuple[KeptUncertainty, ...] = ()
    batch: str = ""


class Submission(BaseModel, frozen=True):
    """A receipt with what the platform keeps of it; `number` counts the versions for one cell.

    `uncertainties` are by the plan that it was handed in under; those by another plan are made of `budgets` anew.
    """

    id: str
    round: str
    line: str
    organisation: str
    cell: str
    number: int
    dataset: str
    version: int
    run: str
    build: int
    sha256: tuple[str, ...]
    received_at: datetime
    received_by: str
    late: bool
    state: SubmissionState
    failed_rules: tuple[str, ...] = ()
    decided_reason: str = ""
    uncertainties: tuple[KeptUncertainty, ...] = ()
    budgets: tuple[KeptBudget, ...] = ()
    batch: str = ""


class Tried(BaseModel, frozen=True):
    """What would come of a hand-in: all that stands against it, and the own KPIs; nothing of it counts.

    `state` is what it would be taken as, None where it would not; `failed_rules` are what the coordinator would see.
    `conformance` is how the cell's production stands to the protocol, value by value.
    """

    would_be_taken: bool
    problems: tuple[Trouble, ...] = ()
    state: SubmissionState | None = None
    late: bool = False
    in_quarantine: bool = False
    failed_rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kpis: tuple["KpiValue", ...] = ()
    conformance: tuple[Conformance, ...] = ()


class KpiValue(BaseModel, frozen=True):
    """One KPI of one cell: a value in `unit` (UCUM), or None and the reason; `rows` of the file it rests on."""

    kpi: str
    definition: str
    unit: str
    value: float | None
    reason: str = ""
    rows: tuple[tuple[int, int], ...] = ()
    parameters: dict[str, object] = {}


class OwnSubmission(Receipt, frozen=True):
    """A receipt with what came of it, for the line itself; `counts`: accepted and in time.

    `failed_rules` are what keeps it from being accepted at once; `kpis` are by the plan in force. `off_protocol`: what
    was outside its tolerance or missing of the cell's production when it was handed in.
    """

    in_quarantine: bool = False
    counts: bool = False
    failed_rules: tuple[str, ...] = ()
    decided_reason: str = ""
    kpis: tuple[KpiValue, ...] = ()
    off_protocol: tuple[Conformance, ...] = ()


class OwnSubmissions(BaseModel, frozen=True):
    """Everything that the caller's organisation has handed in to a round, by line, cell and number."""

    round: str
    submissions: tuple[OwnSubmission, ...]


class CellInMatrix(BaseModel, frozen=True):
    """One cell of a line for the coordinator: no value, no dataset, no file name."""

    number: int
    status: CellStatus
    versions: int = 0
    late: int = 0
    checks_passed: bool | None = None
    failed_rules: tuple[str, ...] = ()


class LineInMatrix(BaseModel, frozen=True):
    """The cells of one line, under its code."""

    code: str
    closes_at: datetime
    cells: tuple[CellInMatrix, ...]


class StatusMatrix(BaseModel, frozen=True):
    """Line × cell: who has delivered what, in the order of codes."""

    round: str
    lines: tuple[LineInMatrix, ...]


class Decide(Part, frozen=True, extra="forbid"):
    """How the coordinator, who sees a code and the names of failed rules alone, takes a submission."""

    code: Code
    cell: int = Field(ge=1, le=1000, description="Number of the cell in the matrix")
    accepted: bool
    reason: Prose = Field(description="Told to the line", examples=["Two hours at 27 °C do not matter here"])


Tried.model_rebuild()
