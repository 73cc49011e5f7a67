"""Unblind: show one person whose one code is; custodian and office agree to it separately, and the line is told."""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds.held import HAS_CODES, held
from exchange.rounds.told import tell_lines, tell_persons
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.notification import NotificationKind
from schemas.organisation import NetworkRole
from schemas.round.rights import RoundProduct, RoundRight
from schemas.round.round import Round, RoundRole
from schemas.round.unblinding import AgreeingAs, AskUnblinding, Unblinded, Unblinding
from storage import lines, members, participants, people, recipients, rounds, unblindings

_AGREEING = {
    AgreeingAs.CUSTODIAN: RoundRight.AGREE_AS_CUSTODIAN,
    AgreeingAs.OFFICE: RoundRight.AGREE_AS_OFFICE,
}
_MOST = 100
"""Unblindings of one round that wait or are open at a time."""


def ask(services: Services, who: Principal, round: str, wanted: AskUnblinding) -> Unblinding:
    """It waits for custodian and office, who are told.

    Nothing of the answer depends on whose the code is. `Refused` for somebody who is not there, or knows all codes.
    """
    guard.require_in_round(services, who, RoundRight.ASK_UNBLINDING, round, said=wanted.reason)
    with services.sessions.begin() as session:
        one = held(session, round, HAS_CODES, "a code of it is shown to somebody")
        if wanted.code not in {each.code for each in participants.of(session, round)}:
            raise NotFound(f"No line goes by the code {wanted.code} in the round {round}; the status names all codes.")
        if why := _why_not(session, round, wanted.to):
            trouble = Trouble(pointer="/to", message=why, value=wanted.to)
            raise Refused("The code cannot be shown to this person.", errors=(trouble,))
        living = [each for each in unblindings.of(session, round) if each.ended_at is None]
        if any((each.code, each.to) == (wanted.code, wanted.to) for each in living):
            raise Conflict("To show this code to this person is asked for already; see the unblindings of the round.")
        if len(living) >= _MOST:
            raise Conflict(f"{_MOST} unblindings of the round wait or are open, the most there may be; end some first.")
        asked = Unblinding(
            id=services.new_id(), round=round, asked_at=services.now(), asked_by=who.user, **wanted.model_dump()
        )
        unblindings.add(session, asked)
        facts = {"unblinding": asked.id, "reason": wanted.reason}
        tell_persons(services, session, one, _agreeing(session, one), NotificationKind.ROUND_UNBLINDING_ASKED, facts)
        rounds.happened(session, services.new_id(), round, "unblinding asked for", who.user, services.now())
    return asked


def agree(services: Services, who: Principal, round: str, unblinding: str, role: AgreeingAs) -> Unblinding:
    """One of the two agrees; the second agreement opens it to the person, and tells that person and the line.

    `Conflict` for the same person in both duties, for whoever is to be shown it, and for what is agreed or ended.
    """
    guard.require_in_round(services, who, _AGREEING[role], round, detail=f"unblinding {unblinding}")
    with services.sessions.begin() as session:
        one = held(session, round, HAS_CODES, "a code of it is shown to somebody")
        found = _found(session, round, unblinding)
        if found.ended_at is not None:
            raise Conflict("This unblinding has ended; nobody agrees to it any more.")
        before = {AgreeingAs.CUSTODIAN: found.custodian_by, AgreeingAs.OFFICE: found.office_by}
        if before[role] is not None:
            raise Conflict(f"The {role.value} has agreed to this unblinding already.")
        if who.user in before.values():
            raise Conflict("Custodian and office agree by two persons; you have agreed already, so somebody else does.")
        if who.user == found.to:
            raise Conflict("You are to be shown this code; somebody else agrees to that.")
        unblindings.agree(session, unblinding, role, who.user, services.now())
        agreed = _found(session, round, unblinding)
        if agreed.shown_at is not None:
            _opened(services, session, one, agreed)
        said = "unblinding agreed to by both" if agreed.shown_at else f"unblinding agreed to by the {role.value}"
        rounds.happened(session, services.new_id(), round, said, who.user, services.now())
    return agreed


def end(services: Services, who: Principal, round: str, unblinding: str) -> Unblinding:
    """Nobody reads it any more, agreed to or not; by whoever asks for or agrees to unblinding in the round."""
    with services.sessions.read() as session:
        standing = guard.standing_in(session, who, round)
    custodian = RoundRole.CUSTODIAN in standing.roles
    right = RoundRight.AGREE_AS_OFFICE if standing.office and not custodian else RoundRight.ASK_UNBLINDING
    guard.require_in_round(services, who, right, round, detail=f"end unblinding {unblinding}")
    with services.sessions.begin() as session:
        if _found(session, round, unblinding).ended_at is not None:
            raise Conflict("This unblinding has ended already.")
        unblindings.end(session, unblinding, services.now())
        rounds.happened(session, services.new_id(), round, "unblinding ended", who.user, services.now())
        return _found(session, round, unblinding)


def listed(services: Services, who: Principal, round: str) -> list[Unblinding]:
    """What was asked for and agreed to, by codes alone: for those who run the round, and the office."""
    guard.allow_round(services, who, RoundProduct.HISTORY, round)
    with services.sessions.read() as session:
        return unblindings.of(session, round)


def read(services: Services, who: Principal, round: str, unblinding: str) -> Unblinded:
    """Whose the code is, for the one person; every time on record."""
    guard.allow_round(services, who, RoundProduct.UNBLINDED, round, unblinding=unblinding)
    with services.sessions.read() as session:
        found = unblindings.find(session, round, unblinding)
        assert found is not None  # The guard found it among those that are open to the caller.
        whose = next(one for one in participants.of(session, round) if one.code == found.code)
        line = lines.find(session, whose.line)
        return Unblinded(
            round=round,
            code=found.code,
            line=whose.line,
            name=line.name if line else whose.line,
            organisation=whose.organisation,
            organisation_name=people.organisation(session, whose.organisation).name,
        )


def _found(session: Session, round: str, unblinding: str) -> Unblinding:
    found = unblindings.find(session, round, unblinding, lock=True)
    if found is None:
        raise NotFound(f"There is no unblinding {unblinding[:40]} in the round {round}.")
    return found


def _why_not(session: Session, round: str, user: str) -> str:
    if not people.user_active(session, user) or people.user(session, user).service:
        return "is no person with an account; name one by the id that the directory shows"
    if user in rounds.holders(session, round).get(RoundRole.CUSTODIAN, ()):
        return "is the round's custodian, who reads all codes"
    return ""


def _agreeing(session: Session, round: Round) -> list[str]:
    custodians = rounds.holders(session, round.id).get(RoundRole.CUSTODIAN, ())
    return sorted({*custodians, *recipients.of_network(session, NetworkRole.OFFICE)})


def _opened(services: Services, session: Session, round: Round, agreed: Unblinding) -> None:
    """Who is shown it learns of no code by mail; the line learns to whom it is shown, and why."""
    kind = NotificationKind.ROUND_UNBLINDING_AGREED
    tell_persons(services, session, round, [agreed.to], kind, {"unblinding": agreed.id})
    whose = [one for one in participants.of(session, round.id) if one.code == agreed.code]
    acts_for = members.organisations_of(session, agreed.to)
    named = [people.organisation(session, one).name for one in acts_for]
    facts = {"person": agreed.to, "organisation": ", ".join(named) or "no organisation", "reason": agreed.reason}
    tell_lines(services, session, round, whose, NotificationKind.ROUND_UNBLINDED, facts)
