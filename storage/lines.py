"""Pilot lines with their competencies, and their self-assessments."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schemas.eligibility import Answers, Assessment
from schemas.errors import NotFound
from schemas.line import Competencies, LineRecord, PilotLine
from schemas.organisation import Organisation, OrganisationState
from storage.tables import AssessmentRow, LineRow, OrganisationRow
from storage.taken import kept_once


def every(
    session: Session, states: Iterable[OrganisationState], line: str | None = None
) -> list[tuple[PilotLine, Organisation]]:
    """Lines of organisations in these states, each with its organisation, by name; `line`: that one alone."""
    chosen = (
        select(LineRow, OrganisationRow)
        .join(OrganisationRow, OrganisationRow.id == LineRow.organisation)
        .where(OrganisationRow.state.in_(list(states)))
        .order_by(LineRow.name, LineRow.id)
    )
    if line is not None:
        chosen = chosen.where(LineRow.id == line)
    return [(_line(row), Organisation.model_validate(of, from_attributes=True)) for row, of in session.execute(chosen)]


def find(session: Session, line: str) -> PilotLine | None:
    """One line; None when there is none."""
    row = session.get(LineRow, line)
    return None if row is None else _line(row)


def add(session: Session, id: str, organisation: str, record: LineRecord, by: str, now: datetime) -> None:
    """A new line of an organisation."""
    with kept_once(session):
        session.add(LineRow(id=id, organisation=organisation, **_facts(record), changed_at=now, changed_by=by))


def describe(session: Session, line: str, record: LineRecord, by: str, now: datetime) -> None:
    """What the line says of itself, in place of what it said."""
    row = session.get_one(LineRow, line)
    for name, value in {**_facts(record), "changed_at": now, "changed_by": by}.items():
        setattr(row, name, value)
    session.flush()


def assess(session: Session, line: str, answers: Answers, by: str, now: datetime) -> int:
    """A new version of the line's answers, beside what it says of itself now; returns its number."""
    row = session.scalar(select(LineRow).where(LineRow.id == line).with_for_update())
    if row is None:
        raise NotFound(f"There is no line {line}.")
    number = (session.scalar(select(func.max(AssessmentRow.number)).where(AssessmentRow.line == line)) or 0) + 1
    facts = {"answers": answers.model_dump(mode="json"), "competencies": row.competencies}
    session.add(AssessmentRow(line=line, number=number, **facts, made_at=now, made_by=by))
    session.flush()
    return number


def assessments(session: Session, line: str) -> list[Assessment]:
    """Every version of the line's answers, newest first, not judged yet."""
    now = session.get_one(LineRow, line).competencies
    rows = session.scalars(
        select(AssessmentRow).where(AssessmentRow.line == line).order_by(AssessmentRow.number.desc())
    )
    return [
        Assessment(
            line=row.line,
            number=row.number,
            answers=Answers.model_validate(row.answers),
            competencies=Competencies.model_validate(row.competencies),
            made_at=row.made_at,
            made_by=row.made_by,
            outdated=Competencies.model_validate(row.competencies) != Competencies.model_validate(now),
        )
        for row in rows
    ]


def _facts(record: LineRecord) -> dict[str, object]:
    return record.model_dump(include={"name", "time_zone", "public"}) | {
        "competencies": record.competencies.model_dump(mode="json")
    }


def _line(row: LineRow) -> PilotLine:
    return PilotLine.model_validate(row, from_attributes=True)
