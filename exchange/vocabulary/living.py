"""Living: the vocabularies as they are now, the data files with every change made here."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from schemas.errors import NotFound
from schemas.metadata import Metadata
from schemas.naming import Terms, folded, with_changes
from schemas.record.terms import Unsettled, unsettled
from schemas.term import Term
from schemas.vocabulary.terms import seeds
from storage import term_proposals, vocabularies


def living(session: Session, names: Collection[str] | None = None) -> dict[str, Terms]:
    """These vocabularies by name, or all, in the order of the index."""
    chosen = {name: seed for name, seed in seeds().items() if names is None or name in names}
    changes = vocabularies.changes(session, chosen)
    return {
        name: with_changes(seed.vocabulary, seed.by_id.values(), changes[name]) if name in changes else seed
        for name, seed in chosen.items()
    }


def one(session: Session, name: str) -> Terms:
    """One vocabulary; `NotFound` when there is none."""
    found = living(session, [name]).get(name)
    if found is None:
        raise NotFound(f"There is no vocabulary '{name}'; there are {', '.join(seeds())}.")
    return found


def term(terms: Terms, id: str) -> Term:
    """One term of a vocabulary; `NotFound` names the nearest when there is none."""
    found = terms.by_id.get(id)
    if found is None:
        near = ", ".join(near.id for near in terms.nearest(id))
        advice = f"nearest: {near}" if near else "its list has them all"
        raise NotFound(f"The vocabulary {terms.vocabulary.name} has no term '{id}'; {advice}.")
    return found


def known(session: Session, vocabulary: str, text: str, organisation: str = "") -> Term | None:
    """The term that a text names, also one that the organisation's own word was answered to be; None when none."""
    terms = one(session, vocabulary)
    found = terms.known(text)
    if found is None and organisation:
        settled = term_proposals.settled(session, organisation).get((vocabulary, folded(text)))
        found = terms.by_id.get(settled) if settled else None
    return found


def still_unsettled(session: Session, organisation: str, record: Metadata) -> tuple[Unsettled, ...]:
    """The words of an organisation's record that are no terms, and were not answered to be some."""
    settled: Mapping[tuple[str, str], str] = term_proposals.settled(session, organisation)
    open_ones = unsettled(record, living(session))
    return tuple(one for one in open_ones if (one.word.vocabulary, folded(one.word.text)) not in settled)
