"""Notifications of people, and how they want to be told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from schemas.errors import NotFound
from schemas.notification import Channel, Kept, NotificationKind
from storage.tables import NotificationPersonRow, NotificationPreferenceRow, NotificationRow

Position = tuple[bool, datetime, str]
"""Where a page ends: whether its last one is read, since when it is there, and its id."""


def add(session: Session, one: Kept) -> None:
    """Keep a notification."""
    session.add(NotificationRow(**one.model_dump(exclude={"person"})))
    session.flush()
    if one.person is not None:
        session.add(NotificationPersonRow(notification=one.id, person=one.person))
        session.flush()


def kept(session: Session, id: str) -> Kept:
    """One notification that there is."""
    return _kept(session, [session.get_one(NotificationRow, id)])[0]


def page(
    session: Session, user: str, organisation: str, *, unread: bool, after: Position | None, limit: int
) -> list[Kept]:
    """A person's notifications for an organisation, and those about their account: unread first, then newest first."""
    was_read = NotificationRow.read_at.is_not(None)
    chosen = select(NotificationRow).where(*_of(user, organisation))
    if unread:
        chosen = chosen.where(NotificationRow.read_at.is_(None))
    if after is not None:
        read, when, last = after
        older = or_(
            NotificationRow.created_at < when, and_(NotificationRow.created_at == when, NotificationRow.id < last)
        )
        chosen = chosen.where(and_(was_read, older) if read else or_(was_read, older))
    order = (was_read, NotificationRow.created_at.desc(), NotificationRow.id.desc())
    return _kept(session, list(session.scalars(chosen.order_by(*order).limit(limit))))


def unread(session: Session, user: str, organisation: str) -> int:
    """How many a person has not read."""
    chosen = select(func.count()).where(*_of(user, organisation), NotificationRow.read_at.is_(None))
    return session.scalar(chosen) or 0


def mark_read(session: Session, user: str, organisation: str, id: str | None, now: datetime) -> int:
    """Mark one of a person's notifications, or (None) all, as read; `NotFound` when they have no such one."""
    mine = _of(user, organisation)
    if id is not None:
        mine.append(NotificationRow.id == id)
        if session.scalar(select(NotificationRow.id).where(*mine)) is None:
            raise NotFound(f"You have no notification {id}.")
    unread = (*mine, NotificationRow.read_at.is_(None))
    marked = update(NotificationRow).where(*unread).values(read_at=now).returning(NotificationRow.id)
    return len(session.execute(marked).all())


def forget(session: Session, before: datetime) -> None:
    """Forget what people were told before then, once its mails are forgotten."""
    session.execute(delete(NotificationRow).where(NotificationRow.created_at < before))


def channels(session: Session, users: Iterable[str]) -> dict[tuple[str, NotificationKind], Channel]:
    """What these users have chosen, by user and kind; what is not there is by mail and in the list."""
    chosen = select(NotificationPreferenceRow).where(NotificationPreferenceRow.user.in_(list(users)))
    known = {one.value for one in NotificationKind}
    return {
        (row.user, NotificationKind(row.kind)): Channel(row.channel)
        for row in session.scalars(chosen)
        if row.kind in known
    }


def choose(session: Session, user: str, kind: NotificationKind, channel: Channel) -> None:
    """How a user is told of a kind from now on."""
    row = session.get(NotificationPreferenceRow, (user, kind.value))
    if row is None:
        session.add(NotificationPreferenceRow(user=user, kind=kind, channel=channel))
    else:
        row.channel = channel
    session.flush()


def _of(user: str, organisation: str) -> list[ColumnElement[bool]]:
    return [NotificationRow.user == user, NotificationRow.organisation.in_(["", organisation])]


def _kept(session: Session, rows: list[NotificationRow]) -> list[Kept]:
    named = select(NotificationPersonRow).where(NotificationPersonRow.notification.in_([row.id for row in rows]))
    persons = {one.notification: one.person for one in session.scalars(named)}
    return [
        Kept(
            id=row.id,
            user=row.user,
            organisation=row.organisation,
            kind=NotificationKind(row.kind),
            dataset=row.dataset,
            facts=row.facts,
            person=persons.get(row.id),
            created_at=row.created_at,
            read_at=row.read_at,
        )
        for row in rows
    ]
