"""Propose: a word of a saved record that is no term waits for a vocabulary editor; it blocks nothing.

The word comes from a record that may be confidential: it is shown to its own organisation and to editors, and others
see it when an editor makes it public alone.
"""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.services import Services
from exchange.vocabulary import edit, living, read
from schemas.access import NetworkRight, Principal, Right
from schemas.errors import NotFound
from schemas.metadata import Metadata
from schemas.naming import folded
from schemas.record.terms import words
from schemas.term import Term
from schemas.term_proposal import TermAccepted, TermDeclined, TermMapped, TermProposal, TermProposalState
from storage import term_proposals


def note(services: Services, session: Session, dataset: str, organisation: str, record: Metadata) -> None:
    """Propose the words of a dataset's newest record that are no terms, in the transaction that saves it."""
    found = words(record)
    terms = living.living(session, {one.vocabulary for one in found}) if found else {}
    fresh = {
        (one.vocabulary, folded(one.text)): one.text
        for one in found
        if folded(one.text) and terms[one.vocabulary].known(one.text) is None
    }
    ids = {key: services.new_id() for key in fresh}
    term_proposals.note(session, dataset, organisation, fresh, ids, services.now())


def every(services: Services, who: Principal, state: TermProposalState | None = None) -> list[TermProposal]:
    """All proposals for a vocabulary editor; for a contributor or steward those of their own organisation."""
    whole = read.is_editor(who)
    if whole:
        guard.require_in_network(services, who, NetworkRight.EDIT_VOCABULARIES, detail="list proposals of terms")
    else:
        guard.require_general(services, who, Right.DESCRIBE, detail="list proposals of terms")
    with services.sessions.read() as session:
        found = term_proposals.every(session, None if whole else who.organisation, state)
        terms = living.living(session, {one.vocabulary for one in found})
    return [
        one.model_copy(update={"nearest": tuple(near.id for near in terms[one.vocabulary].nearest(one.text))})
        for one in found
    ]


def accept(services: Services, who: Principal, proposal: str, wanted: TermAccepted) -> TermProposal:
    """The word becomes a term of its vocabulary, as the editor says it."""
    _editor(services, who, proposal, "accept")
    with services.sessions.begin() as session:
        found = _found(session, proposal)
        term = wanted.term()
        if wanted.public:
            term = term.model_copy(update={"synonyms": _with(term, found.text)})
        edit.added(services, session, who, found.vocabulary, term, wanted.reason)
        return _answered(services, session, who, found, (TermProposalState.ACCEPTED, term.id, wanted.reason))


def map_to(services: Services, who: Principal, proposal: str, wanted: TermMapped) -> TermProposal:
    """The word is a term that there is: its synonym for everybody where that is public, else in those records alone."""
    _editor(services, who, proposal, "map")
    with services.sessions.begin() as session:
        found = _found(session, proposal)
        terms = living.one(session, found.vocabulary)
        term = living.term(terms, wanted.term)
        if wanted.public:
            fields = {"synonyms": list(_with(term, found.text))}
            edit.corrected(services, session, who, terms, term, fields, wanted.reason)
        return _answered(services, session, who, found, (TermProposalState.MAPPED, term.id, wanted.reason))


def decline(services: Services, who: Principal, proposal: str, wanted: TermDeclined) -> TermProposal:
    """The word becomes no term; the record that has it stays valid."""
    _editor(services, who, proposal, "decline")
    with services.sessions.begin() as session:
        found = _found(session, proposal)
        return _answered(services, session, who, found, (TermProposalState.DECLINED, None, wanted.reason))


def _editor(services: Services, who: Principal, proposal: str, what: str) -> None:
    guard.require_in_network(services, who, NetworkRight.EDIT_VOCABULARIES, detail=f"{what} proposal {proposal}")


def _found(session: Session, proposal: str) -> TermProposal:
    found = term_proposals.find(session, proposal)
    if found is None:
        raise NotFound(f"There is no proposal {proposal}.")
    return found


def _answered(
    services: Services,
    session: Session,
    who: Principal,
    found: TermProposal,
    answer: tuple[TermProposalState, str | None, str],
) -> TermProposal:
    state, term, words = answer
    term_proposals.answer(session, found.id, state, term, who.user, services.now(), words)
    return _found(session, found.id)


def _with(term: Term, text: str) -> tuple[str, ...]:
    known = {folded(name) for name in term.names}
    return term.synonyms if folded(text) in known else (*term.synonyms, text)
