"""Settle: what the words of one's own record are: terms, deprecated terms, or words that wait for an answer."""

from exchange import guard
from exchange.services import Services
from exchange.vocabulary import living
from schemas.access import Principal, Right
from schemas.naming import Terms, folded
from schemas.record.terms import Word, words
from schemas.term import SaidWord, Term
from storage import term_proposals


def words_of(services: Services, who: Principal, dataset: str) -> list[SaidWord]:
    """Every word of the newest record that is meant as a term, for those who may describe the dataset."""
    found = guard.require(services, who, Right.DESCRIBE, dataset, reading=True)
    with services.sessions.read() as session:
        vocabularies = living.living(session)
        settled = term_proposals.settled(session, found.owner)
    return [_said(word, vocabularies[word.vocabulary], settled) for word in words(found.metadata)]


def _said(word: Word, terms: Terms, settled: dict[tuple[str, str], str]) -> SaidWord:
    term = terms.known(word.text) or _answered(word, terms, settled)
    near = () if term else tuple(one.id for one in terms.nearest(word.text))
    return SaidWord(
        pointer=word.pointer,
        vocabulary=word.vocabulary,
        text=word.text,
        term=term.id if term else None,
        status=term.status if term else None,
        replaced_by=term.replaced_by if term else None,
        nearest=near,
    )


def _answered(word: Word, terms: Terms, settled: dict[tuple[str, str], str]) -> Term | None:
    return terms.by_id.get(settled.get((word.vocabulary, folded(word.text)), ""))
