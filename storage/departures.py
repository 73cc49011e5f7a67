"""What an organisation holds, and what ends when it leaves; nothing is deleted."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from schemas.access import GranteeKind
from schemas.dataset import DatasetState
from schemas.member import InvitationState
from schemas.offboarding import Holdings
from schemas.request import RequestState
from schemas.transfer import TransferState
from storage import intake, invitations, members, people
from storage.tables import AccessRequestRow, DatasetRow, GrantRow, GroupMemberRow, MembershipRow, TransferRow


def datasets(session: Session, organisation: str, state: DatasetState) -> list[str]:
    """Ids of the organisation's datasets in a state."""
    chosen = select(DatasetRow.id).where(DatasetRow.owner == organisation, DatasetRow.state == state)
    return list(session.scalars(chosen.order_by(DatasetRow.id)))


def unsettled(session: Session, organisation: str) -> list[str]:
    """Ids of its drafts and released datasets that are not on offer to anybody."""
    offered = select(TransferRow.dataset).where(TransferRow.state == TransferState.OFFERED)
    chosen = select(DatasetRow.id).where(DatasetRow.owner == organisation, DatasetRow.state != DatasetState.WITHDRAWN)
    return list(session.scalars(chosen.where(DatasetRow.id.not_in(offered)).order_by(DatasetRow.id)))


def counted(session: Session, organisation: str) -> dict[str, int]:
    """How many datasets the organisation has in each state."""
    chosen = select(DatasetRow.state, func.count()).where(DatasetRow.owner == organisation).group_by(DatasetRow.state)
    return {row[0]: row[1] for row in session.execute(chosen)}


def depart(session: Session, organisation: str, by: str | None, now: datetime) -> list[str]:
    """End memberships, invitations, seats in groups and grants to it: coming back later revives none of them.

    Returns datasets of which grants were revoked.
    """
    everybody = session.scalars(select(MembershipRow.user).where(MembershipRow.organisation == organisation)).all()
    touched = [id for user in everybody for id in members.end_membership(session, user, organisation, by, now)]
    invitations.revoke_all(session, organisation, now)
    session.execute(delete(GroupMemberRow).where(GroupMemberRow.organisation == organisation))
    to_it = (GrantRow.grantee_kind == GranteeKind.ORGANISATION, GrantRow.grantee == organisation)
    ended = update(GrantRow).where(*to_it, GrantRow.revoked_at.is_(None)).values(revoked_at=now, revoked_by=by)
    touched += session.scalars(ended.returning(GrantRow.dataset))
    return touched


def holdings(session: Session, organisation: str, now: datetime) -> Holdings:
    """How much the organisation holds of everything."""
    states = counted(session, organisation)
    own = select(DatasetRow.id).where(DatasetRow.owner == organisation)
    to_it = (GrantRow.grantee_kind == GranteeKind.ORGANISATION, GrantRow.grantee == organisation)
    staff = [one for one in members.of(session, organisation) if one.active and one.roles]
    waiting = [one for one in invitations.of(session, organisation, now) if one.state is InvitationState.OPEN]
    seats = select(GroupMemberRow.group).where(GroupMemberRow.organisation == organisation)
    return Holdings(
        organisation=organisation,
        drafts=states.get(DatasetState.DRAFT, 0),
        released=states.get(DatasetState.RELEASED, 0),
        withdrawn=states.get(DatasetState.WITHDRAWN, 0),
        raw_bytes=intake.bytes_held(session, organisation),
        grants_given=_grants_in_force(session, now, GrantRow.dataset.in_(own)),
        grants_received=_grants_in_force(session, now, *to_it),
        people=sum(not one.service for one in staff),
        services=sum(one.service for one in staff),
        lines=len(people.lines_of(session, organisation)),
        invitations=len(waiting),
        requests=_waiting(session, AccessRequestRow.dataset.in_(own)),
        own_requests=_waiting(session, AccessRequestRow.organisation == organisation),
        offers=_offered(session, organisation),
        groups=tuple(session.scalars(seats.order_by(GroupMemberRow.group))),
    )


def _grants_in_force(session: Session, now: datetime, *which: ColumnElement[bool]) -> int:
    unended = or_(GrantRow.expires_at.is_(None), GrantRow.expires_at > now)
    return session.scalar(select(func.count()).where(GrantRow.revoked_at.is_(None), unended, *which)) or 0


def _waiting(session: Session, which: ColumnElement[bool]) -> int:
    chosen = select(func.count()).where(AccessRequestRow.state == RequestState.SENT, which)
    return session.scalar(chosen) or 0


def _offered(session: Session, organisation: str) -> int:
    mine = (TransferRow.giver == organisation, TransferRow.state == TransferState.OFFERED)
    return session.scalar(select(func.count()).where(*mine)) or 0
