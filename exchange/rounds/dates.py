"""Dates of a round: each line's last moment, later for a line whose time was extended."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import duties
from exchange.rounds.held import WHILE_OPEN, held
from exchange.rounds.told import tell_lines
from exchange.services import Services
from exchange.telling import notices
from schemas.access import Principal
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.notification import NotificationKind
from schemas.round.rights import RoundRight
from schemas.round.round import Participant, Round
from schemas.round.setup import Extend
from storage import participants, rounds


def last_moment(round: Round, line: Participant) -> datetime:
    """Until when a line hands in."""
    return max(line.closes_at or round.record.closes_at, round.record.closes_at)


def end(round: Round, lines: Iterable[Participant]) -> datetime:
    """When the last of the lines has had its time, those that withdrew included.

    Without them it would tell who closes the round, and extends lines under their codes, which of the codes withdrew.
    """
    return max((last_moment(round, one) for one in lines), default=round.record.closes_at)


def extend(services: Services, who: Principal, round: str, wanted: Extend) -> None:
    """A later last moment for the line of this code; its people are told, and nobody else learns whose it is.

    `Conflict` for the line of the coordinator's own organisation, which gets none.
    """
    guard.require_in_round(services, who, RoundRight.EXTEND, round, said=wanted.reason)
    with services.sessions.begin() as session:
        one = held(session, round, WHILE_OPEN, "a line's time is extended")
        line = _of_code(session, round, wanted.code)
        if line.organisation in duties.bound(session, round):
            raise Conflict(f"{wanted.code} is the line of the coordinator's own organisation, which gets no extension.")
        if wanted.closes_at <= max(last_moment(one, line), services.now()):
            said = f"is not later than now and the line's last moment, {notices.when(last_moment(one, line))}"
            trouble = Trouble(pointer="/closes_at", message=said, value=notices.when(wanted.closes_at))
            raise Refused("An extension ends later than the time that it extends.", errors=(trouble,))
        participants.extend(session, round, line.line, wanted.closes_at)
        until = notices.when(wanted.closes_at)
        tell_lines(services, session, one, [line], NotificationKind.ROUND_EXTENDED, {"until": until})
        detail = f"A line's last moment is {until}: {wanted.reason}"
        rounds.happened(session, services.new_id(), round, "time extended", who.user, services.now(), detail)


def _of_code(session: Session, round: str, code: str) -> Participant:
    for one in participants.of(session, round):
        if one.code == code:
            return one
    raise NotFound(f"No line goes by the code {code} in the round {round}; the status names all codes.")
