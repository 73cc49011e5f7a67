"""People of organisations: who they are to it, how a membership and an account end, and seats in groups."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from schemas.access import GranteeKind
from schemas.errors import NotFound
from schemas.member import Person
from schemas.organisation import Group, GroupKind, Membership, NetworkRole, Role
from storage import endings, people
from storage.tables import (
    GrantRow,
    GroupMemberRow,
    GroupRow,
    GroupUserRow,
    MembershipRow,
    NetworkRoleRow,
    UserRow,
)


def of(session: Session, organisation: str) -> list[Person]:
    """Everybody with a membership of the organisation or an account that it keeps, by name."""
    joined = select(MembershipRow.user).where(MembershipRow.organisation == organisation)
    chosen = select(UserRow).where(UserRow.id.in_(joined) | (UserRow.organisation == organisation))
    return _people(session, organisation, chosen.order_by(UserRow.name, UserRow.id))


def find(session: Session, organisation: str, user: str) -> Person:
    """One of them; `NotFound` when that person has nothing to do with the organisation."""
    for one in _people(session, organisation, select(UserRow).where(UserRow.id == user)):
        if one.home or one.roles:
            return one
    raise NotFound(f"There is no person {user} of this organisation.")


def roles_of(session: Session, user: str, organisation: str) -> frozenset[Role]:
    """A person's roles in an organisation; none without a membership."""
    row = session.get(MembershipRow, (user, organisation))
    return frozenset(Role(one) for one in row.roles) if row else frozenset()


def organisations_of(session: Session, user: str) -> list[str]:
    """Where a person has a membership, by id."""
    chosen = select(MembershipRow.organisation).where(MembershipRow.user == user)
    return list(session.scalars(chosen.order_by(MembershipRow.organisation)))


def admins(session: Session, organisation: str) -> frozenset[str]:
    """Active people who are admins of the organisation; their memberships are held until commit."""
    chosen = (
        select(MembershipRow)
        .join(UserRow, UserRow.id == MembershipRow.user)
        .where(MembershipRow.organisation == organisation, UserRow.active, UserRow.service.is_(False))
    )
    rows = session.scalars(chosen.with_for_update(of=MembershipRow))
    return frozenset(row.user for row in rows if Role.ADMIN.value in row.roles)


def end_membership(
    session: Session, user: str, organisation: str, by: str | None, now: datetime, ends_account: bool = True
) -> list[str]:
    """The person acts for the organisation no more: membership, tokens and sessions for it, what they got in person.

    Whoever gave them something gave it to somebody of this organisation, so that it does not go along to another one.
    An account that the organisation kept goes to another that the person is a member of; without any it ends, unless
    it is to wait for another membership. Returns datasets of which the person's grants were revoked.
    """
    session.execute(delete(MembershipRow).where(MembershipRow.user == user, MembershipRow.organisation == organisation))
    left = organisations_of(session, user)
    row = session.get_one(UserRow, user)
    if row.organisation == organisation:
        session.execute(delete(NetworkRoleRow).where(NetworkRoleRow.user == user))
        row.organisation = left[0] if left else organisation
    if not left and ends_account:
        people.end_user(session, user, now)
    endings.of_membership(session, user, organisation, now)
    session.execute(delete(GroupUserRow).where(GroupUserRow.user == user))
    given = (
        GrantRow.grantee_kind == GranteeKind.USER,
        GrantRow.grantee == user,
        GrantRow.revoked_at.is_(None),
    )
    ended = update(GrantRow).where(*given).values(revoked_at=now, revoked_by=by).returning(GrantRow.dataset)
    datasets = sorted(set(session.scalars(ended)))
    session.flush()
    return datasets


def set_network_roles(session: Session, user: str, roles: Iterable[NetworkRole], now: datetime) -> None:
    """The roles of a person for the network, in place of those they had."""
    wanted = set(roles)
    session.execute(delete(NetworkRoleRow).where(NetworkRoleRow.user == user, NetworkRoleRow.role.not_in(wanted)))
    present = set(session.scalars(select(NetworkRoleRow.role).where(NetworkRoleRow.user == user)))
    session.add_all(NetworkRoleRow(user=user, role=role, given_at=now) for role in wanted if role not in present)
    session.flush()


def network_roles(session: Session, user: str) -> frozenset[NetworkRole]:
    """What a person is for the network."""
    chosen = select(NetworkRoleRow.role).where(NetworkRoleRow.user == user)
    return frozenset(NetworkRole(one) for one in session.scalars(chosen))


def memberships(session: Session, user: str) -> list[Membership]:
    """For whom a person may act, by the organisation's id."""
    rows = session.scalars(select(MembershipRow).where(MembershipRow.user == user).order_by(MembershipRow.organisation))
    return [
        Membership(user=user, organisation=row.organisation, roles=frozenset(Role(one) for one in row.roles))
        for row in rows
    ]


def account_with(session: Session, email: str) -> str | None:
    """The active account that has this address, in whatever case it is written."""
    chosen = select(UserRow.id).where(func.lower(UserRow.email) == email.lower(), UserRow.active)
    return session.scalar(chosen.order_by(UserRow.id).limit(1))


def group(session: Session, group: str) -> Group:
    """One group with its members; `NotFound` when there is none."""
    row = session.get(GroupRow, group)
    if row is None:
        raise NotFound(f"There is no group {group}.")
    bodies = select(GroupMemberRow.organisation).where(GroupMemberRow.group == group)
    people = select(GroupUserRow.user).where(GroupUserRow.group == group)
    return Group(
        id=row.id,
        name=row.name,
        kind=GroupKind(row.kind),
        description=row.description,
        organisations=tuple(session.scalars(bodies.order_by(GroupMemberRow.organisation))),
        users=tuple(session.scalars(people.order_by(GroupUserRow.user))),
    )


def seat(session: Session, group: str, organisation: str | None = None, user: str | None = None) -> None:
    """An organisation, or a single person, into a group; being there already changes nothing."""
    if organisation is not None and session.get(GroupMemberRow, (group, organisation)) is None:
        session.add(GroupMemberRow(group=group, organisation=organisation))
    if user is not None and session.get(GroupUserRow, (group, user)) is None:
        session.add(GroupUserRow(group=group, user=user))
    session.flush()


def unseat(session: Session, group: str, organisation: str | None = None, user: str | None = None) -> bool:
    """An organisation, or a single person, out of a group; False when it was not there."""
    row = (
        session.get(GroupMemberRow, (group, organisation)) if organisation else session.get(GroupUserRow, (group, user))
    )
    if row is not None:
        session.delete(row)
        session.flush()
    return row is not None


def _people(session: Session, organisation: str, chosen: Select[UserRow]) -> list[Person]:
    users = list(session.scalars(chosen))
    ids = [user.id for user in users]
    joined = select(MembershipRow).where(MembershipRow.organisation == organisation, MembershipRow.user.in_(ids))
    roles = {row.user: row.roles for row in session.scalars(joined)}
    network: dict[str, list[NetworkRole]] = {}
    for row in session.scalars(select(NetworkRoleRow).where(NetworkRoleRow.user.in_(ids))):
        network.setdefault(row.user, []).append(NetworkRole(row.role))
    return [
        Person(
            id=user.id,
            name=user.name,
            email=user.email,
            service=user.service,
            active=user.active,
            home=user.organisation == organisation,
            organisation=organisation,
            roles=tuple(Role(one) for one in roles.get(user.id, ())),
            network_roles=tuple(sorted(network.get(user.id, ()))),
        )
        for user in users
    ]
