"""DOIs of datasets and versions, and in which state they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.doi import DoiState
from storage.tables import DoiRow

ALL_VERSIONS = 0


@dataclass(frozen=True)
class StoredDoi:
    """A DOI as it is kept; `version` is None for all versions."""

    doi: str
    dataset: str
    version: int | None
    state: DoiState
    created_at: datetime
    changed_at: datetime


def of(session: Session, dataset: str) -> list[StoredDoi]:
    """The DOIs of a dataset, that for all versions first."""
    rows = session.scalars(select(DoiRow).where(DoiRow.dataset == dataset).order_by(DoiRow.version))
    return [_stored(row) for row in rows]


def datasets_beyond_draft(session: Session) -> list[str]:
    """Datasets with a DOI that is known outside."""
    chosen = select(DoiRow.dataset).where(DoiRow.state != DoiState.DRAFT).distinct().order_by(DoiRow.dataset)
    return list(session.scalars(chosen))


def drafted(session: Session, dataset: str, version: int | None, doi: str, now: datetime) -> StoredDoi:
    """The DOI of this version, as it is or made as a draft; once made it stays, whatever the prefix is now."""
    row = session.get(DoiRow, (dataset, version or ALL_VERSIONS))
    if row is None:
        facts = {"state": DoiState.DRAFT, "created_at": now, "changed_at": now}
        row = DoiRow(dataset=dataset, version=version or ALL_VERSIONS, doi=doi, **facts)
        session.add(row)
        session.flush()
    return _stored(row)


def come_into(session: Session, doi: str, state: DoiState, now: datetime) -> None:
    """Remember the state that the registry told of."""
    changed = (DoiRow.doi == doi, DoiRow.state != state)
    session.execute(update(DoiRow).where(*changed).values(state=state, changed_at=now))


def _stored(row: DoiRow) -> StoredDoi:
    return StoredDoi(row.doi, row.dataset, row.version or None, DoiState(row.state), row.created_at, row.changed_at)
