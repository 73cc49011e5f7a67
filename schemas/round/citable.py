"""DOIs of reports of rounds: one for a version of the public summary, or for all of them."""

from datetime import datetime

from pydantic import BaseModel, Field

from schemas.doi import DoiState


class ReportDoi(BaseModel, frozen=True):
    """A DOI of a round's public summary; without a version it stands for all of them."""

    doi: str = Field(examples=["10.5072/round-rr-2026.v1"])
    round: str
    version: int | None = None
    state: DoiState
    url: str = Field(description="Where it leads")
    created_at: datetime
    changed_at: datetime
