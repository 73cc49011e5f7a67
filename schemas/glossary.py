"""The glossary: words of the platform, metrics, statistics, and the terms of every vocabulary, in one list."""

import csv
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel

from schemas.naming import Terms, folded
from schemas.term import Term, TermStatus


class Part(StrEnum):
    """The parts of the glossary."""

    PLATFORM = "platform"
    METRICS = "metrics"
    STATISTICS = "statistics"
    TERMS = "terms"


TITLES: Final = {
    Part.PLATFORM: "Words of the platform",
    Part.METRICS: "Metrics of a cell (KPIs)",
    Part.STATISTICS: "Words of interlaboratory comparison",
}


class GlossaryEntry(BaseModel, frozen=True):
    """One word; `anchor` is its place on the glossary's page. A term names its vocabulary, a metric its unit (UCUM)."""

    word: str
    anchor: str
    part: Part
    meaning: str
    also: tuple[str, ...] = ()
    vocabulary: str | None = None
    id: str | None = None
    unit: str | None = None
    iri: str | None = None
    status: TermStatus = TermStatus.CURRENT
    replaced_by: str | None = None


def entries(vocabularies: Mapping[str, Terms]) -> tuple[GlossaryEntry, ...]:
    """Every word, part by part; the terms in the order of their vocabularies."""
    terms = (_of_term(name, one) for name, held in vocabularies.items() for one in held.by_id.values())
    return (*_words(), *terms)


def sought(found: tuple[GlossaryEntry, ...], q: str) -> tuple[GlossaryEntry, ...]:
    """The entries that have every word of `q` in their names or their meaning, those that are called so first."""
    if not q.strip():
        return found
    fitting = [one for one in found if _fits(one, q)]
    return tuple(sorted(fitting, key=lambda one: folded(q) not in map(folded, _names(one))))


@cache
def _words() -> tuple[GlossaryEntry, ...]:
    words = [
        GlossaryEntry(
            word=row["word"], anchor=f"word-{_plain(row['word'])}", part=Part(row["part"]), meaning=row["meaning"]
        )
        for row in _rows("words.csv")
    ]
    metrics = [
        GlossaryEntry(
            word=row["label"],
            anchor=f"metric-{_plain(row['id'])}",
            part=Part.METRICS,
            meaning=row["definition"],
            id=row["id"],
            unit=row["unit"],
        )
        for row in _rows("metrics.csv")
    ]
    order = list(Part)
    return tuple(sorted([*words, *metrics], key=lambda one: (order.index(one.part), one.word.casefold())))


def _of_term(name: str, term: Term) -> GlossaryEntry:
    return GlossaryEntry(
        word=term.label,
        anchor=f"{name}.{term.id}",
        part=Part.TERMS,
        meaning=term.definition,
        also=term.synonyms,
        vocabulary=name,
        id=term.id,
        iri=term.iri or None,
        status=term.status,
        replaced_by=term.replaced_by,
    )


def _names(one: GlossaryEntry) -> tuple[str, ...]:
    return (one.word, one.id or one.word, *one.also)


def _fits(one: GlossaryEntry, q: str) -> bool:
    text = " ".join((*_names(one), one.meaning)).casefold()
    return all(word in text for word in q.casefold().split()) or folded(q) in map(folded, _names(one))


def _plain(word: str) -> str:
    """A word as an anchor; signs that are no letters of English are named by their number, so that none are alike."""
    spelled = "".join(sign if sign.isascii() else f"u{ord(sign):x}" for sign in word.lower())
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")


def _rows(name: str) -> list[dict[str, str]]:
    text = files("schemas.vocabulary").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
