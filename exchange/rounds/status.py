"""Status: line by cell under codes, for who runs the round: what has arrived, how it was checked, and no value."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds.dates import last_moment
from exchange.rounds.offered import LIVE
from exchange.services import Services
from schemas.access import Principal
from schemas.round.rights import RoundProduct
from schemas.round.round import Cell, Round
from schemas.round.submission import (
    CellInMatrix,
    CellStatus,
    LineInMatrix,
    StatusMatrix,
    Submission,
    SubmissionState,
)
from storage import participants, submissions


def matrix(services: Services, who: Principal, round: str) -> StatusMatrix:
    """Lines in the order of codes, cells by number; nothing by which a line or a dataset could be told.

    A line that has withdrawn stands there as before: when it left is known by its name elsewhere.
    """
    found = guard.allow_round(services, who, RoundProduct.STATUS, round)
    with services.sessions.read() as session:
        lines = tuple(lines_of(session, found.round))
    return StatusMatrix(round=round, lines=lines)


def lines_of(session: Session, round: Round) -> Iterable[LineInMatrix]:
    """Every line that has joined, with its cells."""
    every, cells = submissions.of(session, round.id), participants.cells(session, round.id)
    shut = submissions.quarantined(session, [one.run for one in every])
    for line in participants.of(session, round.id):
        if line.joined_at is None:
            continue
        own = sorted((one for one in cells if one.line == line.line), key=lambda one: one.number)
        shown = [_cell(one, [each for each in every if each.cell == one.id], shut) for one in own]
        used = [one for one, cell in zip(shown, own, strict=True) if cell.replaced_by is None or one.versions]
        yield LineInMatrix(code=line.code, closes_at=last_moment(round, line), cells=tuple(used))


def standing(of_cell: Sequence[Submission]) -> list[Submission]:
    """What stands for a cell: in time, neither replaced nor withdrawn."""
    return [one for one in of_cell if one.state in LIVE and not one.late]


def _cell(cell: Cell, of_cell: Sequence[Submission], shut: frozenset[str]) -> CellInMatrix:
    here = standing(of_cell)
    failed = {name for one in here for name in one.failed_rules}
    return CellInMatrix(
        number=cell.number,
        status=_status(here, shut),
        versions=len(of_cell),
        late=sum(one.late for one in of_cell),
        checks_passed=not failed and not any(one.run in shut for one in here) if here else None,
        failed_rules=tuple(sorted(failed)),
    )


def _status(here: Sequence[Submission], shut: frozenset[str]) -> CellStatus:
    """Of a test and a production run for one cell, the one that is less far; what was rejected is missing."""
    left = [one for one in here if one.state is not SubmissionState.REJECTED]
    if not left:
        return CellStatus.MISSING
    if any(one.run in shut for one in left):
        return CellStatus.IN_QUARANTINE
    if any(one.state is SubmissionState.RECEIVED for one in left):
        return CellStatus.RECEIVED
    return CellStatus.ACCEPTED
