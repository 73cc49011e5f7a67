"""Passwords and one-time links, as their hashes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from storage.tables import OneTimeLinkRow, OrganisationRow, PasswordRow, UserRow


@dataclass(frozen=True)
class LocalAccount:
    """A person who has a password, and its hash."""

    user: str
    hash: str
    set_at: datetime


def find(session: Session, account: str) -> LocalAccount | None:
    """The active person with a password and this user id or e-mail address; None where it fits none, or several."""
    wanted = account.strip().lower()
    rows = session.execute(
        select(UserRow.id, PasswordRow.hash, PasswordRow.set_at)
        .join(PasswordRow, PasswordRow.user == UserRow.id)
        .where(UserRow.active, ~UserRow.service, or_(UserRow.id == wanted, func.lower(UserRow.email) == wanted))
    ).all()
    by_id = [one for one in rows if one.id == wanted]
    found = by_id or rows
    return LocalAccount(*found[0]) if len(found) == 1 else None


def set_password(session: Session, user: str, hash: str, now: datetime) -> None:
    """A person's password from now on."""
    row = session.get(PasswordRow, user)
    if row is None:
        session.add(PasswordRow(user=user, hash=hash, set_at=now))
    else:
        row.hash, row.set_at = hash, now
    session.flush()


def renew_hash(session: Session, user: str, old: str, new: str) -> None:
    """The same password at a newer cost, unless it was changed meanwhile."""
    session.execute(update(PasswordRow).where(PasswordRow.user == user, PasswordRow.hash == old).values(hash=new))


def own_words(session: Session, user: str) -> tuple[str, ...]:
    """What a person's password must not be made of: id, name, address, and their organisation's."""
    found = session.execute(
        select(UserRow.id, UserRow.name, UserRow.email, OrganisationRow.id, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.id == UserRow.organisation)
        .where(UserRow.id == user)
    ).one()
    return tuple(str(one) for one in found if one)


def add_link(session: Session, id: str, user: str, hash: str, now: datetime, expires_at: datetime) -> None:
    """Keep a one-time link's hash; earlier links of this person end."""
    end_links(session, user, now)
    session.add(OneTimeLinkRow(id=id, user=user, hash=hash, created_at=now, expires_at=expires_at))
    session.flush()


def link_of(session: Session, hash: str, now: datetime) -> tuple[str, str] | None:
    """Id and person of a link that still opens; None when it was used, has ended or never was."""
    row = session.execute(
        select(OneTimeLinkRow.id, OneTimeLinkRow.user)
        .join(UserRow, UserRow.id == OneTimeLinkRow.user)
        .where(OneTimeLinkRow.hash == hash, *_valid(now), UserRow.active, ~UserRow.service)
    ).first()
    return (row.id, row.user) if row is not None else None


def use_link(session: Session, id: str, now: datetime) -> str | None:
    """End a link by using it; returns whose it was, or None when somebody was faster or it has ended."""
    return session.scalar(
        update(OneTimeLinkRow)
        .where(OneTimeLinkRow.id == id, *_valid(now))
        .values(ended_at=now)
        .returning(OneTimeLinkRow.user)
    )


def end_links(session: Session, user: str, now: datetime) -> None:
    """No link of this person opens any more."""
    unused = (OneTimeLinkRow.user == user, OneTimeLinkRow.ended_at.is_(None))
    session.execute(update(OneTimeLinkRow).where(*unused).values(ended_at=now))


def _valid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OneTimeLinkRow.ended_at.is_(None), OneTimeLinkRow.expires_at > now)
