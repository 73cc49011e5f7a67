"""Receipts: what a line holds in hand, and its own submissions with their KPIs, for its organisation alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from exchange import guard
from exchange.conform import deviations
from exchange.rounds import notes, production, uncertainties
from exchange.rounds.offered import TWICE
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import NotFound
from schemas.round.rights import RoundProduct
from schemas.round.round import Participant, Round, RoundKind
from schemas.round.submission import (
    OwnSubmission,
    OwnSubmissions,
    Receipt,
    Submission,
    SubmissionState,
)
from storage import catalogue, conformance, participants, seals, submissions

NO_BATCH = (
    "The record names no batch of the cell (cell.batch): while one is lacking, what batches differ by is not told from "
    "what cells differ by. Complete the record and hand in again."
)


def own(services: Services, who: Principal, round: str) -> OwnSubmissions:
    """Everything that the caller's organisation has handed in, each with what came of it and its own values."""
    found = guard.allow_round(services, who, RoundProduct.OWN, round)
    with services.sessions.read() as session:
        every = _own(services, session, found.round, who.organisation)
    return OwnSubmissions(round=round, submissions=tuple(every))


def one(services: Services, who: Principal, round: str, submission: str) -> OwnSubmission:
    """One of them; `NotFound` for one that is another's, or nobody's."""
    for found in own(services, who, round).submissions:
        if found.id == submission:
            return found
    raise NotFound(f"There is no submission {submission} of yours in this round.")


def receipt(
    services: Services, session: Session, round: Round, line: Participant, cell: str, kept: Submission
) -> Receipt:
    """The receipt of a submission, with what others could recognise the code by."""
    bound, given = seals.binds(session, round.id, line.organisation), catalogue.find(session, kept.dataset)
    own = given is not None and given.owner == line.organisation  # Else a test house's, with grants of its own.
    said = notes.of(session, kept.dataset, services.now(), kept.received_at) if own else ()
    sealed = bound >= {*kept.sha256, cell}
    behind = production.runs_behind(services, session, round, line.organisation, cell) if sealed else ()
    if shut := [one for one in behind if production.bytes_of(session, (one,)) <= bound]:
        said = (*said, f"Sealed with it, since results of production rest on them: {', '.join(shut)}.")
    if own and not kept.batch and round.record.kind is RoundKind.MANUFACTURING:
        said = (*said, NO_BATCH)
    return Receipt(
        **kept.model_dump(include=set(Receipt.model_fields) - {"cell", "code", "sealed", "notes"}),
        cell=cell,
        code=line.code,
        sealed=sealed,
        notes=said,
    )


def without_code(session: Session, made: Receipt, now: datetime) -> Receipt:
    """The receipt as a test house gets it, which does not learn by which code a line goes, nor of its production."""
    return made.model_copy(update={"code": "", "notes": notes.of(session, made.dataset, now, made.received_at)})


def _own(services: Services, session: Session, round: Round, organisation: str) -> list[OwnSubmission]:
    lines = {one.line: one for one in participants.of_organisation(session, round.id, organisation)}
    kept = submissions.of(session, round.id, lines)
    cells = {one.id: one for line in lines for one in participants.cells(session, round.id, line)}
    values = submissions.values(session, [one.id for one in kept], round.plans[-1].number if round.plans else 0)
    kept_to = conformance.of(session, [one.id for one in kept])
    shut = submissions.quarantined(session, [one.run for one in kept])
    ordered = sorted(kept, key=lambda one: (one.line, cells[one.cell].number, one.number))
    return [
        OwnSubmission(
            **dict(receipt(services, session, round, lines[one.line], cells[one.cell].name, one))
            | {"uncertainties": uncertainties.in_force(one, round.plan, values[one.id])},
            in_quarantine=one.run in shut,
            counts=one.state is SubmissionState.ACCEPTED and not one.late,
            failed_rules=tuple(name for name in one.failed_rules if name != TWICE),
            decided_reason=one.decided_reason,
            kpis=tuple(values[one.id]),
            off_protocol=deviations(kept_to[one.id].found) if one.id in kept_to else (),
        )
        for one in ordered
    ]
