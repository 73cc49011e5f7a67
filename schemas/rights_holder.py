"""Third parties with rights in a dataset, and their consent with its evidence."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from schemas.agreement import Day, Document, Words
from schemas.record.field import Text


class NewRightsHolder(BaseModel, frozen=True, extra="forbid"):
    """A third party that a steward enters: who, by what right, and what they restrict."""

    organisation: Annotated[Text, Field(max_length=200)]
    basis: Text = Field(examples=["Supplied the electrolyte under a material transfer agreement of 2026-02-01"])
    restriction: Words = Field(default="", examples=["No composition to be published"])


class NewConsent(BaseModel, frozen=True, extra="forbid"):
    """A consent that a steward records: who gave it, on which day, in which words."""

    given_by: Text = Field(examples=["Dr. Ada Example, Head of Research"])
    given_on: Day = Field(examples=["2027-03-01"])
    words: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


class Consent(BaseModel, frozen=True):
    """A consent as it was recorded; withdrawn, it stays on record."""

    id: str
    given_by: str
    given_on: date
    words: str
    recorded_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None = None
    reason: str = ""
    documents: tuple[Document, ...] = ()


class RightsHolder(BaseModel, frozen=True):
    """A third party with rights in a dataset; nothing of it is open to others until each has consented."""

    id: str
    dataset: str
    organisation: str
    basis: str
    restriction: str
    created_at: datetime
    ended_at: datetime | None = None
    end_reason: str = ""
    consents: tuple[Consent, ...] = ()

    @property
    def consented(self) -> bool:
        """True while a consent stands, or once the rights have ended."""
        return self.ended_at is not None or any(one.withdrawn_at is None for one in self.consents)
