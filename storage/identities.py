"""Accounts at identity providers that belong to people, and sign-ins that have gone there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.tables import IdentityRow, SignInRow


@dataclass(frozen=True)
class Identity:
    """An account at a provider, and the roles that its claims gave last, by organisation."""

    issuer: str
    subject: str
    user: str
    given: dict[str, list[str]]


@dataclass(frozen=True)
class Begun:
    """A sign-in under way; `state` and `browser` are hashes."""

    state: str
    browser: str
    provider: str
    nonce: str
    verifier: str
    next: str
    link: str | None
    expires_at: datetime


def find(session: Session, issuer: str, subject: str) -> Identity | None:
    """Whose account this is; None when it is nobody's here."""
    row = session.get(IdentityRow, (issuer, subject))
    return Identity(row.issuer, row.subject, row.user, dict(row.given)) if row is not None else None


def of_user(session: Session, user: str) -> list[Identity]:
    """Every account at a provider that is this person's."""
    rows = session.scalars(select(IdentityRow).where(IdentityRow.user == user).order_by(IdentityRow.issuer))
    return [Identity(row.issuer, row.subject, row.user, dict(row.given)) for row in rows]


def join(session: Session, issuer: str, subject: str, user: str, now: datetime) -> None:
    """This account is this person's from now on."""
    session.add(IdentityRow(issuer=issuer, subject=subject, user=user, given={}, linked_at=now, last_at=now))
    session.flush()


def remember(session: Session, identity: Identity, given: dict[str, list[str]], now: datetime) -> None:
    """What the claims gave this time."""
    whose = (IdentityRow.issuer == identity.issuer, IdentityRow.subject == identity.subject)
    session.execute(update(IdentityRow).where(*whose).values(given=given, last_at=now))


def begin(session: Session, begun: Begun, now: datetime) -> None:
    """Keep a sign-in until it comes back; those past their end go."""
    session.execute(delete(SignInRow).where(SignInRow.expires_at < now))
    session.add(SignInRow(**begun.__dict__, used_at=None))
    session.flush()


def take(session: Session, state: str, browser: str, provider: str, now: datetime) -> Begun | None:
    """The sign-in of this state and browser, which can be taken once; None when there is none any more."""
    row = session.scalars(
        update(SignInRow)
        .where(
            SignInRow.state == state,
            SignInRow.browser == browser,
            SignInRow.provider == provider,
            SignInRow.used_at.is_(None),
            SignInRow.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInRow)
    ).first()
    if row is None:
        return None
    return Begun(row.state, row.browser, row.provider, row.nonce, row.verifier, row.next, row.link, row.expires_at)
