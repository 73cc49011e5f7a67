"""Grants on datasets, and the sets of conditions that they name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from schemas.access import Scope
from schemas.conditions import Kept, kept, terms_id
from schemas.errors import NotFound
from schemas.policy import Grant
from storage.among import among, texts
from storage.tables import GrantRow, TermsRow

_ON = (
    select(*GrantRow.__table__.columns)
    .where(among(GrantRow.dataset, texts("datasets")))
    .order_by(GrantRow.created_at, GrantRow.id)
)
_ON_FOR = _ON.where(among(GrantRow.grantee, texts("grantees")))
_TERMS = select(TermsRow.id, TermsRow.conditions)
_NAMED_TERMS = _TERMS.where(among(TermsRow.id, texts("named")))


def add(session: Session, grant: Grant, by: str) -> None:
    """Keep a grant."""
    facts = grant.model_dump(exclude={"conditions", "level", "columns"})
    session.add(
        GrantRow(
            **facts,
            level=int(grant.level),
            columns=list(grant.columns),
            terms_id=_terms(session, grant.conditions),
            created_by=by,
        )
    )
    session.flush()


def on(session: Session, datasets: Iterable[str], within: Scope | None = None) -> list[Grant]:
    """All grants on these datasets, ended and revoked ones included, oldest first.

    Where `within` is given, those whose grantee has an id by which this scope is named: no other can speak to it.
    """
    these = {"datasets": list(datasets)}
    if within is None:
        rows = session.execute(_ON, these).all()
    else:
        # Emergency access names a person, whether or not they have a role in which one reads.
        grantees = {one.id for one in within.grantees} | {within.user}
        rows = session.execute(_ON_FOR, these | {"grantees": list(grantees)}).all()
    named = {row.terms_id for row in rows} - {""}
    conditions = terms(session, named) if named else {}
    return [_grant(row, conditions.get(row.terms_id, ())) for row in rows]


def revoke(session: Session, dataset: str, grant: str, by: str, now: datetime) -> None:
    """End a grant at once; `NotFound` when there is none in force."""
    done = session.execute(
        update(GrantRow)
        .where(GrantRow.id == grant, GrantRow.dataset == dataset, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
        .returning(GrantRow.id)
    ).first()
    if done is None:
        raise NotFound(f"Dataset {dataset} has no grant {grant} that could be revoked.")


def narrow(session: Session, grant: str, conditions: tuple[Kept, ...]) -> None:
    """Other, stricter conditions in place of a grant's; its terms say so."""
    row = session.get_one(GrantRow, grant)
    row.terms_id = _terms(session, conditions)
    row.terms = row.terms | {"narrowed": "Conditions were added that its sources asked for."}
    session.flush()


def end(session: Session, grant: str, by: str, now: datetime) -> None:
    """End a grant at once; one that has ended stays as it is."""
    these = update(GrantRow).where(GrantRow.id == grant, GrantRow.revoked_at.is_(None))
    session.execute(these.values(revoked_at=now, revoked_by=by))


def confirm(session: Session, dataset: str, grant: str, end: datetime) -> None:
    """A grant may open at this end of an embargo; `NotFound` when there is none in force."""
    this = (GrantRow.id == grant, GrantRow.dataset == dataset, GrantRow.revoked_at.is_(None))
    if session.execute(update(GrantRow).where(*this).values(confirmed_for=end).returning(GrantRow.id)).first() is None:
        raise NotFound(f"Dataset {dataset} has no grant {grant} that could be confirmed.")


def terms(session: Session, named: Iterable[str] | None = None) -> dict[str, tuple[Kept, ...]]:
    """Sets of conditions by name: these, or (None) every one that was ever used."""
    rows = session.execute(_TERMS) if named is None else session.execute(_NAMED_TERMS, {"named": list(named)})
    return {row.id: kept(row.conditions) for row in rows}


def _terms(session: Session, conditions: tuple[Kept, ...]) -> str:
    name = terms_id(conditions)
    if name and session.get(TermsRow, name) is None:
        session.add(TermsRow(id=name, conditions=[one.model_dump(mode="json") for one in conditions]))
        session.flush()
    return name


def _grant(row: Row[Any], conditions: tuple[Kept, ...]) -> Grant:
    return Grant.model_validate({**row._mapping, "conditions": conditions})
