"""Harvest: pages of what a scope lists, newest first, narrowed to what may have changed since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from schemas.access import Scope
from storage import visibility
from storage.catalogue import Position
from storage.tables import DatasetRow, GrantRow, IngestRunRow, RevisionRow, StampRow, VisibleRow


@dataclass(frozen=True)
class Narrowed:
    """What is harvested: of a kind, of an owner, what may have changed since then; empty fields do not restrict."""

    kind: str | None = None
    owner: str | None = None
    since: datetime | None = None


def page(session: Session, within: Scope, sought: Narrowed, after: Position | None, limit: int) -> list[str]:
    """Ids behind a position, so many: by when datasets were made, which never changes, and not by when they changed.

    Of what is left out nothing has changed since; of what is given, something may have that the scope does not see.
    """
    narrow: list[ColumnElement[bool]] = []
    if sought.kind is not None:
        narrow.append(DatasetRow.kind == sought.kind)
    if sought.owner is not None:
        narrow.append(DatasetRow.owner == sought.owner)
    if sought.since is not None:
        narrow.append(_changed(sought.since))
    return visibility.page(session, within, narrow, after, limit)


def owners(session: Session, within: Scope) -> Sequence[str]:
    """The organisations of which the scope lists datasets."""
    chosen = select(DatasetRow.owner).join(VisibleRow, VisibleRow.dataset == DatasetRow.id)
    return list(session.scalars(chosen.where(*_listed(within)).distinct().order_by(DatasetRow.owner)))


def earliest(session: Session, within: Scope) -> datetime | None:
    """When the oldest dataset was made that the scope lists."""
    return session.scalar(select(func.min(VisibleRow.created_at)).where(*_listed(within)))


def _listed(within: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        VisibleRow.audience.in_(sorted(within.audiences)),
        or_(VisibleRow.starts_at.is_(None), VisibleRow.starts_at <= within.at),
        or_(VisibleRow.ends_at.is_(None), VisibleRow.ends_at > within.at),
    )


def _changed(since: datetime) -> ColumnElement[bool]:
    """Something of the dataset is as new as that, seen by the reader or not."""
    of_grants = (GrantRow.created_at, GrantRow.starts_at, GrantRow.expires_at, GrantRow.revoked_at)
    return or_(
        DatasetRow.created_at >= since,
        DatasetRow.released_at >= since,
        DatasetRow.embargo_until >= since,
        DatasetRow.id.in_(select(RevisionRow.dataset).where(RevisionRow.created_at >= since)),
        DatasetRow.id.in_(select(IngestRunRow.dataset).where(IngestRunRow.finished_at >= since)),
        DatasetRow.id.in_(select(GrantRow.dataset).where(or_(*(at >= since for at in of_grants)))),
        DatasetRow.id.in_(select(StampRow.dataset).where(StampRow.network_at >= since)),
    )
