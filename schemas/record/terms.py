"""Which words of a record are meant to be terms of a vocabulary, and where they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from schemas.metadata import Metadata
from schemas.naming import Terms
from schemas.record.field import part_of
from schemas.term import TermStatus
from schemas.vocabulary.terms import seeds

BOTH = "//"
"""Between the chemistries of the two electrodes, where one field names both."""


@dataclass(frozen=True)
class Word:
    """A text of a record that is meant as a term: its place as a JSON pointer, and the vocabulary."""

    vocabulary: str
    pointer: str
    text: str


@dataclass(frozen=True)
class Unsettled:
    """A word that is no term yet, with the terms that are called almost so."""

    word: Word
    nearest: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What is to be settled."""
        near = f"; nearest: {', '.join(self.nearest)}" if self.nearest else ""
        return f"'{self.word.text}' is no term of {self.word.vocabulary}{near}"


def words(record: Metadata) -> tuple[Word, ...]:
    """Every word of the record that is meant as a term."""
    return tuple(_words(record, ""))


def unsettled(record: Metadata, vocabularies: Mapping[str, Terms] | None = None) -> tuple[Unsettled, ...]:
    """The words that are no terms of the vocabularies as they are now (or of the data files), each with its nearest."""
    living = seeds() if vocabularies is None else vocabularies
    return tuple(
        Unsettled(word, tuple(one.label for one in living[word.vocabulary].nearest(word.text)))
        for word in words(record)
        if living[word.vocabulary].known(word.text) is None
    )


def outdated(record: Metadata, vocabularies: Mapping[str, Terms] | None = None) -> tuple[Word, ...]:
    """The words that are deprecated terms: valid, but to be said otherwise in new records."""
    living = seeds() if vocabularies is None else vocabularies
    found = ((word, living[word.vocabulary].known(word.text)) for word in words(record))
    return tuple(word for word, term in found if term is not None and term.status is TermStatus.DEPRECATED)


def _words(part: BaseModel, at: str) -> Iterator[Word]:
    for name in type(part).model_fields:
        value, place = getattr(part, name), f"{at}/{name}"
        vocabulary = _vocabulary(type(part), name)
        for index, one in enumerate(value if isinstance(value, tuple) else (value,)):
            spot = f"{place}/{index}" if isinstance(value, tuple) else place
            if vocabulary and isinstance(one, str):
                yield from (Word(vocabulary, spot, text) for text in _split(vocabulary, one))
            elif isinstance(one, BaseModel) and part_of(type(one))[0] is not None:
                yield from _words(one, spot)


def _vocabulary(part: type[BaseModel], name: str) -> str:
    extra = part.model_fields[name].json_schema_extra
    return str(extra.get("vocabulary", "")) if isinstance(extra, dict) else ""


def _split(vocabulary: str, text: str) -> tuple[str, ...]:
    halves = text.split(BOTH) if vocabulary == "chemistries" else [text]
    return tuple(half.strip() for half in halves if half.strip())
