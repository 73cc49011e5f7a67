"""A proposal to release: a contributor makes it, a steward approves or declines."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.block import Reason


class ProposalState(StrEnum):
    """The last three are final; `overtaken`: released, withdrawn or handed over meanwhile."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class NewProposal(BaseModel, frozen=True, extra="forbid"):
    """What a contributor says; without a version the newest is meant."""

    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    note: str = Field(default="", max_length=500, pattern=r"^[^\x00]*$")


class Declined(BaseModel, frozen=True, extra="forbid"):
    """Why not."""

    reason: Reason


class Proposal(BaseModel, frozen=True):
    """A proposal and what became of it."""

    id: str
    dataset: str
    organisation: str
    version: int | None
    note: str
    state: ProposalState
    proposed_at: datetime
    proposed_by: str
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str = ""
