"""Retire agreements: access ends, duties do not; past recipients are handed theirs and confirm."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exchange import guard
from exchange.agree.held import found, standing
from exchange.services import Services
from exchange.telling.notices import LONGEST_FACT
from exchange.telling.notify import notify
from schemas.access import NetworkRight, Principal, Right
from schemas.agreement import AgreementText, Duty, Retired, Terms
from schemas.errors import Conflict, NotFound
from schemas.notification import Holders, NotificationKind
from schemas.organisation import Role
from storage import agreements
from storage import duties as kept


def retire(services: Services, who: Principal, agreement: str, reason: str) -> Retired:
    """End an agreement: from this moment no access rests on it; one record for each past recipient."""
    guard.require_in_network(services, who, NetworkRight.PUBLISH_AGREEMENTS, agreement, "retire", said=reason)
    with services.sessions.begin() as session:
        title = standing(session, who, agreement).title
        agreements.retire(session, agreement, who.user, reason, services.now())
        handed = tuple(_handed(services, session, agreement, reason))
        for one in handed:
            kept.add(session, one)
            _tell(services, session, title, one)
        return Retired(agreement=found(session, who, agreement), duties=handed)


def duties(services: Services, who: Principal, agreement: str) -> list[Duty]:
    """What is asked of the caller's organisation; the office sees what is asked of all, and who has confirmed."""
    with services.sessions.read() as session:
        found(session, who, agreement)
        everybody = guard.is_office(who)
        return kept.of(session, agreement, None if everybody else who.organisation)


def confirm(services: Services, who: Principal, agreement: str, duty: str, statement: str) -> Duty:
    """A signatory confirms for a past recipient; once."""
    guard.require_general(services, who, Right.SIGN, agreement, f"confirm {duty}", said=statement)
    with services.sessions.begin() as session:
        found(session, who, agreement, lock=True)
        mine = {one.id: one for one in kept.of(session, agreement, who.organisation)}
        if duty not in mine:
            raise NotFound(f"{who.organisation_name} has no duty {duty} from {agreement}.")
        if mine[duty].confirmed_at is not None:
            raise Conflict(f"This was confirmed on {mine[duty].confirmed_at:%Y-%m-%d} already.")
        kept.confirm(session, duty, who.user, statement, services.now())
        return {one.id: one for one in kept.of(session, agreement, who.organisation)}[duty]


def _tell(services: Services, session: Session, title: str, duty: Duty) -> None:
    """To those who bind the organisation and those who answer for its data; who cannot be reached stays untold."""
    to = Holders(organisation=duty.organisation, roles=frozenset({Role.SIGNATORY, Role.STEWARD}))
    facts = {"agreement": title, "duties": "\n".join(duty.duties)[:LONGEST_FACT]}
    if notify(services, session, to=to, kind=NotificationKind.AGREEMENT_RETIRED, facts=facts):
        kept.told(session, duty.id, services.now())


def _handed(services: Services, session: Session, agreement: str, reason: str) -> Iterator[Duty]:
    """Past recipients had accepted, and a grant that rested on it named them or, by the audit, they read of it."""
    accepted: dict[str, int] = {}
    for one in agreements.acceptances_of(session, agreement):
        accepted[one.organisation] = max(one.version, accepted.get(one.organisation, 0))
    resting, now = kept.resting(session, agreement), services.now()
    named = kept.named_by(session, {one.to for one in resting})
    read = kept.readings(session, accepted, {one.dataset for one in resting})
    texts = {number: agreements.text(session, agreement, number) for number in set(accepted.values())}
    for organisation, version in sorted(accepted.items()):
        if organisation in named or read[organisation].count:
            yield _duty(services.new_id(), organisation, texts[version], reason, read[organisation], now)


def _duty(id: str, organisation: str, text: AgreementText, reason: str, read: kept.Reading, now: datetime) -> Duty:
    days = text.terms.deletion_days
    return Duty(
        id=id,
        agreement=text.agreement,
        version=text.number,
        organisation=organisation,
        duties=tuple(_words(text.terms)),
        deletion=days is not None,
        confirm_by=None if days is None else now + timedelta(days=days),
        reason=reason,
        reads=read.count,
        last_read_at=read.last,
        asked_at=now,
    )


def _words(terms: Terms) -> Iterator[str]:
    yield from terms.surviving_duties
    if terms.confidentiality_months:
        yield f"What was received stays confidential for {terms.confidentiality_months} months from now."
    if terms.publication_review_days:
        yield f"A publication that uses it is shown to its owner {terms.publication_review_days} days before."
    if terms.deletion_days is not None:
        yield f"Every copy of what was received is deleted within {terms.deletion_days} days, and this is confirmed."
