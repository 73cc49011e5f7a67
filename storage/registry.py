"""Registered objects with their revisions, and published versions of protocols."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, insert, select
from sqlalchemy.orm import Session

from schemas.dataset import Visibility
from schemas.errors import NotFound
from schemas.registered import (
    ObjectRecord,
    ObjectRevision,
    ObjectState,
    ProtocolVersion,
    RegisteredKind,
    RegisteredObject,
    VersionContent,
    stored,
)
from schemas.upgrade import SCHEMA_VERSION
from storage.tables import (
    OrganisationRow,
    ProtocolVersionRow,
    RegisteredRevisionRow,
    RegisteredRow,
)
from storage.taken import kept_once

_NAMES = 500
"""So many names stand in one query."""
NewRow = tuple[str, str, ObjectRecord]
"""Id, name and record of an object to be entered."""


def add(session: Session, owner: str, kind: RegisteredKind, objects: Sequence[NewRow], by: str, now: datetime) -> None:
    """New objects of one kind, shown to their owner alone; `Conflict` when a name is taken at this moment."""
    made = {"created_at": now, "created_by": by}
    facts = {"kind": kind, "owner": owner, "state": ObjectState.CURRENT, "visibility": Visibility.ORGANISATION}
    rows = [{"id": id, "name": name, "revision": 1} | facts | made for id, name, _ in objects]
    revisions = [
        {"object": id, "number": 1, "schema_version": SCHEMA_VERSION, "name": name, "record": _written(record)} | made
        for id, name, record in objects
    ]
    if rows:
        with kept_once(session):
            session.execute(insert(RegisteredRow), rows)
        session.execute(insert(RegisteredRevisionRow), revisions)


def find(session: Session, object: str) -> RegisteredObject | None:
    """One object as its owner sees it; None when there is none."""
    found = of(session, [object])
    return found[0] if found else None


def of(session: Session, objects: Collection[str]) -> list[RegisteredObject]:
    """These objects as their owners see them, by id, those that exist."""
    chosen = (
        select(RegisteredRow, RegisteredRevisionRow, OrganisationRow.name)
        .join(
            RegisteredRevisionRow,
            and_(
                RegisteredRevisionRow.object == RegisteredRow.id,
                RegisteredRevisionRow.number == RegisteredRow.revision,
            ),
        )
        .join(OrganisationRow, OrganisationRow.id == RegisteredRow.owner)
        .where(RegisteredRow.id.in_(objects))
        .order_by(RegisteredRow.id)
    )
    return [_object(row, revision, name) for row, revision, name in session.execute(chosen)]


def lock(session: Session, object: str) -> RegisteredObject:
    """One object, its row held until commit; `NotFound` when there is none."""
    row = session.scalar(select(RegisteredRow).where(RegisteredRow.id == object).with_for_update())
    if row is None:
        raise NotFound(f"There is no object {object} that you may see.")
    session.refresh(row)
    return of(session, [object])[0]


def describe(session: Session, object: str, name: str, record: ObjectRecord, by: str, now: datetime) -> None:
    """A new revision; `Conflict` when the name is taken at this moment."""
    row = session.get_one(RegisteredRow, object)
    with kept_once(session):
        row.revision += 1
        row.name = name
        session.add(
            RegisteredRevisionRow(
                object=object,
                number=row.revision,
                schema_version=SCHEMA_VERSION,
                name=name,
                record=_written(record),
                created_at=now,
                created_by=by,
            )
        )


def set_state(session: Session, object: str, state: ObjectState) -> None:
    """Retire an object, or take it back."""
    session.get_one(RegisteredRow, object).state = state
    session.flush()


def show(session: Session, object: str, visibility: Visibility) -> None:
    """Change to whom an object is shown."""
    session.get_one(RegisteredRow, object).visibility = visibility
    session.flush()


def revisions(session: Session, object: str) -> list[ObjectRevision]:
    """Every revision, oldest first."""
    rows = session.scalars(
        select(RegisteredRevisionRow)
        .where(RegisteredRevisionRow.object == object)
        .order_by(RegisteredRevisionRow.number)
    )
    return [
        ObjectRevision(
            number=row.number,
            name=row.name,
            created_at=row.created_at,
            record=stored(row.record, row.schema_version),
        )
        for row in rows
    ]


def publish(session: Session, object: str, content: VersionContent, note: str, by: str, now: datetime) -> int:
    """The next version of a protocol whose row is held; returns its number."""
    newest = select(func.max(ProtocolVersionRow.number)).where(ProtocolVersionRow.object == object)
    number = (session.scalar(newest) or 0) + 1
    session.add(
        ProtocolVersionRow(
            object=object,
            number=number,
            schema_version=SCHEMA_VERSION,
            sha256=content.sha256(),
            content=content.model_dump(mode="json", exclude_none=True),
            note=note,
            published_at=now,
            published_by=by,
        )
    )
    session.flush()
    return number


def versions(session: Session, object: str) -> list[ProtocolVersion]:
    """Every published version of a protocol, oldest first."""
    rows = session.scalars(
        select(ProtocolVersionRow).where(ProtocolVersionRow.object == object).order_by(ProtocolVersionRow.number)
    )
    return [
        ProtocolVersion(
            number=row.number,
            sha256=row.sha256,
            published_at=row.published_at,
            note=row.note,
            content=VersionContent.model_validate(row.content),
        )
        for row in rows
    ]


def named(session: Session, owner: str, kinds: Iterable[RegisteredKind], names: Sequence[str]) -> dict[str, str]:
    """Ids of an owner's objects of these kinds, by name."""
    found: dict[str, str] = {}
    for first in range(0, len(names), _NAMES):
        chosen = select(RegisteredRow.name, RegisteredRow.id).where(
            RegisteredRow.owner == owner,
            RegisteredRow.kind.in_(list(kinds)),
            RegisteredRow.name.in_(names[first : first + _NAMES]),
        )
        found |= {row[0]: row[1] for row in session.execute(chosen)}
    return found


def _written(record: ObjectRecord) -> dict[str, object]:
    return record.model_dump(mode="json", exclude_none=True)


def _object(row: RegisteredRow, revision: RegisteredRevisionRow, owner_name: str) -> RegisteredObject:
    return RegisteredObject(
        id=row.id,
        kind=RegisteredKind(row.kind),
        owner=row.owner,
        owner_name=owner_name,
        name=row.name,
        state=ObjectState(row.state),
        visibility=Visibility(row.visibility),
        revision=row.revision,
        created_at=row.created_at,
        modified_at=revision.created_at,
        record=stored(revision.record, revision.schema_version),
    )
