"""A request for access: who asks for what of a dataset, for which purpose, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from schemas.access import Level, View
from schemas.conditions import Condition, Purpose
from schemas.organisation import ShortId
from schemas.policy import ColumnName, LevelName, MomentInput

NoNul = r"^[^\x00]*$"


class RequestState(StrEnum):
    """Only a sent one waits for an answer; the others are ends."""

    SENT = "sent"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


NamedView = Literal[View.FULL, View.COLUMNS]
"""The others are not asked for by a dataset's id: the answer would tell which code or aggregate it belongs to."""


class NewRequest(BaseModel, frozen=True, extra="forbid"):
    """What somebody fills in to ask for access; who they are is known from their account."""

    level: Literal["metadata", "summary", "tables", "raw"] = Field(examples=["tables"])
    view: NamedView = View.FULL
    purpose: Purpose
    text: str = Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*\S[^\x00]*$", description="What for")
    until: MomentInput | None = Field(default=None, examples=["2027-12-31T23:59:59Z"])
    agreements: tuple[ShortId, ...] = Field(
        default=(), max_length=10, description="Agreements under which the data would be used"
    )


class AccessRequest(BaseModel, frozen=True):
    """A request as it is kept; `expires_at` is when it ends unanswered, `grant` what an approval gave."""

    id: str
    dataset: str
    organisation: str
    user: str
    level: Level
    view: View
    purpose: Purpose
    text: str
    until: datetime | None
    agreements: tuple[str, ...]
    state: RequestState
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    grant: str | None = None


class ShownRequest(BaseModel, frozen=True):
    """A request as whoever asks for it may see it now: of a dataset that is hidden from them it names nothing."""

    id: str
    dataset: str | None
    title: str | None = Field(description="Id and title of the dataset as the reader sees it")
    organisation: str
    organisation_name: str
    user: str
    user_name: str
    level: LevelName
    view: View
    purpose: Purpose
    text: str
    until: datetime | None
    agreements: tuple[str, ...]
    accepted: tuple[str, ...] = Field(default=(), description="Of these agreements, what the organisation has in force")
    state: RequestState
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    reason: str
    grant: str | None


class RequestPage(BaseModel, frozen=True):
    """One page of requests, newest first."""

    items: tuple[ShownRequest, ...]
    next: str | None = None


class Approval(BaseModel, frozen=True, extra="forbid"):
    """What a steward gives; what is left out is as it was asked for. `only_asker`: to the one person, not to all."""

    level: LevelName | None = None
    view: NamedView | None = None
    columns: tuple[ColumnName, ...] = Field(default=(), max_length=200, description="Of the view 'columns'")
    confidential: bool = False
    during_embargo: bool = False
    conditions: tuple[Condition, ...] = Field(default=(), max_length=10)
    starts_at: MomentInput | None = None
    expires_at: MomentInput | None = Field(default=None, description="Left out: until when it was asked for")
    without_end: bool = Field(default=False, description="Stands until it is revoked, whatever was asked for")
    only_asker: bool = False
    reason: str = Field(default="", max_length=500, pattern=NoNul)

    @model_validator(mode="after")
    def _one_end(self) -> "Approval":
        if self.without_end and self.expires_at is not None:
            raise ValueError("`without_end` and `expires_at` contradict each other")
        return self


class Refusal(BaseModel, frozen=True, extra="forbid"):
    """Why a request is declined."""

    reason: str = Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*\S[^\x00]*$")


class Closing(BaseModel, frozen=True):
    """How a request ends: in which state, when, by whom (None: by itself), why, and with which grant."""

    state: RequestState
    at: datetime
    by: str | None = None
    reason: str = ""
    grant: str | None = None
