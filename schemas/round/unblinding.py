"""Unblinding: showing one person whose one code is, which custodian and office agree to, each on their own."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.organisation import ShortId
from schemas.record.field import Part, Prose
from schemas.round.round import Code


class AgreeingAs(StrEnum):
    """In which of the two duties somebody agrees."""

    CUSTODIAN = "custodian"
    OFFICE = "office"


class AskUnblinding(Part, frozen=True, extra="forbid"):
    """Whose code is to be shown to whom (a user), and why; the line is told the reason."""

    code: Code
    to: ShortId
    reason: Prose = Field(examples=["The cells of this line are warm in every file; its hall has to be asked at once"])


class AgreeUnblinding(Part, frozen=True, extra="forbid"):
    """Agreeing as custodian or as office; whoever is both agrees in one of them."""

    role: AgreeingAs


class Unblinding(BaseModel, frozen=True):
    """Where an unblinding stands; it never says whose the code is.

    `shown_at`: since when the person may read it, and the line was told; `ended_at`: until when.
    """

    id: str
    round: str
    code: str
    to: str
    reason: str
    asked_at: datetime
    asked_by: str
    custodian_at: datetime | None = None
    custodian_by: str | None = None
    office_at: datetime | None = None
    office_by: str | None = None
    shown_at: datetime | None = None
    ended_at: datetime | None = None


class Unblinded(BaseModel, frozen=True):
    """Whose one code is, for the one person who may read it."""

    round: str
    code: str
    line: str
    name: str
    organisation: str
    organisation_name: str
