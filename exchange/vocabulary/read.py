"""Read: vocabularies, terms and their history, by anybody; who made a change is shown to vocabulary editors alone."""

from typing import Any

from access import rights
from exchange.fair import skos
from exchange.services import Services
from exchange.vocabulary import living
from schemas.access import NetworkRight, Principal
from schemas.naming import Terms, folded
from schemas.term import ShownTerm, ShownVocabulary, Step, Term, TermChange, TermStatus, VocabularyPage
from schemas.vocabulary.terms import seeds
from storage import vocabularies


def every(services: Services) -> list[ShownVocabulary]:
    """All vocabularies."""
    with services.sessions.read() as session:
        return [_shown(one) for one in living.living(session).values()]


def one(services: Services, name: str, q: str = "", deprecated: bool | None = None) -> VocabularyPage:
    """A vocabulary with the terms that fit; `NotFound` when there is none."""
    with services.sessions.read() as session:
        terms = living.one(session, name)
    found = (term for term in terms.by_id.values() if deprecated in (None, term.status is TermStatus.DEPRECATED))
    return VocabularyPage(**_shown(terms).model_dump(), items=tuple(term for term in found if _fits(term, q)))


def term(services: Services, who: Principal, name: str, id: str) -> ShownTerm:
    """A term with its history, oldest first; `NotFound` when there is none."""
    with services.sessions.read() as session:
        terms = living.one(session, name)
        found = living.term(terms, id)
        changes = vocabularies.changes(session, [name]).get(name, [])
    return ShownTerm(
        **found.model_dump(),
        vocabulary=name,
        address=address(services, name, id),
        narrower=tuple(one.id for one in terms.by_id.values() if one.broader == id),
        history=_history(name, id, changes, is_editor(who)),
    )


def as_skos(services: Services, name: str, only: str | None = None) -> str:
    """A vocabulary, or one term of it, as SKOS in Turtle."""
    with services.sessions.read() as session:
        terms = living.one(session, name)
        if only is not None:
            living.term(terms, only)
        return skos.turtle(terms, services.settings.base_url, only)


def as_csv(services: Services, name: str) -> str:
    """A vocabulary as CSV, one term a row."""
    with services.sessions.read() as session:
        return skos.csv_table(living.one(session, name), services.settings.base_url)


def address(services: Services, name: str, id: str) -> str:
    """The persistent IRI of a term under this installation."""
    return f"{services.settings.base_url}/vocabularies/{name}/{id}"


def is_editor(who: Principal) -> bool:
    """True for whoever edits vocabularies."""
    return rights.may_in_network(who, NetworkRight.EDIT_VOCABULARIES).allowed


def _shown(terms: Terms) -> ShownVocabulary:
    count = len(terms.by_id)
    return ShownVocabulary(
        **terms.vocabulary.model_dump(), version=terms.version, terms=count, deprecated=count - len(terms.current)
    )


def _fits(term: Term, q: str) -> bool:
    text = " ".join((*term.names, term.definition)).casefold()
    return all(word in text for word in q.casefold().split()) or (bool(q) and folded(q) in map(folded, term.names))


def _history(name: str, id: str, changes: list[TermChange], whole: bool) -> tuple[Step, ...]:
    seed = seeds()[name].by_id.get(id)
    present: dict[str, Any] = seed.model_dump(mode="json") if seed else {}  # Any: JSON of a term's fields
    steps = []
    for one in (change for change in changes if change.term == id):
        before = {field: present.get(field) for field in one.fields if field in present}
        steps.append(
            Step(
                number=one.number,
                kind=one.kind,
                before=before,
                after=one.fields,
                reason=one.reason,
                at=one.at,
                organisation=one.organisation,
                by=one.by if whole else None,
            )
        )
        present |= one.fields
    return tuple(steps)
