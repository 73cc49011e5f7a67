"""What was handed in to rounds: submissions in versions, and the KPIs of each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.dataset import RunState
from schemas.round.round import RoundState
from schemas.round.submission import KpiValue, Submission, SubmissionState
from storage.among import among
from storage.tables import IngestRunRow, RoundCellRow, RoundRow, SubmissionRow, SubmissionValueRow


def add(session: Session, submission: Submission) -> None:
    """Keep a submission."""
    session.add(SubmissionRow(**submission.model_dump(mode="python")))
    session.flush()


def of(session: Session, round: str, lines: Iterable[str] | None = None) -> list[Submission]:
    """Every submission to a round (of these lines), by line, cell and number."""
    chosen = select(SubmissionRow).where(SubmissionRow.round == round)
    if lines is not None:
        chosen = chosen.where(SubmissionRow.line.in_(list(lines)))
    ordered = chosen.order_by(SubmissionRow.line, SubmissionRow.cell, SubmissionRow.number)
    return [Submission.model_validate(row, from_attributes=True) for row in session.scalars(ordered)]


def find(session: Session, submission: str) -> Submission | None:
    """One submission; None when there is none."""
    row = session.get(SubmissionRow, submission)
    return None if row is None else Submission.model_validate(row, from_attributes=True)


def next_number(session: Session, cell: str) -> int:
    """The number of the next version for a cell."""
    return (session.scalar(select(func.max(SubmissionRow.number)).where(SubmissionRow.cell == cell)) or 0) + 1


def set_state(
    session: Session, ids: Sequence[str], state: SubmissionState, by: str, now: datetime, reason: str = ""
) -> None:
    """From now on these submissions are in this state."""
    for row in session.scalars(select(SubmissionRow).where(SubmissionRow.id.in_(list(ids)))):
        row.state, row.decided_by, row.decided_at, row.decided_reason = state.value, by, now, reason
    session.flush()


def fails(session: Session, submission: str, rule: str) -> None:
    """From now on the rule stands among those that this submission fails; its state stays as it is."""
    row = session.get_one(SubmissionRow, submission)
    row.failed_rules = sorted({*row.failed_rules, rule})
    session.flush()


def quarantined(session: Session, runs: Iterable[str]) -> frozenset[str]:
    """Those of these runs that ended in quarantine."""
    return _ended(session, runs, RunState.QUARANTINED)


def ready(session: Session, runs: Iterable[str]) -> frozenset[str]:
    """Those of these runs that have tables."""
    return _ended(session, runs, RunState.READY)


def _ended(session: Session, runs: Iterable[str], state: RunState) -> frozenset[str]:
    chosen = select(IngestRunRow.id).where(among(IngestRunRow.id, runs), IngestRunRow.state == state)
    return frozenset(session.scalars(chosen))


def standing(session: Session, dataset: str) -> list[tuple[str, str]]:
    """Rounds that are open, each with the cell for which a version of the dataset stands there."""
    chosen = (
        select(SubmissionRow.round, RoundCellRow.name)
        .join(RoundRow, RoundRow.id == SubmissionRow.round)
        .join(RoundCellRow, RoundCellRow.id == SubmissionRow.cell)
        .where(
            SubmissionRow.dataset == dataset,
            SubmissionRow.state.in_([SubmissionState.RECEIVED.value, SubmissionState.ACCEPTED.value]),
            RoundRow.state == RoundState.OPEN.value,
        )
    )
    return [(round, cell) for round, cell in session.execute(chosen.order_by(SubmissionRow.round, RoundCellRow.name))]


def organisations(session: Session, round: str) -> int:
    """How many organisations have a cell in the round that counts: accepted, in time."""
    counted = select(func.count(func.distinct(SubmissionRow.organisation))).where(
        SubmissionRow.round == round,
        SubmissionRow.state == SubmissionState.ACCEPTED.value,
        SubmissionRow.late.is_(False),
    )
    return session.scalar(counted) or 0


def keep_values(session: Session, submission: str, plan: int, values: Iterable[KpiValue], now: datetime) -> None:
    """Keep the KPIs of a submission, chosen by the plan of this number; those of the same plan are replaced."""
    for one in values:
        facts = one.model_dump(mode="json")
        session.merge(SubmissionValueRow(submission=submission, plan=plan, **facts, computed_at=now))
    session.flush()


def values(session: Session, submissions: Sequence[str], plan: int) -> dict[str, list[KpiValue]]:
    """The KPIs of these submissions by a plan, by submission, in the order of KPI ids."""
    names = list(KpiValue.model_fields)
    # Columns and not rows of the mapper: a round's table is some thousands of them, and is asked for again and again.
    columns = [SubmissionValueRow.submission, *(getattr(SubmissionValueRow, name) for name in names)]
    chosen = select(*columns).where(among(SubmissionValueRow.submission, submissions), SubmissionValueRow.plan == plan)
    found: dict[str, list[KpiValue]] = {one: [] for one in submissions}
    for submission, *facts in session.execute(chosen.order_by(SubmissionValueRow.submission, SubmissionValueRow.kpi)):
        found[submission].append(KpiValue.model_validate(dict(zip(names, facts, strict=True))))
    return found
