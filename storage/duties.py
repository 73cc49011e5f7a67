"""What past recipients of data under retired agreements are bound to; and who those recipients were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from schemas.access import Grantee, GranteeKind
from schemas.agreement import Duty
from schemas.conditions import AgreementAccepted
from schemas.policy import Grant
from storage import grants
from storage.tables import AuditRow, AuditTouchedRow, DutyRow, GrantRow, GroupMemberRow, GroupUserRow, UserRow


@dataclass(frozen=True)
class Reading:
    """How often an organisation read, and when last."""

    count: int = 0
    last: datetime | None = None


def add(session: Session, duty: Duty) -> None:
    """Keep what one organisation is bound to."""
    session.add(DutyRow(**duty.model_dump(exclude={"duties"}), duties=list(duty.duties)))
    session.flush()


def of(session: Session, agreement: str, organisation: str | None = None) -> list[Duty]:
    """Those of an agreement, of one organisation or (None) of all, by organisation."""
    chosen = select(DutyRow).where(DutyRow.agreement == agreement).order_by(DutyRow.organisation)
    if organisation is not None:
        chosen = chosen.where(DutyRow.organisation == organisation)
    return [_duty(row) for row in session.scalars(chosen)]


def untold(session: Session) -> list[Duty]:
    """Those of which the organisation was not told yet, oldest first."""
    chosen = select(DutyRow).where(DutyRow.notified_at.is_(None)).order_by(DutyRow.asked_at, DutyRow.id)
    return [_duty(row) for row in session.scalars(chosen)]


def told(session: Session, duty: str, now: datetime) -> None:
    """The organisation was told."""
    session.execute(update(DutyRow).where(DutyRow.id == duty).values(notified_at=now))


def confirm(session: Session, duty: str, by: str, statement: str, now: datetime) -> None:
    """An organisation confirms that it did what it was bound to."""
    these = update(DutyRow).where(DutyRow.id == duty)
    session.execute(these.values(confirmed_at=now, confirmed_by=by, statement=statement))


def resting(session: Session, agreement: str) -> list[Grant]:
    """Every grant that depends on an agreement, ended and revoked ones included."""
    named = [
        name
        for name, conditions in grants.terms(session).items()
        if any(isinstance(one, AgreementAccepted) and one.agreement == agreement for one in conditions)
    ]
    datasets = set(session.scalars(select(GrantRow.dataset).where(GrantRow.terms_id.in_(named))))
    of_it = AgreementAccepted(agreement=agreement)
    return [one for one in grants.on(session, datasets) if of_it in one.conditions]


def named_by(session: Session, grantees: Iterable[Grantee]) -> set[str]:
    """Organisations that grantees are, through a group or a person too; the network and the world name none."""
    ids: dict[GranteeKind, set[str]] = {kind: set() for kind in GranteeKind}
    for one in grantees:
        ids[one.kind].add(one.id)
    groups = ids[GranteeKind.GROUP]
    members = select(GroupMemberRow.organisation).where(GroupMemberRow.group.in_(groups))
    in_groups = select(GroupUserRow.user).where(GroupUserRow.group.in_(groups))
    persons = select(UserRow.organisation).where(
        or_(UserRow.id.in_(ids[GranteeKind.USER]), UserRow.id.in_(in_groups)),
    )
    return ids[GranteeKind.ORGANISATION] | set(session.scalars(members)) | set(session.scalars(persons))


def readings(session: Session, organisations: Iterable[str], datasets: Iterable[str]) -> dict[str, Reading]:
    """By the audit: what each of these organisations read of these datasets while they were another's.

    Lists, terms and refusals do not count.
    """
    found = {one: Reading() for one in organisations}
    chosen = (
        select(AuditRow.organisation, func.count(AuditRow.id.distinct()), func.max(AuditRow.at))
        .join(AuditTouchedRow, AuditTouchedRow.event == AuditRow.id)
        .where(
            AuditRow.allowed,
            AuditRow.organisation.in_(found),
            AuditRow.action.startswith("read:"),
            AuditRow.action.not_in(["read:list", "read:terms"]),
            AuditTouchedRow.dataset.in_(list(datasets)),
            AuditTouchedRow.owner != AuditRow.organisation,
        )
        .group_by(AuditRow.organisation)
    )
    for organisation, count, last in session.execute(chosen):
        if organisation is not None:
            found[organisation] = Reading(count, last)
    return found


def _duty(row: DutyRow) -> Duty:
    facts = {name: getattr(row, name) for name in Duty.model_fields}
    return Duty(**facts | {"duties": tuple(row.duties)})
