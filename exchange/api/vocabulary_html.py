"""What stands on the pages of vocabularies, terms and the glossary; plain HTML, every text escaped."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from schemas.glossary import TITLES, GlossaryEntry
from schemas.term import ShownTerm, ShownVocabulary, VocabularyPage


def every(vocabularies: Sequence[ShownVocabulary]) -> str:
    """The list of vocabularies."""
    return _environment().get_template("vocabularies.html").render(vocabularies=vocabularies)


def one(shown: VocabularyPage) -> str:
    """A vocabulary with its terms."""
    return _environment().get_template("vocabulary.html").render(shown=shown)


def term(shown: ShownTerm) -> str:
    """A term with its history."""
    return _environment().get_template("term.html").render(shown=shown)


def glossary(entries: Sequence[GlossaryEntry], q: str) -> str:
    """The glossary, part by part."""
    parts = [(title, [one for one in entries if one.part is part]) for part, title in TITLES.items()]
    names = dict.fromkeys(one.vocabulary for one in entries if one.vocabulary)
    terms = [(name, [one for one in entries if one.vocabulary == name]) for name in names]
    return _environment().get_template("glossary.html").render(parts=parts, terms=terms, q=q)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("exchange.api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = _day
    return made


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
