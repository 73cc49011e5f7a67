"""One-time links: for a first password, a forgotten one, or to join an identity to an account."""

from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from access import throttle
from access.tokens import PREFIX, fingerprint, new_token
from exchange.services import Services
from exchange.sign_in.record import record, unnamed
from exchange.sign_in.throttle import address, attempt
from schemas.errors import Conflict
from storage import passwords as kept
from storage import people

LINK_ENDED = "This link was used, has ended or never was. Ask for a new one."
_log = structlog.get_logger("exchange.sign_in")


def fresh(services: Services, session: Session, user: str) -> str:
    """The secret of a new link of this person, told this once; earlier ones end. `Conflict` where none can be had."""
    if not people.user_active(session, user) or people.user(session, user).service:
        raise Conflict(f"{user} has ended or is a service, and does not sign in.")
    now, secret = services.now(), f"{PREFIX}link_{new_token().removeprefix(PREFIX)}"
    ends, id = now + timedelta(hours=services.settings.one_time_link_h), services.new_id()
    kept.add_link(session, id, user, fingerprint(secret), now, ends)
    record(services, session, "link:create", target=user, link=id)
    return secret


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
    """After the answer was given: a link for the person, if there is one with a password, through their mail."""
    with services.sessions.begin() as session:
        found = kept.find(session, account)
        if found is None:
            record(services, session, "password:reset", refused="no such account", tried=unnamed(services, account))
            return
        record(services, session, "password:reset", user=found.user)
    _log.info("password reset asked for", user=found.user, command=f"exchange network password-link {found.user}")
