"""Results: an evaluation under codes, for who runs the round at once, for who takes part from the draft report on."""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.guard import AllowedRound
from exchange.rounds import evaluate
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.round.evaluation import Evaluation
from schemas.round.results import CodedResults
from schemas.round.rights import RoundProduct
from schemas.round.round import RoundRole
from storage import evaluations, participants

_RUNS = frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN})


def newest(services: Services, who: Principal, round: str) -> Evaluation:
    """The evaluation that the caller may read: the last one, or, for who takes part, the one that was reported."""
    return shown(services, who, round).evaluation


def shown(services: Services, who: Principal, round: str) -> CodedResults:
    """The same, with the reader's own codes; Conflict where nothing is evaluated yet."""
    allowed = guard.allow_round(services, who, RoundProduct.RESULTS, round)
    with services.sessions.read() as session:
        own = [one for one in participants.of(session, round) if one.line in allowed.standing.joined]
        number = _number(session, allowed)
        current = evaluate.up_to_date(session, allowed.round)
        found = stored(services, session, round, number)
    if found is None:
        raise Conflict("The round is closed and not evaluated yet; its coordinator or statistician does that.")
    return CodedResults(evaluation=found, own=tuple(one.code for one in own), up_to_date=current)


def stored(services: Services, session: Session, round: str, number: int | None = None) -> Evaluation | None:
    """An evaluation as it was frozen, the last one without a number; for verbs that have asked the guard."""
    found = evaluations.newest(session, round) if number is None else evaluations.find(session, round, number)
    return None if found is None else evaluate.read(services, found)


def reported(services: Services, session: Session, round: str) -> Evaluation | None:
    """The evaluation that the newest report is of, or the last one where there is no report yet."""
    return stored(services, session, round, evaluations.reported(session, round))


def _number(session: Session, allowed: AllowedRound) -> int | None:
    """Who takes part reads what was reported: a correction that is being made is not theirs before."""
    return None if allowed.standing.roles & _RUNS else evaluations.reported(session, allowed.round.id)
