"""Lines in rounds with their codes, and the cells of each."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.round.round import Cell, Participant
from storage.tables import MembershipRow, ParticipantRow, RoundCellRow
from storage.taken import kept_once


def invite(session: Session, round: str, line: tuple[str, str], code: str, by: str, now: datetime) -> None:
    """A line (its id and its organisation's) is invited and gets its code; being there raises as `kept_once` does."""
    with kept_once(session):
        session.add(
            ParticipantRow(round=round, line=line[0], organisation=line[1], code=code, invited_at=now, invited_by=by)
        )


def of(session: Session, round: str) -> list[Participant]:
    """Every line of a round, in the order of codes."""
    chosen = select(ParticipantRow).where(ParticipantRow.round == round).order_by(ParticipantRow.code)
    return [Participant.model_validate(row, from_attributes=True) for row in session.scalars(chosen)]


def of_organisation(session: Session, round: str, organisation: str) -> list[Participant]:
    """An organisation's own lines in a round, by id."""
    chosen = select(ParticipantRow).where(ParticipantRow.round == round, ParticipantRow.organisation == organisation)
    rows = session.scalars(chosen.order_by(ParticipantRow.line))
    return [Participant.model_validate(row, from_attributes=True) for row in rows]


def of_person(session: Session, round: str, user: str) -> bool:
    """True when a person acts, now or by changing over, for an organisation with a line in the round."""
    chosen = (
        select(ParticipantRow.line)
        .join(MembershipRow, MembershipRow.organisation == ParticipantRow.organisation)
        .where(ParticipantRow.round == round, MembershipRow.user == user)
    )
    return session.scalar(chosen.limit(1)) is not None


def find(session: Session, round: str, line: str, lock: bool = False) -> Participant | None:
    """A line in a round; `lock`: its row is held until commit. None when it is not invited."""
    row = session.get(ParticipantRow, (round, line), with_for_update=lock or None, populate_existing=lock)
    return None if row is None else Participant.model_validate(row, from_attributes=True)


def join(
    session: Session, round: str, line: str, by: str, now: datetime, evidence: Mapping[str, str] | None = None
) -> None:
    """The line takes part, again where it had withdrawn; `evidence` of whoever joins for it is kept."""
    _change(session, round, line, joined_at=now, joined_by=by, withdrawn_at=None, withdrawn_by=None, withdrawal="")
    _keep(session, round, line, "joined", evidence)


def withdraw(session: Session, round: str, line: str, by: str, now: datetime, reason: str) -> None:
    """The line takes part no longer."""
    _change(session, round, line, withdrawn_at=now, withdrawn_by=by, withdrawal=reason)


def waive(
    session: Session, round: str, line: str, by: str, now: datetime, evidence: Mapping[str, str] | None = None
) -> None:
    """The line lets itself be named; `evidence` of whoever says so is kept."""
    _change(session, round, line, waived_at=now, waived_by=by)
    _keep(session, round, line, "waived", evidence)


def recode(session: Session, round: str, codes: Mapping[str, str]) -> None:
    """New codes by line, none of which any line of the round has now."""
    for line, code in codes.items():
        _change(session, round, line, code=code)


def drop(session: Session, round: str, lines: Iterable[str]) -> None:
    """These lines are no part of the round any more; their cells stay, for whoever ships them back."""
    gone = (ParticipantRow.round == round, ParticipantRow.line.in_(list(lines)))
    session.execute(delete(ParticipantRow).where(*gone))


def extend(session: Session, round: str, line: str, closes_at: datetime | None) -> None:
    """The line's own last moment; None: the round's."""
    _change(session, round, line, closes_at=closes_at)


def cells(session: Session, round: str, line: str | None = None) -> list[Cell]:
    """The cells of a round, or of one line of it, by line and number."""
    chosen = select(RoundCellRow).where(RoundCellRow.round == round)
    if line is not None:
        chosen = chosen.where(RoundCellRow.line == line)
    rows = session.scalars(chosen.order_by(RoundCellRow.line, RoundCellRow.number))
    return [Cell.model_validate(row, from_attributes=True) for row in rows]


def add_cell(session: Session, cell: Cell, now: datetime) -> None:
    """A cell of a line; its name or number taken in this line raises as `kept_once` does."""
    with kept_once(session):
        session.add(RoundCellRow(**cell.model_dump(), made_at=now))


def replace_cell(session: Session, cell: str, by: str, reason: str) -> None:
    """A cell is out of use, and another stands in for it."""
    row = session.get_one(RoundCellRow, cell)
    row.replaced_by, row.reason = by, reason
    session.flush()


def _keep(session: Session, round: str, line: str, what: str, evidence: Mapping[str, str] | None) -> None:
    if evidence is not None:
        kept = session.get_one(ParticipantRow, (round, line)).evidence
        _change(session, round, line, evidence={**kept, what: dict(evidence)})


def _change(session: Session, round: str, line: str, **facts: object) -> None:
    row = session.get_one(ParticipantRow, (round, line))
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()
