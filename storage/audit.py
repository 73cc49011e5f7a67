"""The audit: insert-only events; what is personal stands apart so that it can be erased."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import and_, bindparam, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from schemas.audit import Access, AuditEvent, AuditQuery, KeptEvent, PersonBehind
from schemas.errors import NotFound
from storage.tables import AuditActorRow, AuditPersonRow, AuditRow, AuditTouchedRow, OrganisationRow, UserRow

# Every request writes one event: what that takes is built once, and goes to the tables without keeping rows in mind.
_ADD, _ADD_PERSONAL = (insert(AuditRow.metadata.tables[one.__tablename__]) for one in (AuditRow, AuditPersonRow))
_PSEUDONYM = select(AuditActorRow.pseudonym).where(
    AuditActorRow.user == bindparam("user"), AuditActorRow.month == bindparam("month")
)


@dataclass(frozen=True)
class Personal:
    """What of an event is personal: the address, and what the person typed, with the salt of its commitment."""

    address: str = ""
    said: str = ""
    salt: str = ""


def record(session: Session, event: AuditEvent, personal: Personal | None = None) -> int:
    """Add one event; returns its number."""
    key = session.connection().execute(_ADD, event.model_dump()).inserted_primary_key
    assert key is not None  # One row was inserted.
    number = int(key[0])
    if event.touched:
        session.execute(
            insert(AuditTouchedRow),
            [{"event": number, "dataset": dataset, "owner": owner} for dataset, owner in _distinct(event).items()],
        )
    if personal is not None and (personal.address or personal.said):
        session.execute(_ADD_PERSONAL, {"event_id": number, **asdict(personal)})
    return number


def _distinct(event: AuditEvent) -> dict[str, str]:
    return {one.dataset: one.owner for one in event.touched}


def pseudonym_of(session: Session, user: str, month: str) -> str | None:
    """The pseudonym of a person in a month; None while they have none."""
    return session.scalar(_PSEUDONYM, {"user": user, "month": month})


def add_pseudonym(session: Session, pseudonym: str, user: str, month: str, salt: str) -> str:
    """Tie a pseudonym to a person and month; returns the one that holds, which may be that of another transaction."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"pseudonym": pseudonym, "user": user, "month": month, "salt": salt}
    session.execute(dialect.insert(AuditActorRow).values(values).on_conflict_do_nothing())
    return pseudonym_of(session, user, month) or pseudonym


def events(session: Session, target: str | None = None) -> Iterable[KeptEvent]:
    """All events in order, or those about one target."""
    chosen = select(AuditRow).order_by(AuditRow.id)
    if target is not None:
        chosen = chosen.where(AuditRow.target == target)
    for row in session.scalars(chosen):
        yield kept(row)


def kept(row: AuditRow) -> KeptEvent:
    """The noun of a row."""
    return KeptEvent.model_validate(row, from_attributes=True)


def accesses(
    session: Session,
    owner: str,
    *,
    dataset: str | None,
    outside: bool,
    before: tuple[int, str] | None,
    limit: int,
) -> list[tuple[int, Access]]:
    """Who looked at an owner's datasets, or at one of them, newest first, with each event's number.

    `outside` leaves out the owner's own organisation; `before` is the event and dataset where the page before ended.
    """
    chosen = (
        select(AuditTouchedRow.dataset, AuditRow, OrganisationRow.name)
        .join(AuditRow, AuditRow.id == AuditTouchedRow.event)
        .outerjoin(OrganisationRow, OrganisationRow.id == AuditRow.organisation)
        .where(AuditTouchedRow.owner == owner)
        .order_by(AuditTouchedRow.event.desc(), AuditTouchedRow.dataset)
        .limit(limit)
    )
    if dataset is not None:
        chosen = chosen.where(AuditTouchedRow.dataset == dataset)
    if outside:
        chosen = chosen.where(or_(AuditRow.organisation != owner, AuditRow.organisation.is_(None)))
    if before is not None:
        event, last = before
        same = and_(AuditTouchedRow.event == event, AuditTouchedRow.dataset > last)
        chosen = chosen.where(or_(AuditTouchedRow.event < event, same))
    return [(row.id, _access(of, row, name)) for of, row, name in session.execute(chosen)]


def search(session: Session, sought: AuditQuery, before: int | None, limit: int) -> list[KeptEvent]:
    """Events that fit, newest first, numbered below `before`."""
    chosen = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    plain = sought.model_dump(include={"organisation", "action", "actor", "allowed", "reference"}, exclude_none=True)
    for name, value in plain.items():
        chosen = chosen.where(getattr(AuditRow, name) == value)
    if sought.dataset is not None:
        about = select(AuditTouchedRow.event).where(AuditTouchedRow.dataset == sought.dataset)
        chosen = chosen.where(or_(AuditRow.target == sought.dataset, AuditRow.id.in_(about)))
    if sought.since is not None:
        chosen = chosen.where(AuditRow.at >= sought.since)
    if sought.until is not None:
        chosen = chosen.where(AuditRow.at < sought.until)
    if before is not None:
        chosen = chosen.where(AuditRow.id < before)
    return [kept(row) for row in session.scalars(chosen)]


def person_behind(session: Session, event: int) -> PersonBehind:
    """Who acted, as far as the tie is not erased; `NotFound` when there is no such event."""
    row = session.get(AuditRow, event)
    if row is None:
        raise NotFound(f"There is no event {event}.")
    tie = session.get(AuditActorRow, row.actor) if row.actor else None
    user = session.get(UserRow, tie.user) if tie else None
    personal = session.get(AuditPersonRow, event)
    return PersonBehind(
        event=event,
        user=tie.user if tie else None,
        name=user.name if user else None,
        organisation=row.organisation,
        address=(personal.address or None) if personal else None,
        said=(personal.said or None) if personal else None,
    )


def _access(dataset: str, row: AuditRow, organisation_name: str | None) -> Access:
    return Access(
        at=row.at,
        dataset=dataset,
        organisation=row.organisation,
        organisation_name=organisation_name,
        roles=tuple(row.roles),
        action=row.action,
        allowed=row.allowed,
        reason=row.reason,
        reference=row.reference,
    )
