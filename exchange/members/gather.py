"""Gather: groups across the network, and who is in them; by the office."""

from access import rights
from exchange import guard
from exchange.services import Services
from schemas.access import GranteeKind, NetworkRight, Principal
from schemas.errors import Conflict, NotFound, Refused
from schemas.member import NewGroup, ShownGroup
from schemas.organisation import IN_THE_NETWORK, Group
from storage import members, people


def every(services: Services, who: Principal) -> list[ShownGroup]:
    """All groups by name, with their organisations; who sits there as a person is for the office alone."""
    if who.state not in IN_THE_NETWORK:
        return []
    whole = rights.may_in_network(who, NetworkRight.MANAGE_NETWORK).allowed
    with services.sessions.read() as session:
        return [ShownGroup.of(one, whole) for one in people.groups(session)]


def add(services: Services, who: Principal, wanted: NewGroup) -> ShownGroup:
    """A new group, without members yet."""
    guard.require_in_network(services, who, NetworkRight.MANAGE_NETWORK, wanted.id, "new group")
    with services.sessions.begin() as session:
        for other in people.groups(session):
            if other.id == wanted.id or other.name == wanted.name:
                raise Conflict(f"There is already a group {other.id} named '{other.name}'.")
        people.add_group(session, Group(**wanted.model_dump()))
        return ShownGroup.of(members.group(session, wanted.id), whole=True)


def seat(services: Services, who: Principal, group: str, kind: GranteeKind, member: str) -> ShownGroup:
    """An organisation, or a single person, into a group; what the group was granted is open to them at once."""
    _seating(services, who, group, kind, member, "seat")
    with services.sessions.begin() as session:
        members.group(session, group)
        if kind is GranteeKind.ORGANISATION:
            if not people.grantee_exists(session, kind, member):
                raise NotFound(f"There is no organisation {member}.")
            members.seat(session, group, organisation=member)
        else:
            if not people.user_active(session, member):
                raise NotFound(f"There is no person {member}.")
            if people.user(session, member).service:
                raise Refused("A service account has no seat in a group; its organisation has.")
            members.seat(session, group, user=member)
        return ShownGroup.of(members.group(session, group), whole=True)


def unseat(services: Services, who: Principal, group: str, kind: GranteeKind, member: str) -> None:
    """An organisation, or a single person, out of a group; what the group was granted is closed to them at once."""
    _seating(services, who, group, kind, member, "unseat")
    with services.sessions.begin() as session:
        members.group(session, group)
        whom = {"organisation": member} if kind is GranteeKind.ORGANISATION else {"user": member}
        if not members.unseat(session, group, **whom):
            raise NotFound(f"{member} is not in the group {group}.")


def _seating(services: Services, who: Principal, group: str, kind: GranteeKind, member: str, what: str) -> None:
    if kind is GranteeKind.ORGANISATION:
        guard.require_in_network(services, who, NetworkRight.MANAGE_NETWORK, group, f"{what} organisation {member}")
    else:
        guard.require_in_network(services, who, NetworkRight.MANAGE_NETWORK, group, f"{what} person", person=member)
