"""Remind: tell before grants end, remind of requests that wait, and end those that wait in vain; told once each."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from access.exits import NAMED
from exchange.requests import asked_for
from exchange.services import Services
from exchange.sharing import embargo
from exchange.telling import notices
from exchange.telling.notify import notify
from schemas.access import GranteeKind, View
from schemas.notification import Holders, NotificationKind, Person, To
from schemas.organisation import Role
from schemas.policy import Grant
from schemas.request import AccessRequest, Closing, RequestState
from storage import catalogue, notifications, outbox, people, requests, warnings

_STEWARD = frozenset({Role.STEWARD})
_AT_ONCE = 100


def remind(services: Services) -> int:
    """Everything that is due now; returns how many grants, requests and embargoes were told of."""
    forget(services)
    return warn(services) + end_requests(services) + remind_of_requests(services) + len(embargo.remind(services))


def forget(services: Services) -> None:
    """Forget what people were told long ago."""
    before = services.now() - timedelta(days=services.settings.notification_days)
    with services.sessions.begin() as session:
        outbox.forget(session, before)
        notifications.forget(session, before)


def warn(services: Services) -> int:
    """Tell grantees and owners of grants that end within the days of the setting; each of those days once."""
    stages = sorted({int(one) for one in services.settings.grant_warning_days.split(",")})
    count, after = 0, ""
    while True:
        with services.sessions.begin() as session:
            now = services.now()
            some = warnings.ending(session, now, now + timedelta(days=stages[-1]), after, _AT_ONCE)
            told = warnings.told(session, [one.id for one in some])
            for one in some:
                count += _warned(services, session, one, stages, told.get(one.id, set()))
        if len(some) < _AT_ONCE:
            return count
        after = some[-1].id


def end_requests(services: Services) -> int:
    """End requests that nobody answered, whose organisation is out, or whose dataset was withdrawn."""
    with services.sessions.begin() as session:
        found = requests.ended(session, services.now(), _AT_ONCE)
        for one, why in found:
            requests.close(session, one.id, Closing(state=RequestState.EXPIRED, at=services.now(), reason=why))
            facts = {"level": asked_for.level(one), "reason": why}
            to = Person(user=one.user, organisation=one.organisation)
            kind = NotificationKind.REQUEST_EXPIRED
            notify(services, session, to=to, kind=kind, about=one.dataset, facts=facts)
    return len(found)


def remind_of_requests(services: Services) -> int:
    """Tell stewards once of requests that have waited for some days."""
    with services.sessions.begin() as session:
        now = services.now()
        found = requests.to_remind(session, now - timedelta(days=services.settings.request_reminder_days), _AT_ONCE)
        for one in found:
            _remind(services, session, one)
        requests.reminded(session, [one.id for one in found], now)
    return len(found)


def _warned(services: Services, session: Session, grant: Grant, stages: list[int], told: set[int]) -> int:
    """Of several that are due only the nearest is told; none that was due before the grant was given."""
    now = services.now()
    assert grant.expires_at is not None  # Such were chosen.
    since = max(grant.created_at, grant.starts_at or grant.created_at)
    due = [one for one in stages if since < grant.expires_at - timedelta(days=one) <= now]
    untold = [one for one in due if one not in told]
    if not untold:
        return 0
    warnings.tell(session, grant.id, untold, now)
    if due[0] in told:
        return 0
    name, grantees = _grantees(session, grant)
    owner = catalogue.of(session, [grant.dataset])[0].owner
    level = f"level '{grant.level.name.lower()}'" + ("" if grant.view is View.FULL else f", {grant.view.value} view")
    facts = {"level": level, "grantee": name, "until": notices.when(grant.expires_at)}
    # Who holds a view without the id must not learn of which dataset it is.
    to = [Holders(organisation=owner, roles=_STEWARD), *(grantees if grant.view in NAMED else [])]
    notify(services, session, to=to, kind=NotificationKind.GRANT_ENDING, about=grant.dataset, facts=facts)
    return 1


def _grantees(session: Session, grant: Grant) -> tuple[str, list[To]]:
    """What the grantee is called, and who is told for it; the network and the world are not told one by one."""
    asked = requests.find(session, grant.request) if grant.request else None
    asker: list[To] = [Person(user=asked.user, organisation=asked.organisation)] if asked else []
    match grant.grantee_kind:
        case GranteeKind.ORGANISATION:
            name = next(one.name for one in people.organisations(session) if one.id == grant.grantee)
            return name, [*asker, Holders(organisation=grant.grantee, roles=_STEWARD)]
        case GranteeKind.USER:
            user = people.user(session, grant.grantee)
            return user.name, [*asker, Person(user=user.id, organisation=user.organisation)]
        case GranteeKind.GROUP:
            group = next(one for one in people.groups(session) if one.id == grant.grantee)
            return group.name, [*asker, *_members(session, group.organisations, group.users)]
        case GranteeKind.NETWORK:
            return "the network", asker
    return "everybody", asker


def _members(session: Session, organisations: Iterable[str], users: Iterable[str]) -> list[To]:
    persons = (people.user(session, one) for one in users)
    return [
        *(Holders(organisation=one, roles=_STEWARD) for one in organisations),
        *(Person(user=one.id, organisation=one.organisation) for one in persons),
    ]


def _remind(services: Services, session: Session, one: AccessRequest) -> None:
    owner = catalogue.of(session, [one.dataset])[0].owner
    asker = next(each.name for each in people.organisations(session) if each.id == one.organisation)
    facts = {"organisation": asker, "level": asked_for.level(one), "until": notices.when(one.expires_at)}
    to, kind = Holders(organisation=owner, roles=_STEWARD), NotificationKind.REQUEST_WAITING
    notify(services, session, to=to, kind=kind, about=one.dataset, facts=facts)
