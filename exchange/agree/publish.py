"""Publish agreements: a first text, a newer one, and from when on taking part needs it; by the network's office."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange import guard
from exchange.agree.held import found, standing
from exchange.services import Services
from exchange.telling.notify import notify
from schemas.access import GranteeKind, NetworkRight, Principal
from schemas.agreement import Agreement, AgreementText, NewAgreement, NewText, OnNewVersion
from schemas.errors import Conflict, Refused, Trouble
from schemas.notification import Holders, NotificationKind
from schemas.organisation import Role
from storage import agreements, people


def publish(services: Services, who: Principal, new: NewAgreement) -> AgreementText:
    """A new agreement with its first version; `Conflict` when the id is taken."""
    guard.require_in_network(services, who, NetworkRight.PUBLISH_AGREEMENTS, new.id, "publish", said=new.title)
    now = services.now()
    try:
        with services.sessions.begin() as session:
            _addressed(session, new)
            if agreements.find(session, new.id) is not None:
                raise Conflict(_taken(new.id))
            agreements.add(session, new, now)
            number = agreements.publish(session, new.id, new.text, new.terms, who.user, now)
            return agreements.text(session, new.id, number)
    except IntegrityError as taken:
        raise Conflict(_taken(new.id)) from taken


def renew(services: Services, who: Principal, agreement: str, new: NewText) -> AgreementText:
    """The next version; what becomes of older acceptances is the agreement's rule, or the one that is given here."""
    guard.require_in_network(services, who, NetworkRight.PUBLISH_AGREEMENTS, agreement, "publish a new version")
    with services.sessions.begin() as session:
        present = standing(session, who, agreement)
        before = agreements.text(session, agreement, present.newest().number)
        if (before.text, before.terms) == (new.text, new.terms):
            raise Conflict(f"Version {before.number} of {agreement} says just this; there is nothing new to publish.")
        rule = new.on_new_version or present.on_new_version
        days = present.grace_days if new.grace_days is None else new.grace_days
        if rule is OnNewVersion.GRACE and not days:
            trouble = Trouble(pointer="/grace_days", message="is needed by the rule 'grace'")
            raise Refused("The version has a problem.", errors=(trouble,))
        agreements.set_rule(session, agreement, rule, days)
        number = agreements.publish(session, agreement, new.text, new.terms, who.user, services.now())
        _tell(services, session, present, number)
        return agreements.text(session, agreement, number)


def require(services: Services, who: Principal, agreement: str, since: datetime | None) -> Agreement:
    """From `since` on an organisation that has not accepted it reads its own data alone; None: it is not asked for."""
    what = f"required from {since.isoformat() if since else 'never'}"
    guard.require_in_network(services, who, NetworkRight.PUBLISH_AGREEMENTS, agreement, what)
    with services.sessions.begin() as session:
        one = standing(session, who, agreement)
        if one.addressees and since is not None:
            raise Conflict(f"The agreement {agreement} is addressed to some organisations alone; all cannot need it.")
        agreements.require(session, agreement, since)
        return found(session, who, agreement)


def _tell(services: Services, session: Session, agreement: Agreement, number: int) -> None:
    """Whoever has accepted an older version."""
    bound = {one.organisation for one in agreements.acceptances_of(session, agreement.id) if one.ended_at is None}
    roles = frozenset({Role.SIGNATORY, Role.STEWARD})
    to = [Holders(organisation=one, roles=roles) for one in sorted(bound)]
    facts = {"agreement": agreement.title, "version": str(number)}
    notify(services, session, to=to, kind=NotificationKind.AGREEMENT_PUBLISHED, facts=facts)


def _addressed(session: Session, new: NewAgreement) -> None:
    unknown = [
        Trouble(pointer=f"/addressees/{at}", message="there is no organisation with this id", value=one)
        for at, one in enumerate(new.addressees)
        if not people.grantee_exists(session, GranteeKind.ORGANISATION, one)
    ]
    if unknown:
        raise Refused("The agreement has problems.", errors=tuple(unknown))


def _taken(agreement: str) -> str:
    return f"There is an agreement {agreement} already; publish a new version of it, or choose another id."
