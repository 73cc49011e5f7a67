"""Employ: people and service accounts of an organisation, their roles, and how they end; roles for the network."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from exchange import guard
from exchange.members.admit import refresh
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.errors import Conflict, Denied, NotFound, Refused
from schemas.member import NewService, Person
from schemas.organisation import Membership, NetworkRole, Role, User
from storage import members, people

NOT_FOR_SERVICES = frozenset({Role.ADMIN, Role.SIGNATORY})
"""To manage people and to sign are for people."""


def staff(services: Services, who: Principal, organisation: str | None) -> list[Person]:
    """Everybody of an organisation by name: for its admin, its steward and the office."""
    of = organisation or who.organisation
    guard.require_within(services, who, of, Right.SEE_PEOPLE, NetworkRight.MANAGE_NETWORK, "list people")
    with services.sessions.read() as session:
        return members.of(session, of)


def set_roles(services: Services, who: Principal, user: str, roles: frozenset[Role]) -> Person:
    """The roles of a person in the caller's organisation, in place of those they had."""
    what = f"roles {', '.join(sorted(roles))}"
    guard.require_within(services, who, who.organisation, Right.MANAGE_PEOPLE, detail=what, person=user)
    with services.sessions.begin() as session:
        admins, present = members.admins(session, who.organisation), members.find(session, who.organisation, user)
        if not present.roles or not present.active:
            raise Conflict(f"{user} has no membership that could be changed; invite them.")
        if present.service and roles & NOT_FOR_SERVICES:
            raise Refused("A service account is neither admin nor signatory; those are for people.")
        if Role.ADMIN not in roles:
            _another_admin(admins, user)
        people.set_membership(session, Membership(user=user, organisation=who.organisation, roles=roles))
        return members.find(session, who.organisation, user)


def end_membership(services: Services, who: Principal, user: str) -> None:
    """A person acts for the caller's organisation no more, at once; without another membership the account ends."""
    what = "end membership"
    guard.require_within(services, who, who.organisation, Right.MANAGE_PEOPLE, detail=what, person=user)
    with services.sessions.begin() as session:
        admins = members.admins(session, who.organisation)
        members.find(session, who.organisation, user)
        _another_admin(admins, user)
        refresh(session, members.end_membership(session, user, who.organisation, who.user, services.now()))


def end_person(services: Services, who: Principal, user: str, reason: str) -> None:
    """A person is let in no more, for whatever organisation: by the office, last admins included."""
    what = "end person"
    guard.require_in_network(services, who, NetworkRight.MANAGE_NETWORK, None, what, said=reason, person=user)
    if user == who.user:
        raise Conflict("Nobody ends themselves; another person of the office does it.")
    with services.sessions.begin() as session:
        end(session, services, user, who.user)


def end(session: Session, services: Services, user: str, by: str | None) -> int:
    """All memberships and the account itself; returns how many tokens were revoked. `NotFound` when there is none."""
    revoked = people.end_user(session, user, services.now())
    for organisation in members.organisations_of(session, user):
        members.admins(session, organisation)  # Held, so that no other admin goes at the same moment unseen.
        refresh(session, members.end_membership(session, user, organisation, by, services.now()))
    return revoked


def add_service(services: Services, who: Principal, wanted: NewService) -> Person:
    """An account of the caller's organisation for a machine or a script; it acts by tokens alone."""
    what = f"service account as {', '.join(sorted(wanted.roles))}"
    guard.require_within(services, who, who.organisation, Right.MANAGE_PEOPLE, detail=what)
    id = f"s{services.new_id()[:15]}"
    with services.sessions.begin() as session:
        one = User(id=id, organisation=who.organisation, name=wanted.name, service=True)
        people.add_user(session, one, {Role(role) for role in wanted.roles}, services.now())
        return members.find(session, who.organisation, id)


def set_network_roles(services: Services, who: Principal, user: str, roles: Iterable[NetworkRole]) -> Person:
    """The roles of a person for the network; nobody gives or takes their own, and no auditor is of the office."""
    wanted = frozenset(roles)
    what = f"network roles {', '.join(sorted(wanted)) or 'none'}"
    guard.require_in_network(services, who, NetworkRight.MANAGE_NETWORK, None, what, person=user)
    if user == who.user:
        raise Denied("Nobody changes their own roles for the network; another person of the office does it.")
    if {NetworkRole.OFFICE, NetworkRole.AUDITOR} <= wanted:
        raise Refused("Whoever audits the network is not of its office; give one of the two roles.")
    with services.sessions.begin() as session:
        if not people.user_active(session, user):
            raise NotFound(f"There is no person {user}.")
        one = people.user(session, user)
        if one.service and wanted:
            raise Refused("A service account has no role for the network; those are for people.")
        members.set_network_roles(session, user, wanted, services.now())
        return members.find(session, one.organisation, user)


def _another_admin(admins: frozenset[str], user: str) -> None:
    if admins == {user}:
        raise Conflict(f"{user} is the last admin; make somebody else an admin first.")
