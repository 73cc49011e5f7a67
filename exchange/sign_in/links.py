"""One-time links: for a first password, a forgotten one, or to join an identity to an account."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from access import throttle
from access.tokens import PREFIX, fingerprint, new_token
from exchange.services import Services
from exchange.sign_in.record import by_operator, record, unnamed
from exchange.sign_in.throttle import address, attempt
from exchange.telling.notices import when
from exchange.telling.notify import notify
from schemas.errors import Conflict
from schemas.notification import Address, NotificationKind
from storage import passwords as kept
from storage import people

LINK_ENDED = "This link was used, has ended or never was. Ask for a new one."
_MAILED = ("smtp", "file")
"""A link that opens an account is never written into the log, where mails of a trial go."""
_log = structlog.get_logger("exchange.sign_in")


def fresh(services: Services, session: Session, user: str) -> str:
    """The secret of a new link of this person, told this once; earlier ones end. `Conflict` where none can be had."""
    if not people.user_active(session, user) or people.user(session, user).service:
        raise Conflict(f"{user} has ended or is a service, and does not sign in.")
    secret = f"{PREFIX}link_{new_token().removeprefix(PREFIX)}"
    kept.add_link(session, services.new_id(), user, fingerprint(secret), services.now(), _ends(services))
    return secret


def made_by_operator(services: Services, session: Session, user: str) -> str:
    """The address of a new link, on record, for whoever runs the installation to hand on."""
    by_operator(services, session, "command:password link", user)
    return page(services, fresh(services, session, user))


def page(services: Services, secret: str) -> str:
    """The address to send: the secret stands behind #, which browsers send to no server and no log holds."""
    return f"{services.settings.base_url.rstrip('/')}/welcome#{secret}"


def ask_reset(services: Services, account: str) -> None:
    """Count that somebody wants a reset; the same for an account that is not there."""
    named = account.strip().lower()
    attempt(
        services,
        (throttle.RESET_PAIR, f"{named} {address()}"),
        (throttle.RESET_ADDRESS, address()),
        (throttle.RESET_ACCOUNT, named),
    )


def reset(services: Services, account: str) -> None:
    """After the answer was given: a link by mail for the person, if there is one with a password and an address."""
    with services.sessions.begin() as session:
        found = kept.find(session, account)
        if found is None:
            record(services, session, "password:reset", refused="no such account", tried=unnamed(services, account))
            return
        email = people.user(session, found.user).email
        mailed = email is not None and services.settings.mail in _MAILED
        record(services, session, "password:reset", user=found.user, mailed="yes" if mailed else "no")
        if email is not None and mailed:
            link = page(services, fresh(services, session, found.user))
            facts = {"link": link, "until": when(_ends(services))}
            notify(services, session, to=Address(email=email), kind=NotificationKind.PASSWORD_RESET, facts=facts)
            return
    # Nobody gets a mail: whoever runs the installation is told how to help.
    _log.info("password reset asked for", user=found.user, command=f"exchange network password-link {found.user}")


def _ends(services: Services) -> datetime:
    return services.now() + timedelta(hours=services.settings.one_time_link_h)
