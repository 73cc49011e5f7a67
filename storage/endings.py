"""What ends at once when a person or a membership ends: tokens, sessions, one-time links.

Of an organisation that leaves every membership ends; one that is suspended keeps them, and reads its own data alone.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from storage.tables import MembershipRow, OneTimeLinkRow, SessionRow, TokenRow


def of_user(session: Session, user: str, now: datetime) -> int:
    """Everything of a person; returns how many tokens were revoked."""
    session.execute(update(SessionRow).where(SessionRow.user == user, *_open()).values(ended_at=now))
    _end_links(session, [user], now)
    return _revoke(session, (TokenRow.user == user,), now)


def of_membership(session: Session, user: str, organisation: str, now: datetime) -> int:
    """What a person has for one organisation; one-time links too where it was the only one. Returns tokens revoked."""
    mine = (SessionRow.user == user, SessionRow.organisation == organisation)
    session.execute(update(SessionRow).where(*mine, *_open()).values(ended_at=now))
    elsewhere = (MembershipRow.user == user, MembershipRow.organisation != organisation)
    if not any(session.scalars(select(MembershipRow.roles).where(*elsewhere))):
        _end_links(session, [user], now)
    return _revoke(session, (TokenRow.user == user, TokenRow.organisation == organisation), now)


def tokens_of_user(session: Session, user: str, now: datetime) -> int:
    """All personal tokens of a person; returns how many."""
    return _revoke(session, (TokenRow.user == user,), now)


def _open() -> tuple[ColumnElement[bool], ...]:
    return (SessionRow.ended_at.is_(None),)


def _end_links(session: Session, users: Sequence[str], now: datetime) -> None:
    unused = (OneTimeLinkRow.user.in_(users), OneTimeLinkRow.ended_at.is_(None))
    session.execute(update(OneTimeLinkRow).where(*unused).values(ended_at=now))


def _revoke(session: Session, which: tuple[ColumnElement[bool], ...], now: datetime) -> int:
    valid = update(TokenRow).where(*which, TokenRow.revoked_at.is_(None)).values(revoked_at=now)
    return len(session.execute(valid.returning(TokenRow.id)).all())
