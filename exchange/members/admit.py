"""Admit: organisations come into the network, are suspended, leave; each step with its reason, by the office."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from access import admission, rights
from access.roles import ROLES_OF_RIGHT
from exchange import guard, visibility
from exchange.services import Services
from exchange.telling import past
from exchange.telling.notify import notify
from schemas.access import NetworkRight, Principal, Right
from schemas.dataset import DatasetState
from schemas.errors import Conflict, NotFound
from schemas.member import NewOrganisation, OrganisationFacts, ShownOrganisation
from schemas.notification import Address, Holders, NotificationKind, To
from schemas.organisation import IN_THE_NETWORK, Organisation, OrganisationChange, OrganisationState, Role
from storage import catalogue, departures, organisations, proposals, recipients


def every(services: Services, who: Principal, state: OrganisationState | None = None) -> list[ShownOrganisation]:
    """Organisations of the network by name; those that have only applied are shown to the office alone."""
    with services.sessions.read() as session:
        found = organisations.every(session)
    return [one for one in found if _shown(who, one) and state in (None, one.state)]


def one(services: Services, who: Principal, organisation: str) -> ShownOrganisation:
    """One of them; `NotFound` when it is not shown to the caller."""
    for found in every(services, who):
        if found.id == organisation:
            return found
    raise NotFound(f"There is no organisation {organisation} that you may see.")


def history(services: Services, who: Principal, organisation: str) -> list[OrganisationChange]:
    """Every state it was in and since when; reasons and persons are for its own steward and admin, and the office."""
    one(services, who, organisation)
    with services.sessions.read() as session:
        found = organisations.history(session, organisation)
    # Whatever its state: why it was suspended is for its own people to know.
    own = organisation == who.organisation and who.roles & ROLES_OF_RIGHT[Right.SEE_PEOPLE]
    if own or rights.may_in_network(who, NetworkRight.ADMIT).allowed:
        return found
    return [change.model_copy(update={"reason": None, "by": None}) for change in found]


def enter(services: Services, who: Principal, wanted: NewOrganisation) -> Organisation:
    """An organisation that has applied on paper; it is admitted by a step of its own."""
    guard.require_in_network(services, who, NetworkRight.ADMIT, wanted.id, "enter", said=wanted.reason)
    fresh = Organisation(**wanted.model_dump(exclude={"reason"}), state=OrganisationState.APPLIED)
    with services.sessions.begin() as session:
        untaken(session, fresh.id, fresh.name)
        organisations.add(session, fresh, services.now(), wanted.reason, who.user)
    return fresh


def untaken(session: Session, id: str, name: str) -> None:
    """`Conflict` when an organisation already has this id or name."""
    other = organisations.taken(session, id, name)
    if other is not None:
        raise Conflict(f"There is already an organisation {other.id} named '{other.name}'.")


def correct(services: Services, who: Principal, organisation: str, facts: OrganisationFacts) -> Organisation:
    """Change what is known of an organisation; by its own people the contact address alone."""
    wanted = facts.model_dump(exclude_unset=True)
    for name in ("name", "standing", "country"):
        if wanted.get(name, "") is None:
            del wanted[name]
    own = Right.SPEAK_FOR if set(wanted) <= {"contact"} else None
    what = f"change {', '.join(sorted(wanted))}"
    guard.require_within(services, who, organisation, own, NetworkRight.MANAGE_NETWORK, what)
    with services.sessions.begin() as session:
        present = organisations.lock(session, organisation)
        if wanted.get("name", present.name) != present.name:
            untaken(session, "", wanted["name"])
        organisations.correct(session, organisation, wanted)
        return organisations.lock(session, organisation)


def bring_into(
    services: Services,
    who: Principal,
    organisation: str,
    state: OrganisationState,
    reason: str,
    withdraw_rest: bool = False,
) -> Organisation:
    """Another state, at once; `Conflict` names what is in the way.

    `withdraw_rest`: an organisation that leaves has its released datasets withdrawn which it did not hand over.
    """
    guard.require_in_network(services, who, NetworkRight.ADMIT, organisation, state.value, said=reason)
    with services.sessions.begin() as session:
        change(services, session, organisation, state, reason, who.user, withdraw_rest)
        return organisations.lock(session, organisation)


def change(
    services: Services,
    session: Session,
    organisation: str,
    state: OrganisationState,
    reason: str,
    by: str | None,
    withdraw_rest: bool = False,
) -> None:
    """The change itself, for the office and for the command line."""
    offices = organisations.offices(session)
    present = organisations.lock(session, organisation)
    leaving = state is OrganisationState.LEFT
    released = departures.datasets(session, organisation, DatasetState.RELEASED) if leaving else []
    hindrance = admission.hindrance(present, state, offices, 0 if withdraw_rest else len(released))
    if hindrance:
        raise Conflict(hindrance)
    if leaving:
        withdraw(services, session, released, by, reason)
        _tell(services, session, present, state, reason)
        refresh(session, departures.depart(session, organisation, by, services.now()))
    else:
        _tell(services, session, present, state, reason)
    organisations.come_into(session, organisation, state, reason, by, services.now())


def withdraw(services: Services, session: Session, datasets: Sequence[str], by: str | None, why: str) -> None:
    """Close these released datasets to others and tell whoever has read them; their entries remain."""
    for one in datasets:
        present = catalogue.lock(session, one)
        catalogue.withdraw(session, one, services.now())
        proposals.overtake(session, one, by, services.now())
        past.withdrawn(services, session, present, why)
    refresh(session, datasets)


def _tell(services: Services, session: Session, of: Organisation, state: OrganisationState, reason: str) -> None:
    """Its admins, stewards and signatories are told; by mail alone when they are let in no more."""
    holders = Holders(organisation=of.id, roles=frozenset({Role.ADMIN, Role.STEWARD, Role.SIGNATORY}))
    to: list[To] = [holders]
    if state is OrganisationState.LEFT:
        users = recipients.reached(session, recipients.holders(session, of.id, holders.roles))
        to = [Address(email=email) for email in users.values() if email]
    facts = {"organisation": of.name, "state": state.value, "reason": reason}
    notify(services, session, to=to, kind=NotificationKind.ORGANISATION_CHANGED, facts=facts)


def refresh(session: Session, datasets: Iterable[str]) -> None:
    """Work out anew who knows of these datasets, some at a time."""
    every = sorted(set(datasets))
    for first in range(0, len(every), _AT_ONCE):
        visibility.refresh(session, every[first : first + _AT_ONCE])


_AT_ONCE = 500


def _shown(who: Principal, one: Organisation) -> bool:
    if one.id == who.organisation or rights.may_in_network(who, NetworkRight.ADMIT).allowed:
        return True
    return who.state in IN_THE_NETWORK and one.state is not OrganisationState.APPLIED
