"""Exclusions: who runs a round leaves out results for a reason, or lets them count again; all of it stays on record."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import duties
from exchange.rounds.counted import Counted, count
from exchange.rounds.evaluate import may_be_evaluated
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.round.exclusion import Kept, LeaveOut, ShownExclusion
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import Participant, RoundState
from storage import exclusions, participants, rounds

RUNS = "who runs the round"
"""Stands for the person, whom the round's record names: a report that lasts names nobody."""


def leave_out(
    services: Services, who: Principal, round: str, wanted: LeaveOut, correction: bool = False
) -> ShownExclusion:
    """From the next evaluation on a line's results for a KPI, or those of one cell, do not count.

    A draft report is taken back by it. `Refused` for what is not there, with every problem; Conflict for what is left
    out already, for a line of the coordinator's own organisation unless it is the statistician who does it, and where
    the report is published unless a `correction` is meant.
    """
    what = f"leave out of {wanted.kpi}"
    allowed = guard.require_in_round(services, who, RoundRight.EXCLUDE, round, detail=what)
    guard.allow_round(services, who, RoundProduct.RESULTS, round)
    with services.sessions.begin() as session:
        counted = _held(session, round, correction)
        _there(counted, wanted)
        line = next(one for one in counted.lines.values() if one.code == wanted.code)
        duties.not_of_their_own(session, allowed.standing, line, "leaves out, or not")
        made = Kept(
            id=services.new_id(),
            round=round,
            kpi=wanted.kpi,
            line=line.line,
            cell=wanted.cell,
            reason=wanted.reason,
            at=services.now(),
            by=who.user,
        )
        _free(counted, made)
        exclusions.add(session, made)
        _take_back(services, session, who, counted, f"results left out of {wanted.kpi}")
    return _shown(made, list(counted.lines.values()))


def end(services: Services, who: Principal, round: str, exclusion: str, correction: bool = False) -> ShownExclusion:
    """From the next evaluation on the results count again; NotFound for another round's, Conflict when ended before."""
    allowed = guard.require_in_round(services, who, RoundRight.EXCLUDE, round, detail="let results count again")
    guard.allow_round(services, who, RoundProduct.RESULTS, round)
    with services.sessions.begin() as session:
        counted = _held(session, round, correction)
        found = next((one for one in exclusions.of(session, round) if one.id == exclusion), None)
        if found is None:
            raise NotFound(f"There is no exclusion {exclusion} in the round {round}.")
        if found.ended_at is not None:
            raise Conflict(f"The exclusion {exclusion} has ended already.")
        if line := counted.lines.get(found.line):
            duties.not_of_their_own(session, allowed.standing, line, "leaves out, or not")
        exclusions.end(session, exclusion, who.user, services.now())
        _take_back(services, session, who, counted, f"results of {found.kpi} count again")
        ended = found.model_copy(update={"ended_at": services.now(), "ended_by": who.user})
    return _shown(ended, list(counted.lines.values()))


def every(services: Services, who: Principal, round: str) -> list[ShownExclusion]:
    """All that was ever left out, ended exclusions too, in the order in which it was done; for readers of results."""
    guard.allow_round(services, who, RoundProduct.RESULTS, round)
    with services.sessions.read() as session:
        lines = participants.of(session, round)
        return [_shown(one, lines) for one in exclusions.of(session, round) if _of(one, lines)]


def _held(session: Session, round: str, correction: bool) -> Counted:
    found = rounds.find(session, round, lock=True)
    assert found is not None, "the guard has found it, and rounds are never deleted"
    may_be_evaluated(found, correction)
    return count(session, found)


def _there(counted: Counted, wanted: LeaveOut) -> None:
    """Refused unless plan, line and cell are there, with the nearest that are."""
    kpis, codes = [one.kpi.id for one in counted.round.plan.kpis], counted.codes
    cells = sorted(cell for code, cell in counted.counting if code == wanted.code)
    troubles = []
    if wanted.kpi not in kpis:
        troubles.append(_unknown("/kpi", f"is no KPI of the plan; there are {', '.join(kpis)}", wanted.kpi))
    if wanted.code not in codes:
        troubles.append(_unknown("/code", f"has no cell that counts; {', '.join(codes) or 'none'} have", wanted.code))
    elif wanted.cell is not None and wanted.cell not in cells:
        named = ", ".join(map(str, cells))
        troubles.append(_unknown("/cell", f"is no cell of {wanted.code} that counts; there are {named}", wanted.cell))
    if troubles:
        raise Refused("Only results that count can be left out.", errors=tuple(troubles))


def _unknown(pointer: str, message: str, value: object) -> Trouble:
    return Trouble(pointer=pointer, message=message, value=str(value))


def _free(counted: Counted, made: Kept) -> None:
    same = [one for one in counted.left_out if (one.kpi, one.line) == (made.kpi, made.line)]
    if any(one.cell in (None, made.cell) for one in same):
        raise Conflict("These results are left out already; end that exclusion to give another reason.")


def _take_back(services: Services, session: Session, who: Principal, counted: Counted, what: str) -> None:
    """Write it into the history, without code and value; a draft report is none any more."""
    round, now = counted.round.id, services.now()
    rounds.happened(session, services.new_id(), round, what, who.user, now)
    if counted.round.state is RoundState.COMMENTING:
        rounds.enter(session, round, RoundState.EVALUATED, now)


def _of(exclusion: Kept, lines: Sequence[Participant]) -> str:
    return next((one.code for one in lines if one.line == exclusion.line), "")


def _shown(exclusion: Kept, lines: Sequence[Participant]) -> ShownExclusion:
    facts = exclusion.model_dump(exclude={"round", "line", "by", "ended_by"})
    ended = RUNS if exclusion.ended_at else ""
    return ShownExclusion.model_validate(facts | {"code": _of(exclusion, lines), "by": RUNS, "ended_by": ended})
