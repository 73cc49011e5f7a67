"""Controlled terms: the noun, its vocabulary, its history, and what editors send."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field, model_validator

from schemas.record.field import Text

RESERVED: Final = ("skos", "csv", "terms")
"""No term has such an id: they are addresses beside the terms."""


def _not_reserved(id: str) -> str:
    if id.lower() in RESERVED:
        raise ValueError(f"'{id}' is an address beside the terms; choose another id")
    return id


TermId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", max_length=64, description="Letters, digits, dots, hyphens"),
    AfterValidator(_not_reserved),
]
VocabularyName = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$", max_length=32, examples=["test-kinds"])]
Iri = Annotated[str, Field(max_length=300, pattern=r"^https?://[^\s\x00-\x1f<>\"{}|\\^`]+$")]
Synonyms = Annotated[tuple[Text, ...], Field(max_length=50)]


class TermStatus(StrEnum):
    """A deprecated term stays and records with it stay valid; new ones take another."""

    CURRENT = "current"
    DEPRECATED = "deprecated"


class Match(StrEnum):
    """What the IRI of a term elsewhere means: the same, or something broader such as the kind of its quantity."""

    EXACT = "exact"
    BROAD = "broad"


class Vocabulary(BaseModel, frozen=True):
    """A list of terms for one kind of thing; where `fixed` says why, terms are neither added nor deprecated."""

    name: VocabularyName
    title: str
    definition: str
    source: str
    source_version: str = ""
    licence: str
    fixed: str = ""
    match: Match = Match.EXACT


class Term(BaseModel, frozen=True):
    """A word with one meaning; `iri` is its term elsewhere, or `why` there is none; `url` tells more."""

    id: TermId
    label: Text
    definition: Text
    synonyms: Synonyms = ()
    iri: str = ""
    why: str = ""
    url: str = ""
    broader: str | None = None
    status: TermStatus = TermStatus.CURRENT
    replaced_by: str | None = None
    deprecated_because: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called."""
        return (self.id, self.label, *self.synonyms)


class ChangeKind(StrEnum):
    """What was done to a term."""

    ADDED = "added"
    CHANGED = "changed"
    DEPRECATED = "deprecated"
    RESTORED = "restored"


class TermChange(BaseModel, frozen=True):
    """One change of a vocabulary: insert-only; `number` counts within the vocabulary, `fields` are the new values."""

    vocabulary: str
    number: int
    term: str
    kind: ChangeKind
    fields: dict[str, Any]  # Any: JSON of a term's fields
    reason: str
    at: datetime
    by: str
    organisation: str


class Step(BaseModel, frozen=True):
    """One step of a term's history; who as organisation, and as person (`by`) for vocabulary editors alone."""

    number: int
    kind: ChangeKind
    before: dict[str, Any] = Field(description="What the changed fields said")  # Any: JSON of a term's fields
    after: dict[str, Any] = Field(description="What they say since")  # Any: the same
    reason: str
    at: datetime
    organisation: str
    by: str | None = None


class NewTerm(BaseModel, frozen=True, extra="forbid"):
    """A term as an editor adds it: with an IRI that was looked up, or the reason why there is none."""

    id: TermId
    label: Text
    definition: Text
    synonyms: Synonyms = ()
    iri: Iri | None = None
    why: Text | None = None
    broader: TermId | None = None
    reason: Text

    @model_validator(mode="after")
    def _iri_or_reason(self) -> "NewTerm":
        if (self.iri is None) == (self.why is None):
            raise ValueError("give the IRI of the same term elsewhere, or in 'why' the reason why there is none")
        return self

    def term(self) -> Term:
        """The term itself."""
        return Term.model_validate(self.model_dump(exclude={"reason"}, exclude_none=True))


class TermCorrection(BaseModel, frozen=True, extra="forbid"):
    """What of a term is said otherwise; what is left out stays."""

    label: Text | None = None
    definition: Text | None = None
    synonyms: Synonyms | None = None
    iri: Iri | None = None
    reason: Text

    def fields(self) -> dict[str, Any]:
        """The new values."""
        return self.model_dump(mode="json", exclude={"reason"}, exclude_none=True)


class Deprecation(BaseModel, frozen=True, extra="forbid"):
    """Why a term is not to be used any more, and which one instead."""

    reason: Text
    replaced_by: TermId | None = None


class Restoration(BaseModel, frozen=True, extra="forbid"):
    """Why a deprecated term is to be used again."""

    reason: Text


class ShownVocabulary(Vocabulary, frozen=True):
    """A vocabulary in the list: how many terms it has, and its version, which every change counts up."""

    version: str
    terms: int
    deprecated: int


class VocabularyPage(ShownVocabulary, frozen=True):
    """A vocabulary with its terms."""

    items: tuple[Term, ...]


class ShownTerm(Term, frozen=True):
    """A term with its address under this installation, those that are narrower, and its history, oldest first."""

    vocabulary: str
    address: str
    narrower: tuple[str, ...] = ()
    history: tuple[Step, ...] = ()


class SaidWord(BaseModel, frozen=True):
    """A word of a record that is meant as a term; without one it is not settled, and `nearest` are ids close to it."""

    pointer: str = Field(examples=["/test/kind"])
    vocabulary: str
    text: str
    term: str | None
    status: TermStatus | None
    replaced_by: str | None
    nearest: tuple[str, ...] = ()
