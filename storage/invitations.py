"""Invitations into organisations: made, listed, revoked, and accepted once."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from schemas.errors import NotFound
from schemas.member import Invitation, InvitationState
from schemas.organisation import Role
from storage.tables import InvitationRow


def add(session: Session, invitation: Invitation, hash: str, by: str | None) -> None:
    """Keep an invitation under the hash of its code."""
    facts = invitation.model_dump(include={"id", "organisation", "email", "by_office", "created_at", "expires_at"})
    row = InvitationRow(**facts, roles=sorted(one.value for one in invitation.roles), hash=hash, created_by=by)
    session.add(row)
    session.flush()


def of(session: Session, organisation: str, now: datetime) -> list[Invitation]:
    """Every invitation into the organisation, newest first."""
    chosen = select(InvitationRow).where(InvitationRow.organisation == organisation)
    rows = session.scalars(chosen.order_by(InvitationRow.created_at.desc(), InvitationRow.id))
    return [_invitation(row, now) for row in rows]


def behind(session: Session, hash: str, now: datetime) -> Invitation | None:
    """The open invitation with this hash of a code."""
    row = session.scalar(select(InvitationRow).where(InvitationRow.hash == hash))
    found = None if row is None else _invitation(row, now)
    return found if found is not None and found.state is InvitationState.OPEN else None


def accept(session: Session, invitation: str, user: str, now: datetime) -> bool:
    """The person accepts it; False when it is open no more, so that of two at once only one does."""
    done = update(InvitationRow).where(*_open(now), InvitationRow.id == invitation)
    return (
        session.execute(done.values(accepted_at=now, accepted_by=user).returning(InvitationRow.id)).first() is not None
    )


def revoke(session: Session, organisation: str, invitation: str, now: datetime) -> None:
    """Its code works no more; `NotFound` when the organisation has no such open invitation."""
    these = (InvitationRow.id == invitation, InvitationRow.organisation == organisation)
    done = update(InvitationRow).where(*_open(now), *these).values(revoked_at=now)
    if session.execute(done.returning(InvitationRow.id)).first() is None:
        raise NotFound(f"There is no open invitation {invitation} of this organisation.")


def revoke_all(session: Session, organisation: str, now: datetime) -> None:
    """No invitation into the organisation works any more."""
    done = update(InvitationRow).where(*_open(now), InvitationRow.organisation == organisation)
    session.execute(done.values(revoked_at=now))


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (InvitationRow.accepted_at.is_(None), InvitationRow.revoked_at.is_(None), InvitationRow.expires_at > now)


def _invitation(row: InvitationRow, now: datetime) -> Invitation:
    return Invitation(
        id=row.id,
        organisation=row.organisation,
        email=row.email,
        roles=tuple(Role(one) for one in row.roles),
        by_office=row.by_office,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        state=_state(row, now),
    )


def _state(row: InvitationRow, now: datetime) -> InvitationState:
    if row.accepted_at is not None:
        return InvitationState.ACCEPTED
    if row.revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.OPEN if row.expires_at > now else InvitationState.EXPIRED
