"""What everybody may read of a published round."""

from datetime import datetime

from pydantic import BaseModel

from schemas.round.curves import Number
from schemas.round.round import RoundKind


class PublicKpi(BaseModel, frozen=True):
    """What the public summary says of one KPI: no line, no pair of with and without.

    `s_line`, `s_batch` and `s_cell` are the components of a round whose design tells them apart.
    """

    kpi: str
    label: str
    unit: str
    digits: int
    definition: str
    p: int
    results: int
    consensus: Number
    u: Number
    s_r: Number
    s_R: Number
    s_line: Number = None
    s_batch: Number = None
    s_cell: Number = None


class PublicSummary(BaseModel, frozen=True):
    """What everybody may read of a published round of at least five lines."""

    round: str
    title: str
    kind: RoundKind
    protocol: str
    protocol_version: str
    confounded: bool
    software: str
    published_at: datetime
    p: int
    kpis: tuple[PublicKpi, ...]
    methods: tuple[str, ...] = ()
