"""What an organisation holds, looked at before it leaves."""

from typing import Annotated

from pydantic import BaseModel, Field

from schemas.identifiers import DATASET_PATTERN
from schemas.member import Reason
from schemas.organisation import ShortId

DatasetRef = Annotated[str, Field(pattern=DATASET_PATTERN)]


class Holdings(BaseModel, frozen=True):
    """How much of everything; ids of datasets are for its own stewards. Released ones have to be settled to leave."""

    organisation: str
    drafts: int = Field(description="Stay closed to everybody once it has left")
    released: int = Field(description="Handed over or withdrawn before it leaves")
    withdrawn: int = Field(description="Their entries stay")
    raw_bytes: int = Field(description="Kept in any case, unless their deletion is ordered")
    grants_given: int = Field(description="In force on its datasets; those on withdrawn ones open nothing")
    grants_received: int = Field(description="In force to it; they end when it leaves")
    requests: int = Field(description="For access to its datasets, not answered")
    own_requests: int = Field(description="Of its people for access to others' datasets, not answered")
    offers: int = Field(description="Of its datasets to other organisations, not answered")
    people: int
    services: int
    lines: int
    invitations: int = Field(description="Open ones; they are revoked when it leaves")
    groups: tuple[str, ...] = Field(description="Where it has a seat")
    undecided: tuple[str, ...] | None = Field(default=None, description="Released datasets, for its own stewards")


class Rest(BaseModel, frozen=True, extra="forbid"):
    """Why everything that is still released is withdrawn."""

    reason: Reason


class HandOver(BaseModel, frozen=True, extra="forbid"):
    """To whom datasets are offered; without a list all that are neither withdrawn nor offered already."""

    taker: ShortId
    datasets: Annotated[tuple[DatasetRef, ...], Field(min_length=1, max_length=1000)] | None = None
    keep_grants: bool = Field(default=False, description="What was given to others stays")
    reason: Reason


class TakenOver(BaseModel, frozen=True, extra="forbid"):
    """Whose offers are accepted, all at once."""

    giver: ShortId


class Settled(BaseModel, frozen=True):
    """How many datasets it was."""

    datasets: int
