"""Read agreements: those meant for the caller, and how their organisation stands to each."""

from datetime import datetime

from sqlalchemy.orm import Session

from access import policy
from access.agreements import standing
from exchange import reach
from exchange.agree.held import found, readable
from exchange.services import Services
from schemas.access import Principal
from schemas.agreement import Agreement, AgreementShown, AgreementText
from storage import agreements, duties, policies


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
    count = _resting(session, who, one.id, now)
    return AgreementShown(**one.model_dump(), standing=standing(one, who.organisation, given, now, count))


def _resting(session: Session, who: Principal, agreement: str, now: datetime) -> int:
    """Grants that open something to the caller now: others might tell of a dataset that is hidden from them."""
    within = reach.asking(session, who, now)
    depending = {one.id: one.dataset for one in duties.resting(session, agreement)}
    on = policies.of(session, depending.values())
    opened = (each.grant for one in on.values() for each in policy.openings(one, within) if each.grant is not None)
    return sum(1 for grant in {each.id for each in opened} if grant in depending)
