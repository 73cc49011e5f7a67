"""The offer to hand a dataset over to another organisation, which accepts it or not."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.block import Reason, SomebodysId


class TransferState(StrEnum):
    """All but the first are final."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NewTransfer(BaseModel, frozen=True, extra="forbid"):
    """What the owner's steward offers; `keep_grants`: what was given to others stays, else it ends at the hand-over."""

    taker: SomebodysId
    keep_grants: bool = Field(default=False, description="What was given to others stays")
    reason: Reason


class Transfer(BaseModel, frozen=True):
    """An offer and what became of it."""

    id: str
    dataset: str
    giver: str
    taker: str
    keep_grants: bool
    reason: str
    state: TransferState
    offered_at: datetime
    offered_by: str
    answered_at: datetime | None = None
    answered_by: str | None = None
