"""Results: an evaluation under codes, for who runs the round at once, for who takes part from the draft report on."""

from collections.abc import Iterator

import pyarrow as pa
from sqlalchemy.orm import Session

from exchange import guard
from exchange.delivery.as_file import csv_bytes, parquet_bytes
from exchange.guard import AllowedRound
from exchange.reporting.tables import tables
from exchange.rounds import evaluate
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, NotFound
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


def table(services: Services, who: Principal, round: str, name: str, form: str) -> tuple[str, Iterator[bytes]]:
    """File name and bytes of one table of the results, as CSV or Parquet; NotFound says which tables there are."""
    found = tables(newest(services, who, round))
    if name not in found:
        raise NotFound(f"The results have no table '{name}'; they have: {', '.join(found)}.")
    batches = iter(found[name].combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], found[name].schema)])
    return f"{round}_{name}.{form}", (csv_bytes if form == "csv" else parquet_bytes)(batches)


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
