"""The glossary as a document: `python -m exchange.fair.glossary` writes `docs/glossary.md` from the data files."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from schemas.glossary import TITLES, GlossaryEntry, Part, entries
from schemas.naming import Terms
from schemas.term import TermStatus
from schemas.vocabulary.terms import seeds

INTRODUCTION: Final = (
    "Words that mean one thing everywhere here, and the terms of the controlled vocabularies as they come with this "
    "version of the platform; an installation's own are at `/glossary`. How terms are used, added and deprecated "
    "stands in [vocabularies](users/vocabularies.md), how metrics are computed in [KPIs](kpis.md)."
)
PLACE: Final = Path("docs/glossary.md")


def markdown(vocabularies: Mapping[str, Terms]) -> str:
    """The whole document."""
    every = entries(vocabularies)
    parts = [f"# Glossary\n\n{INTRODUCTION}\n"]
    for part, title in TITLES.items():
        parts.append(f"## {title}\n\n{_table(('word', 'meaning'), map(_word, _of(every, part)))}")
    for name, terms in vocabularies.items():
        about = terms.vocabulary
        version = f" {about.source_version}" if about.source_version else ""
        parts.append(
            f"## {about.title}\n\n{about.definition}. `{name}`, from {about.source}{version} ({about.licence}).\n\n"
            + _table(
                ("term", "id", "meaning", "also", "IRI"),
                (_term(one) for one in every if one.vocabulary == name),
            )
        )
    return "\n".join(parts)


def _of(every: Iterable[GlossaryEntry], part: Part) -> list[GlossaryEntry]:
    return [one for one in every if one.part is part]


def _word(one: GlossaryEntry) -> tuple[str, ...]:
    unit = f" `{one.id}`, in {'1' if one.unit == '1' else one.unit}." if one.unit else ""
    return one.word, f"{one.meaning}.{unit}"


def _term(one: GlossaryEntry) -> tuple[str, ...]:
    gone = one.status is TermStatus.DEPRECATED
    instead = f"; use `{one.replaced_by}`" if one.replaced_by else ""
    meaning = f"{one.meaning} (deprecated{instead})" if gone else one.meaning
    return one.word, f"`{one.id}`", meaning, ", ".join(one.also), f"<{one.iri}>" if one.iri else ""


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PLACE.write_text(markdown(seeds()), encoding="utf-8")
