"""One event in the audit for each sign-in, failure, sign-out, and change of what one signs in with."""

import hashlib
import hmac

from sqlalchemy.orm import Session

from exchange import record as audit
from exchange.record import Told
from exchange.services import Services
from schemas.access import Decision, Principal
from storage import people


def record(
    services: Services,
    session: Session,
    action: str,
    *,
    user: str | None = None,
    organisation: str | None = None,
    target: str | None = None,
    person: str | None = None,
    refused: str = "",
    **facts: str | int,
) -> None:
    """Put it on record in the caller's transaction: `user` acted, `person` is whom it is about, if another.

    `refused` is why it was not allowed. Facts hold nothing personal.
    """
    who = people.acting(session, user, organisation) if user and organisation else None
    decision = Decision(allowed=not refused, discoverable=True, reasons=(refused,) if refused else ())
    told = Told(action, target, decision, facts, person=person)
    audit.record(services, session, who or Principal(user=user or "", organisation=organisation or ""), told)


def by_operator(services: Services, session: Session, action: str, person: str, **facts: str | int) -> None:
    """Put on record what was done about a person on the machine of the installation."""
    told = Told(action, None, Decision(allowed=True, discoverable=True), facts, person=person)
    audit.record(services, session, None, told)


def refused(services: Services, action: str, why: str, *, user: str | None = None, **facts: str) -> None:
    """Put a failure on record, in a transaction of its own that outlives the refusal."""
    with services.sessions.begin() as session:
        record(services, session, action, user=user, organisation=None, target=None, person=None, refused=why, **facts)


def unnamed(services: Services, text: str) -> str:
    """A name that says the same for the same text and tells nobody what it was: people type passwords into it."""
    return hmac.new(services.secret, b"tried:" + text.strip().lower().encode(), hashlib.sha256).hexdigest()[:16]
