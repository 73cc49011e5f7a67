"""Applications of organisations that want to take part, and the office's answers."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from schemas.identifiers import Ror
from schemas.member import Invitation, Reason
from schemas.organisation import Country, Email, Name, ShortId, Standing


class NewRegistration(BaseModel, frozen=True, extra="forbid"):
    """An organisation applies: who it is, whom to write to, as what it wants to come, and why."""

    name: Name
    country: Annotated[Country, Field(min_length=2)]
    ror: Ror | None = None
    standing: Literal["member", "partner"]
    contact_name: Name
    contact_email: Email
    statement: Annotated[str, Field(min_length=10, max_length=4000, pattern=r"^[^\x00]*$")]


class RegistrationState(StrEnum):
    """An application waits for the office's answer, or has it."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"


class Registration(BaseModel, frozen=True):
    """An application as the office sees it."""

    id: str
    name: str
    country: str
    ror: str | None
    standing: Standing
    contact_name: str
    contact_email: str
    statement: str
    applied_at: datetime
    state: RegistrationState = RegistrationState.OPEN
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str = ""
    organisation: str | None = None


class Received(BaseModel, frozen=True):
    """That an application has arrived, and nothing more."""

    id: str


class Admission(BaseModel, frozen=True, extra="forbid"):
    """Under which id an applicant is admitted, and why."""

    organisation: ShortId
    reason: Reason


class Approved(BaseModel, frozen=True):
    """An application that was approved, and the invitation of the first admin with its code."""

    registration: Registration
    invitation: Invitation


class Declined(BaseModel, frozen=True, extra="forbid"):
    """Why an applicant is not admitted."""

    reason: Reason
