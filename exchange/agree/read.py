"""Read agreements: those meant for the caller, and how their organisation stands to each."""

from sqlalchemy.orm import Session

from access.agreements import standing
from exchange.agree.held import found, readable
from exchange.services import Services
from schemas.access import Principal
from schemas.agreement import Agreement, AgreementShown, AgreementText
from storage import agreements, duties


def listed(services: Services, who: Principal) -> list[AgreementShown]:
    """Every agreement that the caller may read, retired ones included, by id."""
    with services.sessions.read() as session:
        every = [one for one in agreements.every(session) if readable(one, who)]
        return [_shown(services, session, who, one) for one in every]


def shown(services: Services, who: Principal, agreement: str) -> AgreementShown:
    """One of them."""
    with services.sessions.read() as session:
        return _shown(services, session, who, found(session, who, agreement))


def text(services: Services, who: Principal, agreement: str, number: int | None = None) -> AgreementText:
    """One version's words and terms, (None) the newest's; every version stays readable for ever."""
    with services.sessions.read() as session:
        one = found(session, who, agreement)
        return agreements.text(session, agreement, number or one.newest().number)


def _shown(services: Services, session: Session, who: Principal, one: Agreement) -> AgreementShown:
    if not who.organisation:
        return AgreementShown(**one.model_dump())
    given, now = agreements.acceptances(session, who.organisation), services.now()
    lasting = [
        grant
        for grant in duties.resting(session, one.id)
        if grant.revoked_at is None and (grant.expires_at is None or grant.expires_at > now)
    ]
    mine = sum(1 for grant in lasting if who.organisation in duties.named_by(session, [grant]))
    return AgreementShown(**one.model_dump(), standing=standing(one, who.organisation, given, now, mine))
