"""Invite lines to a round: by its coordinator, before it opens."""

from sqlalchemy.orm import Session

from access import codes
from exchange import guard
from exchange.rounds import duties, show
from exchange.rounds.held import BEFORE_OPENING, held
from exchange.rounds.told import SIGNING, tell_lines
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.notification import NotificationKind
from schemas.organisation import OrganisationState, Standing
from schemas.round.rights import RoundRight
from schemas.round.setup import InvitedLine, InviteLines
from storage import lines, participants, people, rounds


def invite(services: Services, who: Principal, round: str, wanted: InviteLines) -> list[InvitedLine]:
    """Ask lines of admitted members to take part, all or none; returns all that are invited.

    `Refused` names each line that cannot be. `Conflict` where the round names no agreement, and for lines of an
    organisation for which custodian or statistician acts, or the coordinator without having declared it.
    """
    guard.require_in_round(services, who, RoundRight.INVITE, round, detail=f"{len(wanted.lines)} lines")
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_OPENING, "lines are invited")
        if one.record.agreement is None:
            raise Conflict(f"The round {round} names no agreement yet: describe with which rules lines join it first.")
        found = _fit(session, round, wanted.lines)
        duties.apart(session, round, set(found.values()))
        # What stands here until opening is nobody's code: all are drawn anew then, and nobody reads these.
        taken = {each.code for each in participants.of(session, round)}
        for line in found.items():
            taken.add(code := codes.drawn(services.new_id(), taken))
            participants.invite(session, round, line, code, who.user, services.now())
        if own := duties.undeclared(session, round):
            name = people.organisation(session, min(own)).name
            raise Conflict(f"You act for {name}; declare that conflict of interest before a line of it is invited.")
        fresh = [each for each in participants.of(session, round) if each.line in found]
        facts = {"agreement": one.record.agreement}
        tell_lines(services, session, one, fresh, NotificationKind.ROUND_INVITATION, facts, SIGNING)
        count = f"{len(found)} lines"
        rounds.happened(session, services.new_id(), round, "lines invited", who.user, services.now(), count)
    return show.invited(services, who, round)


def _fit(session: Session, round: str, wanted: tuple[str, ...]) -> dict[str, str]:
    """The organisations of these lines, by line."""
    known = {line.id: of for line, of in lines.every(session, OrganisationState)}
    there = {one.line for one in participants.of(session, round)}
    found, troubles = {}, []
    for at, line in enumerate(wanted):
        of = known.get(line)
        said = ""
        if of is None:
            said = "is no pilot line of the network"
        elif of.standing is not Standing.MEMBER or of.state is not OrganisationState.ADMITTED:
            said = f"is a line of {of.name}, which is no admitted member"
        elif line in there or line in found:
            said = "is invited already"
        if said or of is None:
            troubles.append(Trouble(pointer=f"/lines/{at}", message=said, value=line))
        else:
            found[line] = of.id
    if troubles:
        raise Refused("Not every line can be invited; none was.", errors=tuple(troubles))
    return found
