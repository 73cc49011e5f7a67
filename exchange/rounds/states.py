"""States of a round after opening: closed by its coordinator or by itself when it is due, or cancelled."""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import show
from exchange.rounds.dates import end
from exchange.rounds.held import BEFORE_PUBLISHING, WHILE_OPEN, held
from exchange.rounds.told import HANDING_IN, SIGNING, tell_lines, tell_running
from exchange.services import Services
from exchange.sharing import sealing
from exchange.telling import notices
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.notification import NotificationKind
from schemas.round.rights import RoundRight
from schemas.round.round import Identity, Participant, Round, RoundShown, RoundState
from schemas.round.submission import SubmissionState
from storage import participants, rounds, submissions

_DELIVERED = frozenset({SubmissionState.RECEIVED, SubmissionState.ACCEPTED})


def close(services: Services, who: Principal, round: str, reason: str = "") -> RoundShown:
    """Nothing more is handed in to count.

    `Conflict` before every line's last moment has passed and every cell was handed in, unless a reason is given; all
    lines are told it. In a round with open identity the seals end.
    """
    guard.require_in_round(services, who, RoundRight.CLOSE, round, said=reason)
    with services.sessions.begin() as session:
        one = held(session, round, WHILE_OPEN, "it is closed")
        lines = participants.of(session, round)
        if not reason and services.now() < end(one, lines) and not _delivered(session, one, lines):
            raise Conflict(
                f"Lines hand in until {notices.when(end(one, lines))}, and cells are missing; to close the round "
                "earlier say why."
            )
        closed(services, session, one, who.user, reason)
    return show.one(services, who, round)


def close_due(services: Services) -> int:
    """Close every round of which each line's last moment has passed; returns how many."""
    with services.sessions.read() as session:
        some = [one.id for one in rounds.every(session, WHILE_OPEN) if one.record.closes_at <= services.now()]
    count = 0
    for id in some:
        with services.sessions.begin() as session:
            one = rounds.find(session, id, lock=True)
            if one and one.state in WHILE_OPEN and end(one, participants.of(session, id)) <= services.now():
                closed(services, session, one, "", "")
                count += 1
    return count


def cancel(services: Services, who: Principal, round: str, reason: str) -> RoundShown:
    """The round comes to nothing: its seals end, nobody reads results any more; lines and people are told why."""
    guard.require_in_round(services, who, RoundRight.CANCEL, round, said=reason)
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_PUBLISHING, "it is cancelled")
        rounds.enter(session, round, RoundState.CANCELLED, services.now())
        sealing.open_round(services, session, round)
        told = {"reason": reason}
        roles = HANDING_IN | SIGNING
        lines = participants.of(session, round)
        tell_lines(services, session, one, lines, NotificationKind.ROUND_CANCELLED, told, roles)
        tell_running(services, session, one, NotificationKind.ROUND_CANCELLED, told)
        rounds.happened(session, services.new_id(), round, "cancelled", who.user, services.now(), reason)
    return show.one(services, who, round)


def closed(services: Services, session: Session, one: Round, by: str, reason: str) -> None:
    """The round, whose row is held, is closed, and everybody concerned is told."""
    rounds.enter(session, one.id, RoundState.CLOSED, services.now())
    if one.record.identity is Identity.OPEN:
        sealing.open_round(services, session, one.id)
    told = {"reason": reason} if reason else {}
    staying = [each for each in participants.of(session, one.id) if each.taking_part]
    tell_lines(services, session, one, staying, NotificationKind.ROUND_CLOSED, told)
    tell_running(services, session, one, NotificationKind.ROUND_CLOSED, told)
    rounds.happened(session, services.new_id(), one.id, "closed", by, services.now(), reason)


def _delivered(session: Session, round: Round, lines: list[Participant]) -> bool:
    """Whether each line has handed in something that stands for each of its cells.

    Lines that withdrew count as before: the status beside a round that closes would tell their codes.
    """
    handed = {one.cell for one in submissions.of(session, round.id) if one.state in _DELIVERED and not one.late}
    counts = {one.line: 0 for one in lines}
    for cell in participants.cells(session, round.id):
        if cell.line in counts and cell.replaced_by is None:
            counts[cell.line] += cell.id in handed
    return bool(counts) and all(count >= round.record.cells_per_line for count in counts.values())
