"""Inbox: a person's notifications, as they may see things now, and how they want to be told."""

from exchange import cursors, guard
from exchange.services import Services
from exchange.telling import notices, notify
from schemas.access import Principal
from schemas.errors import Denied, Refused, Trouble
from schemas.notification import (
    Channel,
    Kept,
    Notification,
    NotificationKind,
    NotificationPage,
    Preference,
    Preferences,
)
from storage import notifications, recipients

_ALWAYS = tuple(kind for kind in NotificationKind if notices.NOTICES[kind].security)


def page(services: Services, who: Principal, unread: bool, cursor: str | None, limit: int) -> NotificationPage:
    """One page, unread ones first; each says of its dataset what the caller may know now."""
    guard.listing(services, _person(who))
    after = _position(services, cursor) if cursor else None
    with services.sessions.read() as session:
        found = notifications.page(session, who.user, who.organisation, unread=unread, after=after, limit=limit + 1)
        shown = found[:limit]
        names = notify.labels(session, who, services.now(), {one.dataset for one in shown if one.dataset})
        persons = recipients.names(session, {one.person for one in shown if one.person})
        waiting = notifications.unread(session, who.user, who.organisation)
    guard.listed(services, who, "notifications", len(shown))
    onward = _sealed(services, shown[-1]) if len(found) > limit else None
    return NotificationPage(items=tuple(_shown(one, names, persons) for one in shown), unread=waiting, next=onward)


def mark_read(services: Services, who: Principal, id: str | None) -> int:
    """Mark one, or (None) all of the caller's, as read; returns how many were unread."""
    _person(who)
    with services.sessions.begin() as session:
        return notifications.mark_read(session, who.user, who.organisation, id, services.now())


def preferences(services: Services, who: Principal) -> Preferences:
    """How the caller is told of every kind."""
    _person(who)
    with services.sessions.read() as session:
        chosen = notifications.channels(session, [who.user])
    every = ((kind, chosen.get((who.user, kind), Channel.MAIL)) for kind in NotificationKind if kind not in _ALWAYS)
    return Preferences(chosen=tuple(Preference(kind=kind, channel=one) for kind, one in every), always=_ALWAYS)


def prefer(services: Services, who: Principal, wanted: Preference) -> Preferences:
    """How the caller is told of one kind from now on; `Refused` for what concerns security."""
    _person(who)
    if wanted.kind in _ALWAYS:
        trouble = Trouble(pointer="/kind", message="concerns security, and is always told", value=wanted.kind.value)
        raise Refused("This kind cannot be switched off.", errors=(trouble,))
    with services.sessions.begin() as session:
        notifications.choose(session, who.user, wanted.kind, wanted.channel)
    return preferences(services, who)


def _person(who: Principal) -> Principal:
    if not who.user:
        raise Denied("Notifications are for people who are signed in.")
    return who


def _shown(one: Kept, names: dict[str, str], persons: dict[str, str]) -> Notification:
    hidden = one.dataset is not None and one.dataset not in names
    return Notification(
        id=one.id,
        kind=one.kind,
        subject=notices.NOTICES[one.kind].subject,
        text=notices.composed(one.kind, one.facts, names.get(one.dataset or ""), hidden, persons.get(one.person or "")),
        dataset=None if hidden else one.dataset,
        created_at=one.created_at,
        read_at=one.read_at,
    )


def _sealed(services: Services, last: Kept) -> str:
    return cursors.sealed(services.secret, (last.created_at, f"{'r' if last.read_at else 'u'}:{last.id}"))


def _position(services: Services, cursor: str) -> notifications.Position:
    when, mark = cursors.opened(services.secret, cursor)
    read, colon, id = mark.partition(":")
    if not colon:
        trouble = Trouble(pointer="/query/cursor", message="is of another list", hint="take it from the page before")
        raise Refused("The cursor is not one of this list; start again without it.", errors=(trouble,))
    return read == "r", when, id
