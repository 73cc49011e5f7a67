"""Decide: accept or reject what stands for a cell, blind: by its line's code, its number and names of rules.

By the coordinator, or by the statistician: for a line of the coordinator's own organisation by the statistician alone.
"""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import duties, status
from exchange.rounds.held import BEFORE_EVALUATION, held
from exchange.rounds.told import tell_lines
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.notification import NotificationKind
from schemas.round.rights import RoundRight
from schemas.round.round import Cell, Participant
from schemas.round.submission import CellInMatrix, Decide, SubmissionState
from storage import participants, submissions


def decide(services: Services, who: Principal, round: str, wanted: Decide) -> CellInMatrix:
    """The cell as it stands then; the line reads the reason beside its submission.

    Until the round is evaluated: later, who decides knows values, and results are left out by exclusions alone.
    """
    # The code is typed, not a fact: events must not stand under it beside the names of others.
    allowed = guard.require_in_round(services, who, RoundRight.DECIDE, round, said=f"{wanted.code} {wanted.cell}")
    with services.sessions.begin() as session:
        present = held(session, round, BEFORE_EVALUATION, "submissions are decided on")
        line, cell = _meant(session, round, wanted)
        duties.not_of_their_own(session, allowed.standing, line, "decides on it")
        here = status.standing([one for one in submissions.of(session, round, [line.line]) if one.cell == cell.id])
        if not here:
            raise Conflict(f"Nothing stands for cell {wanted.cell} of {wanted.code}; there is nothing to decide on.")
        if wanted.accepted and submissions.quarantined(session, [one.run for one in here]):
            raise Conflict("The file is in quarantine: it counts only once the line has corrected it.")
        state = SubmissionState.ACCEPTED if wanted.accepted else SubmissionState.REJECTED
        submissions.set_state(session, [one.id for one in here], state, who.user, services.now(), wanted.reason)
        facts = {"cell": cell.name, "state": state.value, "reason": wanted.reason}
        tell_lines(services, session, present, [line], NotificationKind.ROUND_DECIDED, facts)
        shown = next(one for one in status.lines_of(session, present) if one.code == wanted.code)
        return next(one for one in shown.cells if one.number == wanted.cell)


def _meant(session: Session, round: str, wanted: Decide) -> tuple[Participant, Cell]:
    lines = [one for one in participants.of(session, round) if one.joined_at is not None]
    line = next((one for one in lines if one.code == wanted.code), None)
    if line is None:
        message = f"is no code in this round; codes are {', '.join(one.code for one in lines) or 'not drawn yet'}"
        raise _unknown("/code", message, wanted.code)
    cells = participants.cells(session, round, line.line)
    cell = next((one for one in cells if one.number == wanted.cell), None)
    if cell is None:
        numbers = ", ".join(str(one.number) for one in cells) or "none"
        raise _unknown("/cell", f"is no cell of {wanted.code}; its cells are {numbers}", str(wanted.cell))
    return line, cell


def _unknown(pointer: str, message: str, value: str) -> Refused:
    trouble = Trouble(pointer=pointer, message=message, value=value)
    return Refused(f"Nothing is decided: '{value}' {message}.", errors=(trouble,))
