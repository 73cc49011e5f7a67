"""Sessions of browsers."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from schemas.access import Principal, TokenScope
from schemas.errors import NotFound
from schemas.organisation import OrganisationState, Role
from schemas.signing_in import ActsFor, BrowserSession
from storage.people import acting
from storage.tables import MembershipRow, OneTimeLinkRow, OrganisationRow, SessionRow


def add(session: Session, one: BrowserSession, user: str, hash: str) -> None:
    """A browser is signed in."""
    session.add(SessionRow(**one.model_dump(exclude={"current"}), user=user, hash=hash))
    session.flush()


def principal_of(
    session: Session, hash: str, now: datetime, seen_since: datetime
) -> tuple[Principal, datetime, datetime] | None:
    """Whose session has this hash, when it was last seen and when it ends; None unless it is open and was seen since.

    A session may do whatever its person may: it holds every scope.
    """
    open_now = (SessionRow.ended_at.is_(None), SessionRow.expires_at > now, SessionRow.seen_at > seen_since)
    row = session.scalar(select(SessionRow).where(SessionRow.hash == hash, *open_now))
    who = acting(session, row.user, row.organisation) if row is not None else None
    if row is None or who is None or who.state is OrganisationState.LEFT or who.service:
        return None
    who = who.model_copy(update={"scopes": frozenset(TokenScope), "session": row.id})
    return who, row.seen_at, row.expires_at


def see(session: Session, id: str, now: datetime, before: datetime) -> None:
    """Remember that a session is in use, unless that was done a moment ago."""
    session.execute(update(SessionRow).where(SessionRow.id == id, SessionRow.seen_at < before).values(seen_at=now))


def of_user(session: Session, user: str, now: datetime, seen_since: datetime) -> list[BrowserSession]:
    """A person's open sessions, newest first."""
    open_now = (SessionRow.ended_at.is_(None), SessionRow.expires_at > now, SessionRow.seen_at > seen_since)
    chosen = select(SessionRow).where(SessionRow.user == user, *open_now).order_by(SessionRow.created_at.desc())
    return [
        BrowserSession(
            id=row.id,
            organisation=row.organisation,
            how=row.how,
            agent=row.agent,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
        )
        for row in session.scalars(chosen)
    ]


def end(session: Session, user: str, id: str, now: datetime) -> None:
    """End a session of this person; `NotFound` when there is none open."""
    mine = (SessionRow.id == id, SessionRow.user == user, SessionRow.ended_at.is_(None))
    if session.scalar(update(SessionRow).where(*mine).values(ended_at=now).returning(SessionRow.id)) is None:
        raise NotFound(f"There is no open session {id} of yours.")


def end_hash(session: Session, hash: str, now: datetime) -> None:
    """End the session of this cookie, if it is open."""
    session.execute(
        update(SessionRow).where(SessionRow.hash == hash, SessionRow.ended_at.is_(None)).values(ended_at=now)
    )


def end_others(session: Session, user: str, kept: str, now: datetime) -> None:
    """End every session of this person but one."""
    others = (SessionRow.user == user, SessionRow.id != kept, SessionRow.ended_at.is_(None))
    session.execute(update(SessionRow).where(*others).values(ended_at=now))


def turn(session: Session, id: str, hash: str, organisation: str, now: datetime) -> None:
    """From now on a session has another cookie and acts for this organisation."""
    session.execute(
        update(SessionRow).where(SessionRow.id == id).values(hash=hash, organisation=organisation, seen_at=now)
    )


def forget(session: Session, before: datetime) -> None:
    """Remove sessions and one-time links that ended before: they name browsers and people, and open nothing."""
    session.execute(delete(SessionRow).where(func.coalesce(SessionRow.ended_at, SessionRow.expires_at) < before))
    session.execute(delete(OneTimeLinkRow).where(OneTimeLinkRow.expires_at < before))


def memberships(session: Session, user: str) -> tuple[ActsFor, ...]:
    """For whom a person may act, by name; organisations that have left are not among them."""
    rows = session.execute(
        select(OrganisationRow.id, OrganisationRow.name, MembershipRow.roles)
        .join(OrganisationRow, OrganisationRow.id == MembershipRow.organisation)
        .where(MembershipRow.user == user, OrganisationRow.state != OrganisationState.LEFT.value)
        .order_by(OrganisationRow.name)
    )
    return tuple(
        ActsFor(organisation=row.id, name=row.name, roles=tuple(Role(one) for one in row.roles))
        for row in rows
        if row.roles
    )
