"""Organisations, lines, users with their roles, groups and tokens."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.access import GranteeKind, Principal
from schemas.errors import NotFound
from schemas.organisation import (
    Group,
    GroupKind,
    Line,
    Membership,
    NetworkRole,
    Organisation,
    OrganisationState,
    Role,
    Standing,
    User,
)
from storage import endings
from storage import organisations as organisations_
from storage.tables import (
    GroupMemberRow,
    GroupRow,
    GroupUserRow,
    LineRow,
    MembershipRow,
    NetworkRoleRow,
    OrganisationRow,
    UserRow,
)
from storage.taken import kept_once


def add_organisation(session: Session, organisation: Organisation, now: datetime) -> None:
    """Enter an organisation."""
    organisations_.add(session, organisation, now, "Entered")


def add_line(session: Session, line: Line) -> None:
    """Enter a pilot line of an organisation."""
    session.add(LineRow(**line.model_dump()))
    session.flush()


def add_user(session: Session, user: User, roles: Iterable[Role], now: datetime) -> None:
    """Enter a user, with roles in the organisation that keeps the account."""
    session.add(UserRow(**user.model_dump(), created_at=now))
    session.flush()
    set_membership(session, Membership(user=user.id, organisation=user.organisation, roles=frozenset(roles)))


def set_membership(session: Session, membership: Membership) -> None:
    """The roles of a user in an organisation, in place of those they had there."""
    row = session.get(MembershipRow, (membership.user, membership.organisation))
    roles = sorted(one.value for one in membership.roles)
    if row is None:
        session.add(MembershipRow(user=membership.user, organisation=membership.organisation, roles=roles))
    else:
        row.roles = roles
    session.flush()


def roles(session: Session, user: str, organisation: str) -> frozenset[Role]:
    """The roles of a user in an organisation."""
    row = session.get(MembershipRow, (user, organisation))
    return frozenset(Role(one) for one in row.roles) if row is not None else frozenset()


def give_network_role(session: Session, user: str, role: NetworkRole, now: datetime) -> None:
    """A role for the network; having it already changes nothing."""
    if session.get(NetworkRoleRow, (user, role)) is None:
        session.add(NetworkRoleRow(user=user, role=role, given_at=now))
        session.flush()


def add_group(session: Session, group: Group) -> None:
    """Enter a group with its organisations."""
    with kept_once(session):
        session.add(GroupRow(id=group.id, name=group.name, kind=group.kind, description=group.description))
    session.add_all(GroupMemberRow(group=group.id, organisation=one) for one in group.organisations)
    session.add_all(GroupUserRow(group=group.id, user=one) for one in group.users)
    session.flush()


def organisations(session: Session) -> list[Organisation]:
    """All organisations, by name."""
    return [_organisation(row) for row in session.scalars(select(OrganisationRow).order_by(OrganisationRow.name))]


def organisation(session: Session, id: str) -> Organisation:
    """One organisation; `NotFound` when there is none."""
    row = session.get(OrganisationRow, id)
    if row is None:
        raise NotFound(f"There is no organisation {id}.")
    return _organisation(row)


def lines_of(session: Session, organisation: str) -> list[Line]:
    """The pilot lines of an organisation."""
    rows = session.scalars(select(LineRow).where(LineRow.organisation == organisation).order_by(LineRow.name))
    return [Line(id=row.id, organisation=row.organisation, name=row.name, time_zone=row.time_zone) for row in rows]


def zone_of_line(session: Session, organisation: str, name: str | None) -> str | None:
    """The time zone of the organisation's line of this name, however spaced or capitalised; None unless it is plain."""
    if name is None:
        return None
    zones = {line.time_zone for line in lines_of(session, organisation) if _plain(line.name) == _plain(name)}
    return zones.pop() if len(zones) == 1 else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def groups(session: Session) -> list[Group]:
    """All groups with their organisations, by name."""
    members: dict[str, list[str]] = {}
    for row in session.scalars(select(GroupMemberRow).order_by(GroupMemberRow.organisation)):
        members.setdefault(row.group, []).append(row.organisation)
    people: dict[str, list[str]] = {}
    for one in session.scalars(select(GroupUserRow).order_by(GroupUserRow.user)):
        people.setdefault(one.group, []).append(one.user)
    rows = session.scalars(select(GroupRow).order_by(GroupRow.name))
    return [
        Group(
            id=row.id,
            name=row.name,
            kind=GroupKind(row.kind),
            description=row.description,
            organisations=tuple(members.get(row.id, ())),
            users=tuple(people.get(row.id, ())),
        )
        for row in rows
    ]


_ROW_OF_GRANTEE = {
    GranteeKind.ORGANISATION: OrganisationRow,
    GranteeKind.GROUP: GroupRow,
    GranteeKind.USER: UserRow,
}


def grantee_exists(session: Session, kind: GranteeKind, grantee: str) -> bool:
    """True when there is such an organisation, group or person; the network and everybody always exist."""
    row = _ROW_OF_GRANTEE.get(kind)
    return row is None or session.get(row, grantee) is not None


def user_exists(session: Session, user: str) -> bool:
    """True when there is such a user."""
    return session.get(UserRow, user) is not None


def user(session: Session, id: str) -> User:
    """A user, ended ones included; `NotFound` when there is none."""
    row = session.get(UserRow, id)
    if row is None:
        raise NotFound(f"There is no user {id}.")
    return User(
        id=row.id, organisation=row.organisation, name=row.name, email=row.email, orcid=row.orcid, service=row.service
    )


def user_active(session: Session, user: str) -> bool:
    """True when there is such a user who has not ended."""
    row = session.get(UserRow, user)
    return row is not None and row.active


def line_exists(session: Session, line: str) -> bool:
    """True when there is such a pilot line."""
    return session.get(LineRow, line) is not None


def end_user(session: Session, user: str, now: datetime) -> int:
    """Let a user in no more: inactive, every session, link and token ended; returns how many tokens were.

    `NotFound` when there is none.
    """
    ended = update(UserRow).where(UserRow.id == user).values(active=False).returning(UserRow.id)
    if session.execute(ended).first() is None:
        raise NotFound(f"There is no user {user}.")
    return endings.of_user(session, user, now)


def acting(session: Session, user: str, organisation: str) -> Principal | None:
    """A person acting for an organisation, without scopes yet; None unless active and with a role there."""
    found = session.execute(
        select(UserRow, OrganisationRow, MembershipRow)
        .join(MembershipRow, MembershipRow.user == UserRow.id)
        .join(OrganisationRow, OrganisationRow.id == MembershipRow.organisation)
        .where(UserRow.id == user, OrganisationRow.id == organisation, UserRow.active)
    ).first()
    if found is None or not found[2].roles:
        return None
    person, body, membership = found
    through_body = select(GroupMemberRow.group).where(GroupMemberRow.organisation == organisation)
    in_person = select(GroupUserRow.group).where(GroupUserRow.user == user)
    return Principal(
        user=person.id,
        name=person.name,
        organisation=body.id,
        organisation_name=body.name,
        standing=Standing(body.standing),
        state=OrganisationState(body.state),
        roles=frozenset(Role(one) for one in membership.roles),
        network_roles=frozenset(
            NetworkRole(one) for one in session.scalars(select(NetworkRoleRow.role).where(NetworkRoleRow.user == user))
        ),
        groups=frozenset(session.scalars(through_body.union(in_person))),
        service=person.service,
    )


def viewer_of(session: Session, organisation: str) -> Principal | None:
    """Whoever reads for an organisation and is nobody in particular; None when there is no such organisation."""
    body = session.get(OrganisationRow, organisation)
    if body is None:
        return None
    through_body = select(GroupMemberRow.group).where(GroupMemberRow.organisation == organisation)
    return Principal(
        name=f"a viewer of {body.name}",
        organisation=body.id,
        organisation_name=body.name,
        standing=Standing(body.standing),
        state=OrganisationState(body.state),
        roles=frozenset({Role.VIEWER}),
        groups=frozenset(session.scalars(through_body)),
    )


def everybody(session: Session) -> list[Principal]:
    """Every active person, once for each organisation that they may act for, as `acting` gives them."""
    chosen = (
        select(MembershipRow.user, MembershipRow.organisation)
        .join(UserRow, UserRow.id == MembershipRow.user)
        .where(UserRow.active)
        .order_by(MembershipRow.user, MembershipRow.organisation)
    )
    found = (acting(session, row.user, row.organisation) for row in session.execute(chosen))
    return [one for one in found if one is not None]


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation.model_validate(row, from_attributes=True)
