"""Amended: results by the plan in force of what was handed in under an earlier plan, or when none were kept."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange.rounds import production
from exchange.rounds.computed import of_cell
from exchange.rounds.values import values_of
from exchange.services import Services
from schemas.dataset import IngestRun
from schemas.metadata import Metadata
from schemas.round.round import Round
from schemas.round.submission import Submission
from storage import catalogue, conformance, participants, rounds, runs, submissions


@dataclass(frozen=True)
class _Lacking:
    """A submission that lacks values by the plan in force, or conformance; its build, and the record as it was then."""

    submission: Submission
    run: IngestRun
    record: Metadata
    cell: str
    values: bool
    conformance: bool


def complete(services: Services, round: str) -> int:
    """Compute and keep what is lacking of a round that the guard has found; returns of how many submissions.

    It has transactions of its own, so that a plan that was amended meanwhile is completed the next time.
    """
    with services.sessions.read() as session:
        present = rounds.find(session, round)
        if present is None or not present.plans:
            return 0
        number = present.plans[-1].number
        lacking = _lacking(session, present, number)
    for one in lacking:
        maker, record = one.submission.organisation, of_cell(one.record, one.cell)
        values = values_of(services, one.run, record, present.plan, maker) if one.values else ()
        kept = production.conformance(services, present.record, maker, one.cell) if one.conformance else None
        with services.sessions.begin() as session:
            submissions.keep_values(session, one.submission.id, number, values, services.now())
            if kept is not None:
                conformance.keep(session, one.submission.id, kept, services.now())
    return len(lacking)


def _lacking(session: Session, round: Round, plan: int) -> list[_Lacking]:
    every = submissions.of(session, round.id)
    names = {one.id: one.name for one in participants.cells(session, round.id)}
    there = submissions.values(session, [one.id for one in every], plan)
    kept = conformance.keeping(session, [one.id for one in every]) if round.record.targets else {}
    ready = submissions.ready(session, [one.run for one in every])
    found = []
    for one in every:
        values, conforming = not there[one.id], bool(round.record.targets) and one.id not in kept
        if one.run in ready and (values or conforming):
            record = _record(session, one)
            found.append(_Lacking(one, runs.run(session, one.run), record, names[one.cell], values, conforming))
    return found


def _record(session: Session, one: Submission) -> Metadata:
    written = catalogue.revisions(session, one.dataset)
    return [record for at, record in written if at <= one.received_at][-1]
