"""Amend the evaluation plan of an open round: dated, with a reason, printed in the report."""

from exchange import guard
from exchange.rounds import amended, show
from exchange.rounds.held import BEFORE_EVALUATION, held
from exchange.rounds.told import tell_lines
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Refused, Trouble
from schemas.notification import NotificationKind
from schemas.round.rights import RoundRight
from schemas.round.round import RoundShown
from schemas.round.setup import Amend
from storage import participants, rounds


def amend(services: Services, who: Principal, round: str, wanted: Amend) -> RoundShown:
    """A plan in place of the one in force; every line is told, with the reason, and what is there is computed by it.

    `Conflict` from evaluation on: whoever has seen results does not choose by them how they are judged.
    `Refused` where an absolute KPI would tell under a code whose cell it is.
    """
    guard.require_in_round(services, who, RoundRight.AMEND, round, said=wanted.reason)
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_EVALUATION, "its plan is amended")
        if wanted.plan == one.plan:
            raise Conflict("This is the plan that is in force; nothing is amended.")
        if why := one.record.tells_design(wanted.plan):
            raise Refused("This plan would show whose cells they are.", errors=(Trouble(pointer="/plan", message=why),))
        if why := one.record.pairs_no_cells(wanted.plan):
            raise Refused("This plan does not fit the round.", errors=(Trouble(pointer="/plan/youden", message=why),))
        number = rounds.keep_plan(session, round, wanted.plan, who.user, services.now(), wanted.reason)
        staying = [each for each in participants.of(session, round) if each.taking_part]
        told = {"reason": wanted.reason}
        tell_lines(services, session, one, staying, NotificationKind.ROUND_AMENDED, told)
        detail = f"Amendment {number}, plan {wanted.plan.sha256}: {wanted.reason}"
        rounds.happened(session, services.new_id(), round, "plan amended", who.user, services.now(), detail)
    amended.complete(services, round)
    return show.one(services, who, round)
