"""Notify: tell people of something, in the transaction in which it happens; what they read is decided when they do."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from access import policy
from exchange import reach
from exchange.services import Services
from exchange.telling import notices
from schemas.access import Level, Principal, View
from schemas.notification import Address, Channel, Holders, Kept, NotificationKind, Person, To
from storage import catalogue, notifications, outbox, people, policies, recipients


def notify(
    services: Services,
    session: Session,
    *,
    to: To | Iterable[To],
    kind: NotificationKind,
    about: str | None = None,
    facts: Mapping[str, str] | None = None,
    mailed: bool = True,
) -> int:
    """Tell recipients of a kind, about a dataset where one is named; returns how many are told.

    `facts` are those that the kind's text names, `person` by their id; none may be a secret but a link to an address
    alone, and what speaks of the dataset is shown only to whoever may know of it when they read. `mailed` False: in the
    list alone.
    """
    kept = notices.checked(kind, facts or {})
    every = [to] if isinstance(to, Person | Holders | Address) else list(to)
    mailed = mailed and services.settings.mail != "off"
    told = dict.fromkeys(person for one in every for person in _people(session, one))
    reached = recipients.reached(session, {one.user for one in told})
    chosen = notifications.channels(session, reached)
    addresses = [one.email for one in every if isinstance(one, Address)] if mailed else []
    for address in addresses:
        outbox.add(session, services.new_id(), kind, services.now(), address=address, facts=kept)
    count = len(addresses)
    for person in told:
        channel = _channel(chosen, person.user, kind)
        if (
            person.user not in reached
            or channel is Channel.NONE
            or not _concerns(services, session, person, kind, about)
        ):
            continue
        by_mail = mailed and channel is Channel.MAIL and reached[person.user] is not None
        _keep(services, session, person, kind, about, kept, by_mail)
        count += 1
    return count


def labels(session: Session, who: Principal, now: datetime, datasets: Iterable[str]) -> dict[str, str]:
    """Of these datasets those that somebody may know of now, each named as they see it: its id and its title."""
    wanted = set(datasets)
    if not wanted:
        return {}
    within, on = reach.asking(session, who, now), policies.of(session, wanted)
    found: dict[str, str] = {}
    for one in catalogue.of(session, wanted):
        held = policy.permits(on[one.id], within)
        level = max((permit.level for permit in held if permit.view is View.FULL), default=Level.NONE)
        if level >= Level.LISTED:
            neutral = one.public_title is not None and level < Level.METADATA
            title = one.public_title if neutral else one.metadata.title
            found[one.id] = f"{one.id} '{title}'" if title else one.id
    return found


def reader(session: Session, user: str, organisation: str) -> Principal | None:
    """A recipient as the rule sees them now; None when they have ended or hold no role there any more."""
    return people.acting(session, user, organisation or people.user(session, user).organisation)


def _people(session: Session, to: To) -> list[Person]:
    if isinstance(to, Person | Address):
        return [to] if isinstance(to, Person) else []
    found = recipients.holders(session, to.organisation, to.roles)
    return [Person(user=user, organisation=to.organisation) for user in found]


def _channel(chosen: Mapping[tuple[str, NotificationKind], Channel], user: str, kind: NotificationKind) -> Channel:
    return Channel.MAIL if notices.NOTICES[kind].security else chosen.get((user, kind), Channel.MAIL)


def _concerns(services: Services, session: Session, person: Person, kind: NotificationKind, about: str | None) -> bool:
    """That something happened to a hidden dataset is nobody's to know but of whom it concerns."""
    if about is None or notices.NOTICES[kind].own:
        return True
    who = reader(session, person.user, person.organisation)
    return who is not None and about in labels(session, who, services.now(), [about])


def _keep(
    services: Services,
    session: Session,
    person: Person,
    kind: NotificationKind,
    about: str | None,
    facts: dict[str, str],
    by_mail: bool,
) -> None:
    now = services.now()
    one = Kept(
        id=services.new_id(),
        user=person.user,
        organisation=person.organisation,
        kind=kind,
        dataset=about,
        facts={name: text for name, text in facts.items() if name != "person"},
        person=facts.get("person"),
        created_at=now,
    )
    notifications.add(session, one)
    if by_mail:
        outbox.add(session, one.id, kind, now, told=one)
