"""Personal and service tokens."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from schemas.access import Principal, TokenScope
from schemas.errors import NotFound
from schemas.organisation import OrganisationState, Token
from storage.people import acting
from storage.tables import TokenRow


def add(
    session: Session,
    *,
    id: str,
    user: str,
    organisation: str,
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
        organisation=organisation,
        hash=hash,
        prefix=prefix,
        name=name,
        scopes=sorted(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()


def revoke(session: Session, user: str, token: str, now: datetime) -> None:
    """End a token of a user at once; `NotFound` when it is not theirs."""
    done = session.execute(
        update(TokenRow)
        .where(TokenRow.id == token, TokenRow.user == user, TokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(TokenRow.id)
    ).first()
    if done is None:
        raise NotFound(f"There is no valid token {token} of yours.")


def find(session: Session, id: str) -> Token:
    """What is known of a token; `NotFound` when there is none of this id."""
    row = session.get(TokenRow, id)
    if row is None:
        raise NotFound(f"There is no token {id}.")
    return _token(row)


def of_user(session: Session, user: str) -> list[Token]:
    """Every token that a user has or had, oldest first."""
    rows = session.scalars(select(TokenRow).where(TokenRow.user == user).order_by(TokenRow.created_at, TokenRow.id))
    return [_token(row) for row in rows]


def principal_of(session: Session, hash: str, now: datetime) -> Principal | None:
    """Whose token has this hash; None when there is none or it is revoked, ended, or its user inactive."""
    token = session.scalar(
        select(TokenRow).where(TokenRow.hash == hash, TokenRow.revoked_at.is_(None), TokenRow.expires_at > now)
    )
    if token is None:
        return None
    who = acting(session, token.user, token.organisation)
    if who is None or who.state is OrganisationState.LEFT:
        return None
    return who.model_copy(update={"scopes": frozenset(TokenScope(one) for one in token.scopes), "token": token.id})


def used_at(session: Session, token: str) -> datetime | None:
    """When a token was last used, to the minute."""
    row = session.get(TokenRow, token)
    return row.last_used_at if row is not None else None


def touch(session: Session, token: str, now: datetime, before: datetime) -> None:
    """Remember that a token is in use, unless that was done a moment ago."""
    stale = or_(TokenRow.last_used_at.is_(None), TokenRow.last_used_at < before)
    session.execute(update(TokenRow).where(TokenRow.id == token, stale).values(last_used_at=now))


def _token(row: TokenRow) -> Token:
    return Token(
        id=row.id,
        user=row.user,
        organisation=row.organisation,
        name=row.name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        prefix=row.prefix,
    )
