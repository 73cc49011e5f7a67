"""What a line is told of itself alone: its own cells as they were handed in, and how it did in earlier rounds."""

from datetime import datetime

from pydantic import BaseModel

from schemas.protocol import Conformance
from schemas.round.curves import Number
from schemas.round.submission import KpiValue, SubmissionState


class OwnCell(BaseModel, frozen=True):
    """What a line handed in for one cell: the version that counts (else its newest), with its KPIs and their rows.

    `number` is the cell's number in the round, as the points of an evaluation have it; `name` what the line calls it.
    Without a `dataset` nothing was handed in for the cell. `conformance` is how its production stands to the protocol.
    """

    number: int
    name: str
    dataset: str = ""
    version: int | None = None
    sha256: tuple[str, ...] = ()
    received_at: datetime | None = None
    late: bool = False
    state: SubmissionState | None = None
    reason: str = ""
    values: tuple[KpiValue, ...] = ()
    conformance: tuple[Conformance, ...] = ()


class EarlierScore(BaseModel, frozen=True):
    """How the line did in an earlier round that is published, for a KPI of the same definition and parameters.

    `kpi` is the KPI's id in the round of the letter, whatever it was called in the other; `closed_at` orders them.
    `sigma_pt` is that of the earlier round, in the KPI's unit.
    """

    round: str
    title: str
    kpi: str
    closed_at: datetime
    z: Number = None
    z_prime: Number = None
    per_cent: Number = None
    n: int = 0
    sigma_pt: Number = None
    score: str = ""


class LetterData(BaseModel, frozen=True):
    """Everything that a line's letter, sheet and certificate say beyond the round's evaluation.

    The statistics of the line are those of its code in the evaluation; a line that withdrew may have none there.
    """

    round: str
    line: str
    line_name: str
    organisation: str
    organisation_name: str
    code: str
    joined_at: datetime | None = None
    cells: tuple[OwnCell, ...] = ()
    earlier: tuple[EarlierScore, ...] = ()
