"""Edit: terms are added, said otherwise, deprecated and taken up again by vocabulary editors; nothing is deleted."""

from typing import Any

from sqlalchemy.orm import Session

from exchange import guard
from exchange.services import Services
from exchange.vocabulary import living, read
from schemas.access import NetworkRight, Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.naming import Terms, folded
from schemas.term import (
    ChangeKind,
    Deprecation,
    NewTerm,
    Restoration,
    ShownTerm,
    Term,
    TermChange,
    TermCorrection,
    TermStatus,
)
from storage import vocabularies


def add(services: Services, who: Principal, name: str, wanted: NewTerm) -> ShownTerm:
    """A new term; `Conflict` where its id is taken, `Refused` where another current term is called so."""
    _editor(services, who, name, wanted.id, "add")
    with services.sessions.begin() as session:
        added(services, session, who, name, wanted.term(), wanted.reason)
    return read.term(services, who, name, wanted.id)


def correct(services: Services, who: Principal, name: str, id: str, wanted: TermCorrection) -> ShownTerm:
    """A term said otherwise; its id stays, and so does what it said before, in its history."""
    _editor(services, who, name, id, "change")
    with services.sessions.begin() as session:
        terms = living.one(session, name)
        corrected(services, session, who, terms, living.term(terms, id), wanted.fields(), wanted.reason)
    return read.term(services, who, name, id)


def deprecate(services: Services, who: Principal, name: str, id: str, wanted: Deprecation) -> ShownTerm:
    """A term that is not to be used any more; it stays readable, and records with it stay valid."""
    _editor(services, who, name, id, "deprecate")
    with services.sessions.begin() as session:
        terms = _open(living.one(session, name))
        present = living.term(terms, id)
        if present.status is TermStatus.DEPRECATED:
            raise Conflict(f"The term {name}/{id} is deprecated already.")
        if wanted.replaced_by is not None:
            _instead(terms, id, wanted.replaced_by)
        fields = {
            "status": TermStatus.DEPRECATED.value,
            "replaced_by": wanted.replaced_by,
            "deprecated_because": wanted.reason,
        }
        _keep(services, session, who, terms, (id, ChangeKind.DEPRECATED, fields, wanted.reason))
    return read.term(services, who, name, id)


def restore(services: Services, who: Principal, name: str, id: str, wanted: Restoration) -> ShownTerm:
    """A deprecated term that is to be used again; `Refused` where another one is called so by now."""
    _editor(services, who, name, id, "restore")
    with services.sessions.begin() as session:
        terms = _open(living.one(session, name))
        present = living.term(terms, id)
        if present.status is TermStatus.CURRENT:
            raise Conflict(f"The term {name}/{id} is not deprecated.")
        _names_are_free(terms, present)
        fields = {"status": TermStatus.CURRENT.value, "replaced_by": None, "deprecated_because": ""}
        _keep(services, session, who, terms, (id, ChangeKind.RESTORED, fields, wanted.reason))
    return read.term(services, who, name, id)


def added(services: Services, session: Session, who: Principal, name: str, term: Term, reason: str) -> None:
    """The addition itself, within the caller's transaction."""
    terms = _open(living.one(session, name))
    if term.id in terms.by_id:
        raise Conflict(f"The vocabulary {name} has a term {term.id} already.")
    if term.broader is not None:
        living.term(terms, term.broader)
    _names_are_free(terms, term)
    fields = term.model_dump(mode="json", exclude_defaults=True)
    _keep(services, session, who, terms, (term.id, ChangeKind.ADDED, fields, reason))


def corrected(
    services: Services, session: Session, who: Principal, terms: Terms, present: Term, fields: dict[str, Any], why: str
) -> None:  # Any: JSON of a term's fields
    """The correction itself, within the caller's transaction; nothing is kept where nothing changes."""
    if fields.get("iri"):
        fields |= {"why": ""}
    whole = Term.model_validate(present.model_dump() | fields)
    if whole == present:
        return
    if whole.status is TermStatus.CURRENT:
        _names_are_free(terms, whole)
    _keep(services, session, who, terms, (present.id, ChangeKind.CHANGED, fields, why))


def _editor(services: Services, who: Principal, name: str, id: str, what: str) -> None:
    guard.require_in_network(services, who, NetworkRight.EDIT_VOCABULARIES, detail=f"{what} {name}/{id}")


def _open(terms: Terms) -> Terms:
    if terms.vocabulary.fixed:
        raise Conflict(
            f"The terms of {terms.vocabulary.name} are not added to or deprecated here. {terms.vocabulary.fixed}"
        )
    return terms


def _instead(terms: Terms, id: str, replaced_by: str) -> None:
    other = living.term(terms, replaced_by)
    if other.id == id or other.status is TermStatus.DEPRECATED:
        raise Conflict(f"'{replaced_by}' cannot stand in for '{id}': name another term that is current.")


def _names_are_free(terms: Terms, term: Term) -> None:
    """Each name leads to one current term, or a word in a record would have two meanings."""
    taken = {folded(name): one.id for one in terms.current if one.id != term.id for name in one.names}
    places = [("/id", term.id), ("/label", term.label)]
    places += [(f"/synonyms/{at}", one) for at, one in enumerate(term.synonyms)]
    troubles = tuple(
        Trouble(pointer=place, message=f"the term {taken[folded(name)]} is called so already", value=name)
        for place, name in places
        if folded(name) in taken
    )
    if troubles:
        raise Refused("A name may belong to one current term alone.", errors=troubles)


_Change = tuple[str, ChangeKind, dict[str, Any], str]  # Any: JSON of a term's fields


def _keep(services: Services, session: Session, who: Principal, terms: Terms, change: _Change) -> None:
    term, kind, fields, reason = change
    made = TermChange(
        vocabulary=terms.vocabulary.name,
        number=terms.changes + 1,
        term=term,
        kind=kind,
        fields=fields,
        reason=reason,
        at=services.now(),
        by=who.user,
        organisation=who.organisation,
    )
    vocabularies.add(session, made)
