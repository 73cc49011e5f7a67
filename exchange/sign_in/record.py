"""One event in the audit for each sign-in, failure, sign-out, and change of what one signs in with."""

import hashlib
import hmac

from sqlalchemy.orm import Session

from exchange.asked import asked
from exchange.record import alias
from exchange.services import Services
from schemas.audit import AuditEvent
from storage import audit
from storage.audit import Personal


def record(
    services: Services,
    session: Session,
    action: str,
    *,
    user: str | None = None,
    organisation: str | None = None,
    target: str | None = None,
    refused: str = "",
    **detail: str | int,
) -> None:
    """Put it on record in the caller's transaction; `refused` is why it was not allowed."""
    request = asked.get()
    event = AuditEvent(
        at=services.now(),
        actor=alias(services, session, user) if user else None,
        organisation=organisation,
        action=action,
        target=target,
        allowed=not refused,
        reason=refused,
        detail=detail,
        reference=request.reference,
    )
    audit.record(session, event, Personal(request.address))


def refused(services: Services, action: str, why: str, *, user: str | None = None, **detail: str) -> None:
    """Put a failure on record, in a transaction of its own that outlives the refusal."""
    with services.sessions.begin() as session:
        record(services, session, action, user=user, organisation=None, target=None, refused=why, **detail)


def unnamed(services: Services, text: str) -> str:
    """A name that says the same for the same text and tells nobody what it was: people type passwords into it."""
    return hmac.new(services.secret, b"tried:" + text.strip().lower().encode(), hashlib.sha256).hexdigest()[:16]
