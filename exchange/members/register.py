"""Register: an organisation applies by a public door; the office approves, which admits it, or declines."""

from sqlalchemy.orm import Session

from access import throttle
from exchange import guard
from exchange.members import admit, invite
from exchange.services import Services
from exchange.sign_in.throttle import address, attempt
from schemas.access import NOBODY, NetworkRight, Principal
from schemas.errors import Conflict, TooMany
from schemas.member import NewInvitation
from schemas.organisation import Organisation, OrganisationState, Role
from schemas.registration import Admission, Approved, NewRegistration, Registration, RegistrationState
from storage import organisations, registrations

Answer = tuple[str, RegistrationState, str]


def apply(services: Services, wanted: NewRegistration) -> str:
    """Keep an application and return its id; `TooMany` when too many came.

    Whether an organisation is there already, or has applied, is not told.
    """
    try:
        attempt(services, (throttle.REGISTRATION_ADDRESS, address()), (throttle.REGISTRATION_ALL, "all"))
    except TooMany as refusal:
        guard.acted(services, "registration:apply", NOBODY, refused=refusal.title)
        raise
    id = services.new_id()
    with services.sessions.begin() as session:
        registrations.add(session, id, wanted, services.now())
    guard.acted(services, "registration:apply", NOBODY, id)
    return id


def applied(services: Services, who: Principal, state: RegistrationState | None) -> list[Registration]:
    """Applications for the office, oldest first."""
    guard.require_in_network(services, who, NetworkRight.ADMIT, detail="list registrations")
    with services.sessions.read() as session:
        return registrations.every(session, state)


def approve(services: Services, who: Principal, id: str, given: Admission) -> Approved:
    """Admit the applicant under an id, and ask its contact in as first admin; the code stands in the answer once."""
    what = f"approve as {given.organisation}"
    guard.require_in_network(services, who, NetworkRight.ADMIT, id, what, said=given.reason)
    with services.sessions.begin() as session:
        asked_for = registrations.find(session, id)
        admit.untaken(session, given.organisation, asked_for.name)
        fresh = Organisation(
            id=given.organisation,
            name=asked_for.name,
            standing=asked_for.standing,
            country=asked_for.country,
            ror=asked_for.ror,
            state=OrganisationState.APPLIED,
        )
        organisations.add(session, fresh, asked_for.applied_at, f"Applied, registration {id}")
        admit.change(services, session, fresh.id, OrganisationState.ADMITTED, given.reason, who.user)
        _answer(services, session, (id, RegistrationState.APPROVED, given.reason), who.user, fresh.id)
        first = NewInvitation(
            email=asked_for.contact_email, roles=frozenset({Role.ADMIN}), organisation=fresh.id, days=30
        )
        code = invite.issue(services, session, first, True, who.user)
        return Approved(registration=registrations.find(session, id), invitation=code)


def decline(services: Services, who: Principal, id: str, reason: str) -> Registration:
    """Answer no, with the reason."""
    guard.require_in_network(services, who, NetworkRight.ADMIT, id, "decline", said=reason)
    with services.sessions.begin() as session:
        registrations.find(session, id)
        _answer(services, session, (id, RegistrationState.DECLINED, reason), who.user)
        return registrations.find(session, id)


def _answer(services: Services, session: Session, given: Answer, by: str, organisation: str | None = None) -> None:
    id, state, reason = given
    if not registrations.decide(session, id, state, reason, by, services.now(), organisation):
        raise Conflict(f"The registration {id} has its answer already.")
