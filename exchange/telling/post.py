"""Post: write the mails that are due, as their readers may see things now, and send them; failures are tried again."""

from datetime import timedelta

import structlog

from exchange.services import Services
from exchange.telling import mail, notices, notify
from exchange.telling.mail import Mailer, NotSent
from schemas.notification import Due, Mail
from storage import outbox, recipients

_log = structlog.get_logger("exchange.post")
_AT_ONCE = 20
_LEASE = timedelta(minutes=15)
"""Longer than sending so many can take: a second sender must not take them meanwhile."""
_LONGEST_WAIT = timedelta(hours=6)


def send_due(services: Services, mailer: Mailer | None = None) -> int:
    """Send what is due, some at a time; returns how many were sent. A mail whose sender died is sent again."""
    mailer = mailer or mail.opened(services.settings)
    if mailer is None:
        return 0
    with services.sessions.begin() as session:
        now = services.now()
        due = outbox.take(session, now, now + _LEASE, _AT_ONCE)
    return sum(_sent(services, mailer, one) for one in due)


def _sent(services: Services, mailer: Mailer, due: Due) -> bool:
    written = _written(services, due)
    if written is None:
        _end(services, due, "dropped")
        return False
    try:
        mailer.send(written, services.now())
    except NotSent as failure:
        _failed(services, due, failure)
        return False
    _end(services, due, "sent")
    return True


def _written(services: Services, due: Due) -> Mail | None:
    """None when there is nobody to send it to any more."""
    subject, foot = notices.NOTICES[due.kind].subject, f"\n\n-- \n{services.settings.base_url}\n"
    told = due.told
    if told is None:
        text = notices.composed(due.kind, due.facts, None, hidden=False)
        return Mail(id=due.id, to=due.address, subject=subject, text=text + foot)
    with services.sessions.read() as session:
        address = recipients.reached(session, [told.user]).get(told.user)
        who = notify.reader(session, told.user, told.organisation)
        if address is None or who is None:
            return None
        shown = notify.labels(session, who, services.now(), [told.dataset]) if told.dataset else {}
        person = recipients.names(session, [told.person] if told.person else []).get(told.person or "")
    hidden = told.dataset is not None and told.dataset not in shown
    text = notices.composed(told.kind, told.facts, shown.get(told.dataset or ""), hidden, person)
    return Mail(id=due.id, to=address, subject=subject, text=text + foot)


def _failed(services: Services, due: Due, failure: NotSent) -> None:
    if failure.final or due.attempts >= services.settings.mail_attempts:
        _end(services, due, "dead", str(failure))
        _log.error("mail given up", mail=due.id, kind=due.kind.value, attempts=due.attempts, reason=str(failure))
        return
    again = services.now() + wait(due.attempts)
    with services.sessions.begin() as session:
        outbox.postpone(session, due.id, again, str(failure))
    _log.warning("mail not sent", mail=due.id, attempts=due.attempts, reason=str(failure))


def _end(services: Services, due: Due, state: str, error: str = "") -> None:
    with services.sessions.begin() as session:
        outbox.end(session, due.id, state, services.now(), error)


def wait(attempts: int) -> timedelta:
    """How long until the next attempt: twice as long each time."""
    return min(timedelta(minutes=1 << min(attempts - 1, 20)), _LONGEST_WAIT)
