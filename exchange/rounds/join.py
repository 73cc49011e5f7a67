"""Join: a signatory takes a line into a round, lets it be named, or takes it out again."""

from sqlalchemy.orm import Session

from access.agreements import accepted, holds
from access.rounds import FEWEST
from exchange import guard
from exchange.rounds import duties, show
from exchange.rounds.held import BEFORE_OPENING, BEFORE_PUBLISHING, held
from exchange.rounds.told import tell_running
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.notification import NotificationKind
from schemas.round.rights import RoundRight
from schemas.round.round import Participant, Round, RoundShown, RoundState
from schemas.round.setup import Join
from storage import agreements, participants, rounds


def join(services: Services, who: Principal, round: str, line: str, given: Join) -> RoundShown:
    """The line takes part, once the round opens; name, function, basis and the text accepted are kept with it.

    `Conflict` where the organisation has not accepted the round's agreement, or it is not in force for it.
    """
    guard.require_in_round(services, who, RoundRight.JOIN, round, line, detail=f"line {line}")
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_OPENING, "lines join it")
        if _own(session, round, line).taking_part:
            raise Conflict(f"{line} takes part in the round {round} already.")
        duties.apart(session, round, [who.organisation])
        evidence = _evidence(who, given) | rules(services, session, one, who.organisation)
        participants.join(session, round, line, who.user, services.now(), evidence)
        rounds.happened(session, services.new_id(), round, "a line joined", who.user, services.now())
    return show.one(services, who, round)


def waive(services: Services, who: Principal, round: str, line: str, given: Join) -> RoundShown:
    """The line lets itself be named; a round's identity is open only when every line does."""
    guard.require_in_round(services, who, RoundRight.WAIVE, round, line, detail=f"line {line}")
    with services.sessions.begin() as session:
        held(session, round, BEFORE_OPENING, "a line lets itself be named")
        if not _own(session, round, line).taking_part:
            raise Conflict(f"{line} has not joined the round {round}; a signatory joins for it first.")
        participants.waive(session, round, line, who.user, services.now(), _evidence(who, given))
        rounds.happened(session, services.new_id(), round, "a line waived being coded", who.user, services.now())
    return show.one(services, who, round)


def withdraw(services: Services, who: Principal, round: str, line: str, reason: str) -> RoundShown:
    """The line takes part no longer: it hands in no more, its files stay as closed as they are.

    A coded result that is there stays. Those who run the round are told, without a name, when fewer organisations
    remain than others' results are shown for.
    """
    guard.require_in_round(services, who, RoundRight.LEAVE, round, line, detail=f"line {line}", said=reason)
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_PUBLISHING, "a line withdraws")
        if not _own(session, round, line).taking_part:
            raise Conflict(f"{line} does not take part in the round {round}.")
        before = _organisations(session, round)
        participants.withdraw(session, round, line, who.user, services.now(), reason)
        left = _organisations(session, round)
        # Only what runs is told of: which lines of a draft come and go is seen by whoever invites.
        if one.state is not RoundState.DRAFT and left < FEWEST <= before:
            facts = {"left": str(left), "fewest": str(FEWEST)}
            tell_running(services, session, one, NotificationKind.ROUND_SHRUNK, facts)
        rounds.happened(session, services.new_id(), round, "a line withdrew", who.user, services.now())
    return show.one(services, who, round)


def rules(services: Services, session: Session, round: Round, organisation: str) -> dict[str, str]:
    """The agreement of the round with the version that the organisation accepted; `Conflict` when none is in force."""
    named = round.record.agreement
    one = agreements.find(session, named) if named else None
    given, now = agreements.acceptances(session, organisation), services.now()
    if one is None or not holds(one, given, now):
        raise Conflict(
            f"The round's agreement {named} is not accepted and in force for your organisation: a signatory reads and "
            f"accepts its newest version first, at /api/v1/agreements/{named}."
        )
    version = accepted(one, given, now) or 0
    text = next(each for each in one.versions if each.number == version)
    return {"agreement": one.id, "version": str(version), "sha256": text.sha256}


def _evidence(who: Principal, given: Join) -> dict[str, str]:
    return {
        "name": who.name,
        "organisation": who.organisation_name,
        "function": given.function,
        "basis": given.basis,
    }


def _own(session: Session, round: str, line: str) -> Participant:
    found = participants.find(session, round, line, lock=True)
    assert found is not None  # The guard found it among the caller's own lines.
    return found


def _organisations(session: Session, round: str) -> int:
    return len({one.organisation for one in participants.of(session, round) if one.taking_part})
