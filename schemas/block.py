"""A block: whom an owner shuts out of one dataset, or of all its own."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.identifiers import DATASET_PATTERN

Reason = Annotated[str, Field(min_length=3, max_length=500, pattern=r"^[^\x00]*$", examples=["Contract ended"])]
"""Why somebody does it, in a sentence."""
SomebodysId = Annotated[str, Field(min_length=1, max_length=32, pattern="^[A-Za-z0-9_-]+$", examples=["west"])]
DatasetReference = Annotated[str, Field(max_length=13, pattern=DATASET_PATTERN, examples=["PLX-7Q4K-M2XD"])]


class BlockedKind(StrEnum):
    """Who can be blocked."""

    ORGANISATION = "organisation"
    USER = "user"


class NewBlock(BaseModel, frozen=True, extra="forbid"):
    """What a steward fills in; without a dataset the block is on all of the organisation's own, later ones too."""

    blocked_kind: BlockedKind = BlockedKind.ORGANISATION
    blocked: SomebodysId
    dataset: DatasetReference | None = None
    reason: Reason


class Block(BaseModel, frozen=True):
    """A block; once ended it has no effect. Whom it shuts out is not told of it."""

    id: str
    owner: str
    dataset: str | None
    blocked_kind: BlockedKind
    blocked: str
    reason: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
