"""Naming: the terms of a vocabulary together, which of them a text names, and the data file with changes made here."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from schemas.term import Term, TermChange, TermStatus, Vocabulary

NEAREST: Final = 3


@dataclass(frozen=True)
class Terms:
    """The terms of one vocabulary as they are now."""

    vocabulary: Vocabulary
    by_id: Mapping[str, Term]
    changes: int = 0

    def known(self, text: str) -> Term | None:
        """The term of this id, label or synonym, whatever case, spaces and hyphens; a current one before others."""
        return self._named.get(folded(text))

    def nearest(self, text: str) -> tuple[Term, ...]:
        """Up to three current terms that are called almost so."""
        names = {name: one for name, one in self._named.items() if one.status is TermStatus.CURRENT}
        sought = folded(text)
        close = get_close_matches(sought, names, n=NEAREST * 3, cutoff=0.55)
        if not close and len(sought) > 2:
            close = [name for name in names if len(name) > 2 and (name in sought or sought in name)]
        return tuple({names[name].id: names[name] for name in close}.values())[:NEAREST]

    @cached_property
    def _named(self) -> dict[str, Term]:
        """Every name, folded, with its term."""
        every = sorted(self.by_id.values(), key=lambda one: one.status is TermStatus.CURRENT)
        return {folded(name): one for one in every for name in one.names}

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
