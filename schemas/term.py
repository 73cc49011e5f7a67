"""Controlled terms: the noun, its vocabulary, its history, and how a text is matched to a term."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
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
NEAREST: Final = 3


class TermStatus(StrEnum):
    """A deprecated term stays and records with it stay valid; new ones take another."""

    CURRENT = "current"
    DEPRECATED = "deprecated"


class Vocabulary(BaseModel, frozen=True):
    """A list of terms for one kind of thing; where `fixed` says why, terms are neither added nor deprecated."""

    name: VocabularyName
    title: str
    definition: str
    source: str
    source_version: str = ""
    licence: str
    fixed: str = ""


class Term(BaseModel, frozen=True):
    """A word with one meaning; `iri` is the same term elsewhere, or `why` there is none; `url` tells more."""

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


@dataclass(frozen=True)
class Terms:
    """The terms of one vocabulary as they are now."""

    vocabulary: Vocabulary
    by_id: Mapping[str, Term]
    changes: int = 0

    def known(self, text: str) -> Term | None:
        """The term of this id, label or synonym, whatever case, spaces and hyphens; a current one before others."""
        found = [one for one in self.by_id.values() if folded(text) in {folded(name) for name in one.names}]
        return min(found, key=lambda one: one.status is not TermStatus.CURRENT, default=None)

    def nearest(self, text: str) -> tuple[Term, ...]:
        """Up to three current terms that are called almost so."""
        names = {folded(name): one for one in self.current for name in one.names}
        close = [names[name] for name in get_close_matches(folded(text), names, n=NEAREST * 3, cutoff=0.55)]
        if not close and len(folded(text)) > 2:
            close = [
                one for name, one in names.items() if len(name) > 2 and (name in folded(text) or folded(text) in name)
            ]
        return tuple({one.id: one for one in close}.values())[:NEAREST]

    @property
    def current(self) -> tuple[Term, ...]:
        """Those that are to be used."""
        return tuple(one for one in self.by_id.values() if one.status is TermStatus.CURRENT)

    @property
    def version(self) -> str:
        """The version of the source or of this file, and how often it was changed here."""
        return f"{self.vocabulary.source_version or '1.0'}+{self.changes}"


def folded(text: str) -> str:
    """A text without what only looks different: case, spaces, hyphens, underscores, width of signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if not sign.isspace() and sign not in "-_‐‑–—")


def with_changes(vocabulary: Vocabulary, seed: Iterable[Term], changes: Iterable[TermChange]) -> Terms:
    """The terms of the data file with every change made here, in order; nothing is ever taken away."""
    terms = {one.id: one for one in seed}
    made = tuple(changes)
    for change in made:
        present = terms.get(change.term)
        whole = (present.model_dump() if present else {"id": change.term}) | change.fields
        terms[change.term] = Term.model_validate(whole)
    return Terms(vocabulary, terms, len(made))
