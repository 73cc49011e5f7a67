"""Organisations, lines, users, groups and tokens."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.access import Principal, TokenScope
from schemas.errors import NotFound
from schemas.organisation import Group, Line, Organisation, Role, Standing, Token, User
from storage.tables import GroupMemberRow, GroupRow, LineRow, OrganisationRow, TokenRow, UserRow


def add_organisation(session: Session, organisation: Organisation, now: datetime) -> None:
    """Enter an organisation."""
    session.add(OrganisationRow(**organisation.model_dump(), created_at=now))
    session.flush()


def add_line(session: Session, line: Line) -> None:
    """Enter a pilot line of an organisation."""
    session.add(LineRow(**line.model_dump()))
    session.flush()


def add_user(session: Session, user: User, now: datetime) -> None:
    """Enter a user of an organisation."""
    session.add(UserRow(**user.model_dump(), created_at=now))
    session.flush()


def add_group(session: Session, group: Group) -> None:
    """Enter a group with its organisations."""
    session.add(GroupRow(id=group.id, name=group.name))
    session.flush()
    session.add_all(GroupMemberRow(group=group.id, organisation=one) for one in group.organisations)
    session.flush()


def organisations(session: Session) -> list[Organisation]:
    """All organisations, by name."""
    return [_organisation(row) for row in session.scalars(select(OrganisationRow).order_by(OrganisationRow.name))]


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
    rows = session.scalars(select(GroupRow).order_by(GroupRow.name))
    return [Group(id=row.id, name=row.name, organisations=tuple(members.get(row.id, ()))) for row in rows]


def grantee_exists(session: Session, kind: str, grantee: str) -> bool:
    """True when there is such an organisation or group."""
    return session.get(OrganisationRow if kind == "organisation" else GroupRow, grantee) is not None


def user_exists(session: Session, user: str) -> bool:
    """True when there is such a user."""
    return session.get(UserRow, user) is not None


def user_active(session: Session, user: str) -> bool:
    """True when there is such a user who has not ended."""
    row = session.get(UserRow, user)
    return row is not None and row.active


def line_exists(session: Session, line: str) -> bool:
    """True when there is such a pilot line."""
    return session.get(LineRow, line) is not None


def add_token(
    session: Session,
    *,
    id: str,
    user: str,
    hash: str,
    prefix: str,
    name: str,
    scopes: frozenset[TokenScope],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a token's hash."""
    row = TokenRow(
        id=id,
        user=user,
        hash=hash,
        prefix=prefix,
        name=name,
        scopes=sorted(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()


def revoke_token(session: Session, user: str, token: str, now: datetime) -> None:
    """End a token of a user at once; `NotFound` when it is not theirs."""
    done = session.execute(
        update(TokenRow)
        .where(TokenRow.id == token, TokenRow.user == user, TokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(TokenRow.id)
    ).first()
    if done is None:
        raise NotFound(f"There is no valid token {token} of yours.")


def token(session: Session, id: str) -> Token:
    """What is known of a token; `NotFound` when there is none of this id."""
    row = session.get(TokenRow, id)
    if row is None:
        raise NotFound(f"There is no token {id}.")
    return _token(row)


def tokens_of(session: Session, user: str) -> list[Token]:
    """Every token that a user has or had, oldest first."""
    rows = session.scalars(select(TokenRow).where(TokenRow.user == user).order_by(TokenRow.created_at, TokenRow.id))
    return [_token(row) for row in rows]


def end_user(session: Session, user: str, now: datetime) -> int:
    """Let a user in no more: inactive, every token revoked; returns how many were. `NotFound` when there is none."""
    ended = update(UserRow).where(UserRow.id == user).values(active=False).returning(UserRow.id)
    if session.execute(ended).first() is None:
        raise NotFound(f"There is no user {user}.")
    valid = (TokenRow.user == user, TokenRow.revoked_at.is_(None))
    return len(session.execute(update(TokenRow).where(*valid).values(revoked_at=now).returning(TokenRow.id)).all())


def principal_of(session: Session, hash: str, now: datetime) -> Principal | None:
    """Whose token has this hash; None when there is none or it is revoked, ended, or its user inactive."""
    found = session.execute(
        select(TokenRow, UserRow, OrganisationRow)
        .join(UserRow, UserRow.id == TokenRow.user)
        .join(OrganisationRow, OrganisationRow.id == UserRow.organisation)
        .where(TokenRow.hash == hash, TokenRow.revoked_at.is_(None), TokenRow.expires_at > now, UserRow.active)
    ).first()
    if found is None:
        return None
    token, user, organisation = found
    member_of = session.scalars(select(GroupMemberRow.group).where(GroupMemberRow.organisation == organisation.id))
    return Principal(
        user=user.id,
        name=user.name,
        organisation=organisation.id,
        organisation_name=organisation.name,
        standing=Standing(organisation.standing),
        role=Role(user.role),
        groups=frozenset(member_of),
        scopes=frozenset(TokenScope(one) for one in token.scopes),
        token=token.id,
    )


def touch_token(session: Session, token: str, now: datetime) -> None:
    """Remember when a token was last used."""
    session.execute(update(TokenRow).where(TokenRow.id == token).values(last_used_at=now))


def _organisation(row: OrganisationRow) -> Organisation:
    standing = Standing(row.standing)
    return Organisation(id=row.id, name=row.name, standing=standing, country=row.country, ror=row.ror)


def _token(row: TokenRow) -> Token:
    return Token(
        id=row.id,
        user=row.user,
        name=row.name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
