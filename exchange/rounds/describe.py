"""Describe: what a coordinator says of a round while it is a draft, its KPIs and its plan included."""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import show
from exchange.rounds.held import BEFORE_OPENING, held
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.round.rights import RoundRight
from schemas.round.round import RoundRecord, RoundShown
from storage import agreements, participants, rounds


def describe(services: Services, who: Principal, round: str, record: RoundRecord) -> RoundShown:
    """Another record in place of the one there; `Conflict` from opening on, or where more cells are named already."""
    guard.require_in_round(services, who, RoundRight.DESCRIBE, round)
    unseen = protocol(services, who, record)
    with services.sessions.begin() as session:
        held(session, round, BEFORE_OPENING, "it is described")
        if troubles := [*unseen, *wrong(services, session, record)]:
            raise Refused("The round's record has problems.", errors=tuple(troubles))
        _room_for_named_cells(session, round, record)
        rounds.describe(session, round, record)
        rounds.happened(session, services.new_id(), round, "described", who.user, services.now())
    return show.one(services, who, round)


def wrong(services: Services, session: Session, record: RoundRecord) -> list[Trouble]:
    """What the record says that the world does not bear out: a past end, an agreement that is none or has ended."""
    troubles = []
    if record.closes_at <= services.now():
        past = f"{record.closes_at:%Y-%m-%dT%H:%M:%SZ}"
        troubles.append(Trouble(pointer="/closes_at", message="is past; the last moment is to come", value=past))
    if record.agreement is not None:
        one = agreements.find(session, record.agreement)
        if one is None or one.retired_at is not None:
            said = "is no agreement that can be accepted; the network's office publishes a round's rules"
            troubles.append(Trouble(pointer="/agreement", message=said, value=record.agreement))
    return troubles


def protocol(services: Services, who: Principal, record: RoundRecord) -> list[Trouble]:
    """A registered protocol is named only by somebody who sees it."""
    named = record.protocol.object
    if named is None or named in guard.nameable(services, who, [named]):
        return []
    return [Trouble(pointer="/protocol/object", message="is no registered protocol that you may see", value=named)]


def _room_for_named_cells(session: Session, round: str, record: RoundRecord) -> None:
    counts: dict[str, int] = {}
    for cell in participants.cells(session, round):
        counts[cell.line] = counts.get(cell.line, 0) + (cell.replaced_by is None)
    most = max(counts.values(), default=0)
    if record.cells_per_line < most:
        raise Conflict(f"A line has named {most} cells already; {record.cells_per_line} per line are too few.")
