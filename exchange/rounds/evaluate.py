"""Evaluate: compute a closed round once from what counts, and freeze it; who runs the round asks for it."""

import hashlib
import json
from importlib.metadata import version

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import amended, curves
from exchange.rounds.assembled import Made, assembled
from exchange.rounds.counted import Counted, count
from exchange.rounds.duties import all_declared
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Trouble
from schemas.round.evaluation import Evaluation
from schemas.round.rights import RoundRight
from schemas.round.round import Round, RoundState
from storage import evaluations, rounds
from storage.evaluations import StoredEvaluation
from storage.objects import evaluation_key

OPEN_TO_EVALUATION = (RoundState.CLOSED, RoundState.EVALUATED, RoundState.COMMENTING)
PUBLISHED = (RoundState.PUBLISHED, RoundState.CORRECTED)


def evaluate(services: Services, who: Principal, round: str, correction: bool = False) -> Evaluation:
    """The evaluation of what counts now; of the same inputs it is the one there is, under its number.

    A new one of a draft report takes the report back: the round is evaluated then. `correction` is needed, and changes
    no state, where the report is published. Conflict while a submission in time is not decided, or has no values by the
    plan in force. Of fewer than five organisations nothing is compared, and the evaluation holds no value.
    """
    found = guard.require_in_round(services, who, RoundRight.EVALUATE, round).round
    may_be_evaluated(found, correction)
    amended.complete(services, round)  # What was handed in while the plan was amended has values by the old one alone.
    with services.sessions.read() as session:
        all_declared(session, round)
        counted, last = count(session, found), evaluations.newest(session, round)
    _whole(counted)
    fingerprint = counted.fingerprint(software())
    if last is not None and last.inputs["fingerprint"] == fingerprint:
        with services.sessions.begin() as session:
            _enter(services, session, who, found.id, again=False)
        return read(services, last)
    number = (last.number if last else 0) + 1
    made = assembled(counted, Made(number, services.now(), software()), curves.of_round(services, counted))
    kept = _put(services, who, counted, made, fingerprint)
    with services.sessions.begin() as session:
        present = rounds.find(session, round, lock=True)
        if present is None or count(session, present).fingerprint(software()) != fingerprint:
            raise Conflict("What counts in the round changed while it was evaluated; evaluate it again.")
        evaluations.keep(session, kept)
        _enter(services, session, who, round, again=True)
        detail = f"evaluation {made.number}"
        rounds.happened(session, services.new_id(), round, "evaluated", who.user, services.now(), detail)
    return made


def up_to_date(session: Session, round: Round) -> bool:
    """Whether the newest evaluation is of what counts now; a report is made of such a one alone."""
    last = evaluations.newest(session, round.id)
    return last is not None and last.inputs["fingerprint"] == count(session, round).fingerprint(software())


def read(services: Services, stored: StoredEvaluation) -> Evaluation:
    """The content of an evaluation as it was frozen."""
    return Evaluation.model_validate_json(services.objects.get(stored.key))


def may_be_evaluated(found: Round, correction: bool) -> None:
    """Conflict unless the round's state lets values be judged."""
    if found.state in PUBLISHED and not correction:
        raise Conflict("The report is published; say that a correction is meant, or leave it.")
    if found.state not in (*OPEN_TO_EVALUATION, *PUBLISHED):
        raise Conflict(f"The round is {found.state.value}; it is evaluated once it is closed.")


def software() -> str:
    """What computes."""
    return f"pilot-line-exchange {version('pilot-line-exchange')}"


def _whole(counted: Counted) -> None:
    wanted = {chosen.kpi.id for chosen in counted.round.plan.kpis}
    without = [place for place, of in counted.counting.items() if not all(counted.value(of, kpi) for kpi in wanted)]
    troubles = [_trouble(place, "is received, and neither accepted nor rejected yet") for place in counted.undecided]
    troubles += [_trouble(place, "has no values by the plan in force yet") for place in without]
    if troubles:
        raise Conflict(
            f"Of {len(troubles)} cells it is open whether or with what they count; see errors.", errors=tuple(troubles)
        )


def _trouble(place: tuple[str, int], message: str) -> Trouble:
    return Trouble(message=message, value=f"{place[0]}, cell {place[1]}")


def _put(services: Services, who: Principal, counted: Counted, made: Evaluation, fingerprint: str) -> StoredEvaluation:
    content = canonical(made)
    sha256 = hashlib.sha256(content).hexdigest()
    services.objects.put(evaluation_key(sha256), content)
    return StoredEvaluation(
        round=made.round,
        number=made.number,
        key=evaluation_key(sha256),
        sha256=sha256,
        bytes=len(content),
        inputs={
            "fingerprint": fingerprint,
            "plan": counted.plan,
            "submissions": [one.id for one in counted.submissions],
            "left out": [one.id for one in counted.left_out],
        },
        made_at=made.evaluated_at,
        made_by=who.user,
    )


def canonical(evaluation: Evaluation) -> bytes:
    """JSON with sorted keys and without spaces: the same evaluation is the same bytes."""
    facts = evaluation.model_dump(mode="json")
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _enter(services: Services, session: Session, who: Principal, round: str, again: bool) -> None:
    """A closed round is evaluated from now on; a draft report that another evaluation came after is none any more."""
    present = rounds.find(session, round, lock=True)
    assert present is not None, "the guard has found it, and rounds are never deleted"
    if present.state is RoundState.CLOSED or (again and present.state is RoundState.COMMENTING):
        rounds.enter(session, round, RoundState.EVALUATED, services.now())
