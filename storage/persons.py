"""Everything that is kept about a person, found by what the tables say of themselves, and its erasure.

A column that refers to `plx_user`, or is called `…_by`, `by_user` or `to_user` and holds an id, names a person. Rows of
the tables in `OF_THE_PERSON` are theirs and go with them; in all others the person made or decided something, which
stays, under an id that names nobody.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from typing import cast as cast_to

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    String,
    Table,
    cast,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from schemas.errors import NotFound
from schemas.round.round import RoundRole
from storage.tables import (
    AcceptanceRow,
    AudienceRow,
    BlockRow,
    GrantRow,
    Id,
    InvitationRow,
    MailRow,
    NotificationRow,
    ParticipantRow,
    RegistrationRow,
    RevisionRow,
    RoundRoleRow,
    Row,
    UserRow,
    VisibleRow,
)

OF_THE_PERSON = frozenset(
    {
        "plx_audit_hold",
        "plx_group_user",
        "plx_identity",
        "plx_mail",
        "plx_membership",
        "plx_network_role",
        "plx_notification",
        "plx_notification_preference",
        "plx_one_time_link",
        "plx_password",
        "plx_session",
        "plx_token",
    }
)
"""Tables whose rows are a person's own: an account's means and memberships."""

ERASED_NAME = "Erased person"
_USERS = "plx_user"
_SECRET = ("hash", "secret", "password", "salt")


def lock(session: Session, user: str) -> str:
    """The person's name, the account held until commit so that nothing new refers to it; `NotFound` without one."""
    row = session.get(UserRow, user, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no user {user}.")
    return row.name


def kept(session: Session, user: str) -> dict[str, list[dict[str, object]]]:
    """Rows by table: the account and what is the person's own whole, of all others the key and the columns that name
    them. Secrets are left out."""
    found = {_USERS: _rows(session, _of(UserRow), _of(UserRow).c.id == user)}
    for table, columns in _naming():
        names = or_(*(column == user for column in columns))
        rows = _rows(session, table, names, None if table.name in OF_THE_PERSON else columns)
        if rows:
            found[table.name] = rows
    for row, kind, whom in ((GrantRow, "grantee_kind", "grantee"), (BlockRow, "blocked_kind", "blocked")):
        table = _of(row)
        rows = _rows(session, table, (table.c[kind] == "user") & (table.c[whom] == user))
        if rows:
            found[f"{table.name}, about the person"] = rows
    roles = _rows(session, _of(RoundRoleRow), _role(user))
    if roles:
        found[_of(RoundRoleRow).name] = roles
    for table, reached in _reached(session, user):
        rows = _rows(session, table, reached)
        if rows:
            found[f"{table.name}, to the person's address"] = rows
    return found


def records_naming(session: Session, name: str) -> list[str]:
    """Datasets whose records, in any revision, name somebody so, such as among their creators."""
    written = json.dumps(name)[1:-1]
    named = cast(RevisionRow.record, String).contains(written, autoescape=True)
    return list(session.scalars(select(RevisionRow.dataset).where(named).distinct().order_by(RevisionRow.dataset)))


def evidence_of(session: Session, user: str) -> int:
    """How many acceptances of agreements the person signed, and lines they took into rounds or let be named."""
    signed = select(func.count()).select_from(AcceptanceRow).where(AcceptanceRow.accepted_by == user)
    of_lines = (ParticipantRow.joined_by == user) | (ParticipantRow.waived_by == user)
    joined = select(func.count()).select_from(ParticipantRow).where(of_lines)
    return (session.scalar(signed) or 0) + (session.scalar(joined) or 0)


def erase(session: Session, user: str, called: str, now: datetime) -> tuple[dict[str, int], list[str]]:
    """Put an id that names nobody in the person's place; returns the rows by table that went or name it now, and the
    datasets of which the person alone had been given something."""
    _erase_reached(session, user)
    session.execute(insert(UserRow), [_nobody(session, user, called)])
    touched = _end_grants(session, user, called, now)
    changed: dict[str, int] = {}
    for table, columns in reversed(_naming()):
        if table.name in OF_THE_PERSON:
            statements: list[UpdateBase] = [delete(table).where(or_(*(column == user for column in columns)))]
        else:
            statements = [update(table).where(column == user).values({column: called}) for column in columns]
        count = sum(_count(session, one) for one in statements)
        if count:
            changed[table.name] = count
    changed |= _rename_role(session, user, called)
    session.expunge_all()  # The row that `lock` read is gone.
    session.execute(delete(_of(UserRow)).where(_of(UserRow).c.id == user))
    return changed, touched


def _reached(session: Session, user: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """Rows of tables that hold somebody's mail address without referring to them."""
    email = (session.get_one(UserRow, user).email or "").lower()
    theirs = select(NotificationRow.id).where(NotificationRow.user == user)
    to_them = func.lower(MailRow.address) == email if email else false()
    invited = func.lower(InvitationRow.email) == email if email else false()
    applied = func.lower(RegistrationRow.contact_email) == email if email else false()
    return [
        (_of(MailRow), or_(MailRow.notification.in_(theirs), to_them)),
        (_of(InvitationRow), or_(InvitationRow.accepted_by == user, invited)),
        (_of(RegistrationRow), applied),
    ]


def _erase_reached(session: Session, user: str) -> None:
    (mail, sent), (invitation, invited), (registration, applied) = _reached(session, user)
    session.execute(delete(mail).where(sent))
    session.execute(update(invitation).where(invited).values(email=""))
    session.execute(update(registration).where(applied).values(contact_name=ERASED_NAME, contact_email=""))


def naming_columns() -> dict[str, list[str]]:
    """By table: the columns that name a person."""
    return {table.name: [column.name for column in columns] for table, columns in _naming()}


def _end_grants(session: Session, user: str, called: str, now: datetime) -> list[str]:
    datasets = list(session.scalars(select(GrantRow.dataset).where(*_to(GrantRow, user)).distinct()))
    ended = func.coalesce(GrantRow.revoked_at, now)
    session.execute(update(GrantRow).where(*_to(GrantRow, user)).values(revoked_at=ended, grantee=called))
    session.execute(
        update(BlockRow).where(BlockRow.blocked_kind == "user", BlockRow.blocked == user).values(blocked=called)
    )
    alone = select(AudienceRow.id).where(AudienceRow.kind == "user", AudienceRow.grantee == user)
    session.execute(delete(VisibleRow).where(VisibleRow.audience.in_(alone)))
    session.execute(delete(AudienceRow).where(AudienceRow.id.in_(alone)))
    return datasets


def _role(user: str) -> ColumnElement[bool]:
    """What a person is in rounds; the holder of the role of a test house is an organisation."""
    return (RoundRoleRow.holder == user) & (RoundRoleRow.role != RoundRole.TEST_HOUSE.value)


def _rename_role(session: Session, user: str, called: str) -> dict[str, int]:
    count = _count(session, update(_of(RoundRoleRow)).where(_role(user)).values(holder=called))
    return {_of(RoundRoleRow).name: count} if count else {}


def _of(row: type[Row]) -> Table:
    return cast_to(Table, row.__table__)


def _count(session: Session, statement: UpdateBase) -> int:
    return cast_to(CursorResult[Any], session.execute(statement)).rowcount  # Any: rows of no columns


def _nobody(session: Session, user: str, called: str) -> dict[str, object]:
    """The row that stands for the person from now on: what is not personal of theirs, and nothing else."""
    row = session.get_one(UserRow, user)
    plain = {"organisation": row.organisation, "service": row.service, "created_at": row.created_at}
    return {"id": called, "name": ERASED_NAME, "active": False, **plain}


def _to(row: type[GrantRow], user: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return row.grantee_kind == "user", row.grantee == user


def _naming() -> list[tuple[Table, list[Column[str]]]]:
    """Tables, those referred to first, with the columns that name a user: by reference, or `…_by` with a user's id."""
    found = []
    for table in Row.metadata.sorted_tables:
        keys = {key for key in table.foreign_keys if key.target_fullname == f"{_USERS}.id"}
        columns = [one for one in table.columns if one.foreign_keys & keys or _by_somebody(one)]
        if columns:
            found.append((table, columns))
    return found


def _by_somebody(column: Column[Any]) -> bool:  # Any: of whatever type
    kind = column.type
    named = column.name.endswith("_by") or column.name in ("by_user", "to_user")
    return named and isinstance(kind, String) and kind.length == Id.length


def _rows(
    session: Session, table: Table, which: ColumnElement[bool], naming: Sequence[Column[str]] | None = None
) -> list[dict[str, object]]:
    """Whole rows, or (`naming`) of each its key and the columns that name a person."""
    names = {one.name for one in naming or ()}
    shown = [column for column in table.columns if naming is None or column.primary_key or column.name in names]
    shown = [column for column in shown if not any(word in column.name for word in _SECRET)]
    rows = session.execute(select(*shown).where(which).order_by(*table.primary_key.columns))
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in rows]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
