"""Cells of a line in a round: named by the line or by the custodian who ships them; a dead one is replaced."""

import hashlib
from collections.abc import Sequence

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds.held import BEFORE_CLOSING, held
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import Cell, Round
from schemas.round.setup import ReplaceCell
from schemas.round.submission import SubmissionState
from storage import participants, rounds, submissions

_STANDS = frozenset({SubmissionState.RECEIVED, SubmissionState.ACCEPTED})


def name(services: Services, who: Principal, round: str, line: str, names: Sequence[str]) -> list[Cell]:
    """More cells of the line, up to the round's number; returns all of it.

    Numbers are drawn, so that a number tells no serial. `Refused` for names that are there, `Conflict` for too many.
    """
    may_record(services, who, round, line, f"{len(names)} cells")
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_CLOSING, "cells are named")
        there = _of(session, one, line)
        taken = {cell.name for cell in there}
        if troubles := [
            Trouble(pointer=f"/names/{at}", message="is a cell of this line already", value=each)
            for at, each in enumerate(names)
            if each in taken
        ]:
            raise Refused("Not every cell can be named; none was.", errors=tuple(troubles))
        free = set(range(1, one.record.cells_per_line + 1)) - {cell.number for cell in there}
        if len(names) > len(free):
            raise Conflict(
                f"{line} has {len(free)} of {one.record.cells_per_line} cells left to name in the round {round}; "
                f"these are {len(names)}. A dead cell is replaced."
            )
        for each, number in zip(names, _shuffled(services, free), strict=False):
            cell = Cell(id=services.new_id(), round=round, line=line, number=number, name=each)
            participants.add_cell(session, cell, services.now())
        return participants.cells(session, round, line)


def replace(services: Services, who: Principal, round: str, line: str, wanted: ReplaceCell) -> list[Cell]:
    """Another cell in place of a dead one, under the next number; both stay on record, with the reason.

    `Conflict` once something of the cell is handed in: a result is not replaced because somebody has seen it.
    """
    may_record(services, who, round, line, "one cell replaced", wanted.reason)
    with services.sessions.begin() as session:
        there = _of(session, held(session, round, BEFORE_CLOSING, "cells are replaced"), line)
        dead = next((one for one in there if one.name == wanted.name), None)
        if dead is None:
            named = ", ".join(sorted(one.name for one in there if one.replaced_by is None)) or "none"
            raise NotFound(f"{line} has no cell {wanted.name} in the round {round}; its cells: {named[:500]}.")
        if dead.replaced_by is not None:
            raise Conflict(f"{wanted.name} was replaced already.")
        if any(one.cell == dead.id and one.state in _STANDS for one in submissions.of(session, round, [line])):
            raise Conflict(f"Something of {wanted.name} is handed in, and stands; such a cell is not replaced.")
        if any(one.name == wanted.by for one in there):
            trouble = Trouble(pointer="/by", message="is a cell of this line already", value=wanted.by)
            raise Refused("The cell cannot be replaced by this one.", errors=(trouble,))
        number = max(one.number for one in there) + 1
        fresh = Cell(id=services.new_id(), round=round, line=line, number=number, name=wanted.by)
        participants.add_cell(session, fresh, services.now())
        participants.replace_cell(session, dead.id, fresh.id, wanted.reason)
        rounds.happened(session, services.new_id(), round, "a cell was replaced", who.user, services.now())
        return participants.cells(session, round, line)


def listed(services: Services, who: Principal, round: str, line: str) -> list[Cell]:
    """Every cell of the line, replaced ones included: for the line itself and the custodian."""
    allow_own(services, who, round, line)
    with services.sessions.read() as session:
        if participants.find(session, round, line) is None:
            raise no_line(round, line)
        return participants.cells(session, round, line)


def allow_own(services: Services, who: Principal, round: str, line: str) -> None:
    """Refused, on record, unless it is the line's own people who read of its cells, or the custodian."""
    if _owns(services, who, round, line):
        guard.allow_round(services, who, RoundProduct.OWN, round, line)
    else:
        guard.allow_round(services, who, RoundProduct.CUSTODY, round)


def may_record(services: Services, who: Principal, round: str, line: str, what: str, said: str = "") -> bool:
    """Whether it is the line's own people who act, or else the custodian; anybody else is refused, on record."""
    own = _owns(services, who, round, line)
    if own:
        guard.require_in_round(services, who, RoundRight.RECEIVE_CELLS, round, line, detail=what, said=said)
    else:
        guard.require_in_round(services, who, RoundRight.SHIP, round, detail=what, said=said)
    return own


def _owns(services: Services, who: Principal, round: str, line: str) -> bool:
    """Whether the line in this round is of the organisation that somebody acts for."""
    with services.sessions.read() as session:
        return line in guard.standing_in(session, who, round).lines


def _of(session: Session, round: Round, line: str) -> list[Cell]:
    one = participants.find(session, round.id, line, lock=True)
    if one is None:
        raise no_line(round.id, line)
    if not one.taking_part:
        raise Conflict(f"{line} does not take part in the round {round.id}: a signatory joins for it first.")
    return participants.cells(session, round.id, line)


def no_line(round: str, line: str) -> NotFound:
    """What is said of a line that is not in the round."""
    return NotFound(f"There is no line {line[:40]} in the round {round}.")


def _shuffled(services: Services, numbers: set[int]) -> list[int]:
    chance = services.new_id()
    return sorted(numbers, key=lambda number: hashlib.sha256(f"cell\n{chance}\n{number}".encode()).digest())
