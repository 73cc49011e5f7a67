"""Retain: how long the audit can name persons; older ties, words and addresses are forgotten unless held."""

from dataclasses import dataclass
from datetime import timedelta

from access.pseudonyms import month_of
from exchange.record import ALLOWED, Told, record
from exchange.services import Services
from schemas.audit import Hold
from schemas.errors import NotFound, Refused
from storage import people, retention

LONGEST_HOLD_DAYS = 3650
_LONGEST_REASON = 1000


@dataclass(frozen=True)
class Forgotten:
    """How much was forgotten: addresses, what people typed, and ties of pseudonyms to persons."""

    addresses: int = 0
    words: int = 0
    ties: int = 0


def forget(services: Services) -> Forgotten:
    """Forget what is older than the settings say; the events and their chain stay as they are.

    A tie holds for a month of events and goes when the youngest of them is old enough.
    """
    now, settings = services.now(), services.settings
    oldest_address = now - timedelta(days=settings.audit_address_days)
    oldest_person = now - timedelta(days=settings.audit_person_days)
    with services.sessions.begin() as session:
        retention.end_holds(session, None, now)
        addresses = retention.forget_addresses(session, max(oldest_address, oldest_person), now)
        words = retention.forget_words(session, oldest_person, now)
        ties = retention.forget_ties(session, month_of(oldest_person), now) + retention.forget_strays(session)
    return Forgotten(addresses, words, ties)


def hold(services: Services, user: str, reason: str, days: int) -> Hold:
    """Keep what the audit knows of a person so many days, for a reason that stays on record."""
    if not reason.strip() or len(reason) > _LONGEST_REASON or "\x00" in reason:
        raise Refused(f"A hold needs a reason of 1 to {_LONGEST_REASON} characters.")
    if not 1 <= days <= LONGEST_HOLD_DAYS:
        raise Refused(f"A hold lasts 1 to {LONGEST_HOLD_DAYS} days, not {days}; it can be made again before it ends.")
    now = services.now()
    made = Hold(id=services.new_id(), user=user, reason=reason, at=now, until=now + timedelta(days=days))
    with services.sessions.begin() as session:
        if not people.user_exists(session, user):
            raise NotFound(f"There is no user {user}.")
        retention.add_hold(session, made)
        record(services, session, None, Told("operator:hold", None, ALLOWED, {"days": days}, said=reason, person=user))
    return made


def release(services: Services, user: str) -> int:
    """End every hold on a person at once; returns how many there were."""
    with services.sessions.begin() as session:
        if not people.user_exists(session, user):
            raise NotFound(f"There is no user {user}.")
        ended = retention.end_holds(session, user, services.now())
        record(services, session, None, Told("operator:release hold", None, ALLOWED, {"ended": ended}, person=user))
    return ended
