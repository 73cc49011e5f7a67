"""Amended: KPIs by the plan in force of what was handed in under an earlier plan."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.rounds.values import values_of
from exchange.services import Services
from schemas.dataset import IngestRun
from schemas.metadata import Metadata
from schemas.round.submission import Submission
from storage import catalogue, rounds, runs, submissions


@dataclass(frozen=True)
class _Lacking:
    """A submission without values by the plan in force, its build, and the record as it was when it was handed in."""

    submission: Submission
    run: IngestRun
    record: Metadata


def complete(services: Services, round: str) -> int:
    """Compute and keep what is lacking of a round that the guard has found; returns of how many submissions.

    It has transactions of its own, so that a plan that was amended meanwhile is completed the next time.
    """
    with services.sessions.read() as session:
        present = rounds.find(session, round)
        if present is None or not present.plans:
            return 0
        number = present.plans[-1].number
        lacking = _lacking(session, round, number)
    for one in lacking:
        values = values_of(services, one.run, one.record, present.plan)
        with services.sessions.begin() as session:
            submissions.keep_values(session, one.submission.id, number, values, services.now())
    return len(lacking)


def _lacking(session: Session, round: str, plan: int) -> list[_Lacking]:
    every = submissions.of(session, round)
    there = submissions.values(session, [one.id for one in every], plan)
    ready = submissions.ready(session, [one.run for one in every])
    wanting = [one for one in every if not there[one.id] and one.run in ready]
    return [_Lacking(one, runs.run(session, one.run), _record(session, one)) for one in wanting]


def _record(session: Session, one: Submission) -> Metadata:
    written = catalogue.revisions(session, one.dataset)
    return [record for at, record in written if at <= one.received_at][-1]
