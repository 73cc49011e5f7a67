"""DOIs of public summaries of rounds, and in which state they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.doi import DoiState
from storage.tables import ReportDoiRow

ALL_VERSIONS = 0


@dataclass(frozen=True)
class StoredReportDoi:
    """A DOI as it is kept; `version` is None for all versions."""

    doi: str
    round: str
    version: int | None
    state: DoiState
    created_at: datetime
    changed_at: datetime


def of(session: Session, round: str) -> list[StoredReportDoi]:
    """The DOIs of a round, that for all versions first."""
    chosen = select(ReportDoiRow).where(ReportDoiRow.round == round).order_by(ReportDoiRow.version)
    return [_stored(row) for row in session.scalars(chosen)]


def rounds_beyond_draft(session: Session) -> list[str]:
    """Rounds with a DOI that is known outside."""
    chosen = select(ReportDoiRow.round).where(ReportDoiRow.state != DoiState.DRAFT).distinct()
    return list(session.scalars(chosen.order_by(ReportDoiRow.round)))


def drafted(session: Session, round: str, version: int | None, doi: str, now: datetime) -> StoredReportDoi:
    """The DOI of this version, as it is or made as a draft; once made it stays, whatever the prefix is now."""
    row = session.get(ReportDoiRow, (round, version or ALL_VERSIONS))
    if row is None:
        facts = {"state": DoiState.DRAFT, "created_at": now, "changed_at": now}
        row = ReportDoiRow(round=round, version=version or ALL_VERSIONS, doi=doi, **facts)
        session.add(row)
        session.flush()
    return _stored(row)


def come_into(session: Session, doi: str, state: DoiState, now: datetime) -> None:
    """Remember the state that the registry told of."""
    changed = (ReportDoiRow.doi == doi, ReportDoiRow.state != state)
    session.execute(update(ReportDoiRow).where(*changed).values(state=state, changed_at=now))


def _stored(row: ReportDoiRow) -> StoredReportDoi:
    facts = (row.doi, row.round, row.version or None, DoiState(row.state), row.created_at, row.changed_at)
    return StoredReportDoi(*facts)
