"""Reach: what a caller is to the access rule at this moment, gathered from what the database knows of them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from access import agreements as accepted
from access import conditions, listing
from access.conditions import Met
from access.scopes import scope
from schemas.access import Principal, Scope
from schemas.conditions import Kept, Reciprocity
from storage import agreements, collections, grants, visibility

Terms = Mapping[str, tuple[Kept, ...]]


def asking(session: Session, who: Principal, now: datetime, terms: Terms | None = None) -> Scope:
    """The caller's scope for deciding on datasets one by one; `terms` are all sets of conditions, where at hand."""
    if not who.organisation:
        return scope(who, now)
    known, given = agreements.every(session), agreements.acceptances(session, who.organisation)
    in_force, owes = accepted.in_force(known, given, now), bool(accepted.owed(known, given, now))
    # Only collections of which a condition speaks matter to the rule; counting takes long where there is much.
    every = (one for kept in (grants.terms(session) if terms is None else terms).values() for one in kept)
    named = {one.collection for one in every if isinstance(one, Reciprocity)}
    counted = collections.contributed(session, who.organisation, named) if named else frozenset()
    return scope(who, now, in_force, counted, owes)


def owed(session: Session, who: Principal, now: datetime) -> tuple[str, ...]:
    """Agreements that taking part needs, and that the caller's organisation has not accepted."""
    return accepted.owed(agreements.every(session), agreements.acceptances(session, who.organisation), now)


def searching(session: Session, who: Principal, now: datetime) -> Scope:
    """The caller's scope for choosing among all datasets: also the names that SQL and materialised visibility use."""
    terms = grants.terms(session)
    within = asking(session, who, now, terms)
    how_far = {name: conditions.met(one, within) for name, one in terms.items()}
    meant = {(one.kind.value, one.id) for one in within.grantees} | {("owner", within.own or ""), ("user", within.user)}
    heard = visibility.audiences(session, meant)
    return within.model_copy(
        update={
            "terms": frozenset(name for name, far in how_far.items() if far is Met.WHOLLY),
            "terms_but_purpose": frozenset(name for name, far in how_far.items() if far is Met.BUT_PURPOSE),
            "audiences": frozenset(number for number, one in heard.items() if listing.hears(one, within)),
        }
    )
