"""Who is told: people by what they hold, and where a mail reaches them. Services and ended people are not told."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.organisation import NetworkRole, Role
from storage.tables import MembershipRow, NetworkRoleRow, UserRow


def holders(session: Session, organisation: str, roles: Iterable[Role]) -> list[str]:
    """People who hold one of these roles in an organisation, by id."""
    wanted = {one.value for one in roles}
    chosen = (
        select(MembershipRow)
        .join(UserRow, UserRow.id == MembershipRow.user)
        .where(MembershipRow.organisation == organisation, UserRow.active, UserRow.service.is_(False))
        .order_by(MembershipRow.user)
    )
    return [row.user for row in session.scalars(chosen) if wanted & set(row.roles)]


def of_network(session: Session, role: NetworkRole) -> list[str]:
    """People who hold this role for the network, by id."""
    chosen = (
        select(NetworkRoleRow.user)
        .join(UserRow, UserRow.id == NetworkRoleRow.user)
        .where(NetworkRoleRow.role == role, UserRow.active, UserRow.service.is_(False))
    )
    return list(session.scalars(chosen.order_by(NetworkRoleRow.user)))


def reached(session: Session, users: Iterable[str]) -> dict[str, str | None]:
    """Of these users those who can be told at all, each with their mail address where there is one."""
    chosen = select(UserRow.id, UserRow.email).where(
        UserRow.id.in_(list(users)), UserRow.active, UserRow.service.is_(False)
    )
    return {row.id: row.email for row in session.execute(chosen)}


def names(session: Session, users: Iterable[str]) -> dict[str, str]:
    """What these users are called; who was erased is not there."""
    chosen = select(UserRow.id, UserRow.name).where(UserRow.id.in_(list(users)))
    return {row.id: row.name for row in session.execute(chosen)}
