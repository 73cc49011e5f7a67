"""A word of a record that is no term of its vocabulary: proposed by saving it, answered by a vocabulary editor."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.record.field import Text
from schemas.term import NewTerm, TermId


class TermProposalState(StrEnum):
    """`withdrawn`: no newest record has the word any more; the three answers are final."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    MAPPED = "mapped"
    DECLINED = "declined"


class TermProposal(BaseModel, frozen=True):
    """A proposal; seen by the organisation whose word it is and by vocabulary editors, since records are confidential.

    `count` is how many datasets of the organisation have the word in their newest record; `nearest` are ids of terms.
    """

    id: str
    vocabulary: str
    text: str
    organisation: str
    count: int = 0
    nearest: tuple[str, ...] = ()
    state: TermProposalState
    proposed_at: datetime
    term: str | None = None
    answered_at: datetime | None = None
    answer: str = ""


_PUBLIC = Field(
    description="Whether the word itself becomes a synonym that everybody sees; else it stands for the term in the "
    "records of the organisation that wrote it alone"
)


class TermAccepted(NewTerm, frozen=True, extra="forbid"):
    """The new term that the word becomes; its label and synonyms are seen by everybody."""

    public: bool = _PUBLIC


class TermMapped(BaseModel, frozen=True, extra="forbid"):
    """The term that the word already is."""

    term: TermId
    public: bool = _PUBLIC
    reason: Text


class TermDeclined(BaseModel, frozen=True, extra="forbid"):
    """Why the word becomes no term; the organisation that wrote it reads it."""

    reason: Text
