"""Finding datasets: search within a scope, and an organisation's own for its stewards and for keeping house."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from schemas.access import Level, Scope
from schemas.dataset import DatasetState, Entry
from storage import visibility
from storage.among import among, texts
from storage.tables import DatasetRow, OrganisationRow
from storage.visible import visible

Position = tuple[datetime, str]
"""Where a page ends: created_at and id of its last dataset."""

_ENTRY = (
    DatasetRow.id,
    DatasetRow.title,
    DatasetRow.kind,
    DatasetRow.owner,
    OrganisationRow.name.label("owner_name"),
    DatasetRow.state,
    DatasetRow.released_at,
    DatasetRow.created_at,
    DatasetRow.raw_only,
    DatasetRow.public_title,
)
_ENTRIES = (
    select(*_ENTRY)
    .join(OrganisationRow, OrganisationRow.id == DatasetRow.owner)
    .where(among(DatasetRow.id, texts("datasets")))
)


def search(
    session: Session,
    within: Scope,
    *,
    text: str = "",
    kind: str | None = None,
    owner: str | None = None,
    state: DatasetState | None = None,
    after: Position | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What the scope lists, newest first; `after` continues behind a page, `text` is sought in titles."""
    narrow: list[ColumnElement[bool]] = []
    if text:
        narrow.append(_titled(within, text))
    if kind is not None:
        narrow.append(DatasetRow.kind == kind)
    if owner is not None:
        narrow.append(DatasetRow.owner == owner)
    if state is not None:
        narrow.append(DatasetRow.state == state)
    ids = visibility.page(session, within, narrow, after, limit)
    rows = session.execute(_ENTRIES, {"datasets": ids})
    entries = {row.id: Entry.model_validate(row, from_attributes=True) for row in rows}
    return [entries[id] for id in ids]


def ids(session: Session, after: str, limit: int) -> list[str]:
    """Ids of all datasets in their order behind `after`, so many: for keeping house, never for an answer."""
    chosen = select(DatasetRow.id).where(DatasetRow.id > after).order_by(DatasetRow.id).limit(limit)
    return list(session.scalars(chosen))


def owned(session: Session, owner: str) -> list[str]:
    """Ids of all datasets of an organisation, in every state: for its own stewards, and for keeping house."""
    return list(session.scalars(select(DatasetRow.id).where(DatasetRow.owner == owner).order_by(DatasetRow.id)))


def own(
    session: Session,
    owner: str,
    text: str,
    *,
    kind: str | None,
    line: str | None,
    state: DatasetState | None,
    limit: int,
) -> list[str]:
    """Ids of at most so many datasets of an organisation, for its own stewards; withdrawn ones only when asked for."""
    chosen = select(DatasetRow.id).where(DatasetRow.owner == owner)
    chosen = chosen.where(DatasetRow.state == state if state else DatasetRow.state != DatasetState.WITHDRAWN)
    if text:
        chosen = chosen.where(DatasetRow.title.icontains(text, autoescape=True))
    if kind is not None:
        chosen = chosen.where(DatasetRow.kind == kind)
    if line is not None:
        chosen = chosen.where(DatasetRow.line == line)
    return list(session.scalars(chosen.order_by(DatasetRow.id).limit(limit)))


def _titled(within: Scope, text: str) -> ColumnElement[bool]:
    """The text stands in the title as the caller sees it: a title that is hidden from them must not be found out."""
    own = DatasetRow.title.icontains(text, autoescape=True)
    neutral = DatasetRow.public_title.icontains(text, autoescape=True)
    below = and_(DatasetRow.public_title.is_not(None), not_(visible(within, Level.METADATA)))
    return or_(and_(below, neutral), and_(not_(below), own))
