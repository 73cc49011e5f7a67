"""Record: put one event into the audit, under a pseudonym, with what is personal kept apart."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from access.pseudonyms import commitment, month_of, pseudonym
from exchange.asked import asked
from exchange.services import Services
from schemas.access import Decision, Principal
from schemas.audit import AuditEvent, Touched
from schemas.dataset import Dataset
from storage import audit
from storage.audit import Personal

ALLOWED = Decision(allowed=True, discoverable=True)
OPERATOR = "operator"
"""Stands for a role where somebody acts on the machine of the installation."""


@dataclass(frozen=True)
class Told:
    """What an event says: the action, on what, how it was decided, and facts that hold nothing personal.

    `datasets` are those touched, whose owners see the event. `said` is what the caller typed, `person` the user whom
    the action is about: the event keeps neither, only what proves or names them while it is not erased.
    """

    action: str
    target: str | None
    decision: Decision
    facts: dict[str, str | int] = field(default_factory=dict)
    datasets: tuple[Dataset, ...] = ()
    said: str = ""
    person: str | None = None


def record(services: Services, session: Session, who: Principal | None, told: Told) -> int:
    """Add the event to this transaction; returns its number. Without `who` the operator acts, who has no account."""
    request, now = asked.get(), services.now()
    facts, salt = dict(told.facts), ""
    if who is not None and who.purpose is not None:
        facts["purpose"] = who.purpose.value
    if told.said:
        salt = services.new_id()
        facts["said"] = commitment(salt, told.said)
    if told.person is not None:
        facts["person"] = alias(services, session, told.person)
    event = AuditEvent(
        at=now,
        actor=alias(services, session, who.user) if who and who.user else None,
        organisation=(who.organisation or None) if who else None,
        roles=roles_of(who) if who else (OPERATOR,),
        action=told.action,
        target=told.target,
        touched=tuple(Touched(dataset=one.id, owner=one.owner) for one in told.datasets),
        allowed=told.decision.allowed,
        reason="; ".join(told.decision.reasons),
        detail=facts,
        reference=request.reference,
    )
    return audit.record(session, event, Personal(request.address, told.said, salt))


def alias(services: Services, session: Session, user: str) -> str:
    """The person's pseudonym of this month, made when they have none."""
    month = month_of(services.now())
    known = audit.pseudonym_of(session, user, month)
    if known is not None:
        return known
    salt = services.new_id()
    return audit.add_pseudonym(session, pseudonym(user, month, salt), user, month, salt)


def roles_of(who: Principal) -> tuple[str, ...]:
    """The roles in which somebody acts: those in their organisation and those for the network."""
    return tuple(sorted([*(one.value for one in who.roles), *(one.value for one in who.network_roles)]))
