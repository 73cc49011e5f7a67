"""Attempt: try a file without handing it in; nothing is kept or sealed, and nobody else learns of it."""

from exchange import guard
from exchange.rounds import notes, objections
from exchange.rounds.computed import computed, told
from exchange.rounds.offered import gather
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.round.rights import RoundRight
from schemas.round.submission import HandIn, SubmissionState, Tried


def attempt(services: Services, who: Principal, round: str, wanted: HandIn) -> Tried:
    """Everything that a hand-in would be refused for, and the own KPIs as far as the file gives them."""
    arrived = services.now()
    guard.require_in_round(
        services, who, RoundRight.HAND_IN, round, line=wanted.line, detail="try a file", by_house=True
    )
    guard.require(services, who, Right.HAND_IN, wanted.dataset, detail=f"try for the round {round}")
    with services.sessions.read() as session:
        offered = gather(session, round, wanted, arrived)
        said = notes.of(session, offered.dataset.id, arrived, arrived)
    problems = objections.of(offered)
    found = told(offered, computed(services, offered))
    clean = not offered.rules and not offered.in_quarantine
    return Tried(
        would_be_taken=not problems,
        problems=problems,
        state=None if problems else SubmissionState.ACCEPTED if clean else SubmissionState.RECEIVED,
        late=offered.late,
        in_quarantine=offered.in_quarantine,
        failed_rules=offered.rules,
        notes=said,
        kpis=found.values,
        conformance=found.conformance.found if found.conformance else (),
    )
