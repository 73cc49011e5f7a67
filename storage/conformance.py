"""How cells that were handed in stand to a round's targets of production: kept once, with the submission."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.conformance import Keeping, KeptTo
from storage.among import among
from storage.tables import SubmissionConformanceRow


def keep(session: Session, submission: str, kept: KeptTo, now: datetime) -> None:
    """Keep how the cell of a submission stands to each target."""
    session.merge(SubmissionConformanceRow(submission=submission, **kept.model_dump(mode="json"), computed_at=now))
    session.flush()


def of(session: Session, submissions: Iterable[str]) -> dict[str, KeptTo]:
    """With every value, by submission; what has none is left out."""
    chosen = select(SubmissionConformanceRow).where(among(SubmissionConformanceRow.submission, submissions))
    return {row.submission: KeptTo.model_validate(row, from_attributes=True) for row in session.scalars(chosen)}


def keeping(session: Session, submissions: Iterable[str]) -> dict[str, tuple[Keeping, ...]]:
    """The verdicts alone, by submission; what has none is left out."""
    row = SubmissionConformanceRow
    chosen = select(row.submission, row.keeping).where(among(row.submission, submissions))
    return {submission: tuple(map(Keeping, verdicts)) for submission, verdicts in session.execute(chosen)}
