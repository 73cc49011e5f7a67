"""Admit: organisations come into the network, are suspended, leave; each step with its reason, by the office."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from access import admission, rights
from exchange import guard, visibility
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.dataset import DatasetState
from schemas.errors import Conflict, NotFound
from schemas.member import NewOrganisation, OrganisationFacts, ShownOrganisation
from schemas.organisation import IN_THE_NETWORK, Organisation, OrganisationChange, OrganisationState
from storage import departures, organisations


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
    own = organisation == who.organisation and rights.may(who, Right.SEE_PEOPLE, None).allowed
    if own or rights.may_in_network(who, NetworkRight.ADMIT).allowed:
        return found
    return [change.model_copy(update={"reason": None, "by": None}) for change in found]


def enter(services: Services, who: Principal, wanted: NewOrganisation) -> Organisation:
    """An organisation that has applied on paper; it is admitted by a step of its own."""
    guard.require_in_network(services, who, NetworkRight.ADMIT, wanted.id, detail=f"enter: {wanted.reason}")
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
    said = f"change {', '.join(sorted(wanted))}"
    guard.require_within(services, who, organisation, own, NetworkRight.MANAGE_NETWORK, said)
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
    said = f"{state.value}: {reason}"
    guard.require_in_network(services, who, NetworkRight.ADMIT, organisation, said)
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
        departures.withdraw(session, released)
        ended = departures.depart(session, organisation, by, services.now())
        refresh(session, [*released, *ended])
    organisations.come_into(session, organisation, state, reason, by, services.now())


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
