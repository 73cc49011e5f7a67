"""The guard of rounds: what of a round somebody may read, and what they may do in it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from access import rights, rounds
from access.scopes import home
from exchange import reach
from exchange.guard.verdicts import not_reading
from exchange.record import Told, record
from exchange.services import Services
from schemas.access import Decision, Principal, Right, TokenScope
from schemas.errors import Denied, ExchangeError, NotFound
from schemas.organisation import NetworkRole, OrganisationState
from schemas.round.rights import RoundProduct, RoundRight, RoundSituation, RoundStanding
from schemas.round.round import Round
from storage import participants, submissions, unblindings
from storage import rounds as stored

_UNKNOWN = Decision(allowed=False, discoverable=False, reasons=("no such round",))


@dataclass(frozen=True)
class AllowedRound:
    """A round that the guard let out or let act on, and how the caller stands to it."""

    round: Round
    standing: RoundStanding


def allow_round(
    services: Services,
    who: Principal,
    product: RoundProduct,
    round: str,
    line: str | None = None,
    unblinding: str | None = None,
) -> AllowedRound:
    """The round, when the caller may read this product of it (of an own `line`); else refused, on record.

    `unblinding` names the one that is read, which has to be open to the caller.
    """
    with services.sessions.begin() as session:
        found = stored.find(session, round)
        standing = standing_in(session, who, round) if found else RoundStanding()
        decision = not_reading(who) or _reading(session, who, product, found, standing)
        if decision.allowed and line is not None and line not in standing.lines:
            decision = _NOT_OWN
        if decision.allowed and unblinding is not None and unblinding not in standing.unblinded:
            decision = rounds.NOT_SHOWN
        facts: dict[str, str | int] = {"what": f"unblinding {unblinding}"} if unblinding else {}
        record(services, session, who, Told(f"round:{product.value}", round, decision, facts))
    if found is None or not decision.allowed:
        raise _refusal(decision, round)
    return AllowedRound(found, standing)


def require_in_round(
    services: Services,
    who: Principal,
    right: RoundRight,
    round: str,
    line: str | None = None,
    detail: str = "",
    said: str = "",
    by_house: bool = False,
) -> AllowedRound:
    """The round, when the caller may do this in it (for an own `line`); else refused, on record.

    `by_house`: a test house may, too, for the lines whose cells it measures.
    `detail` is a fact without anything personal and without a code; what the caller typed is `said`.
    """
    with services.sessions.begin() as session:
        found = stored.find(session, round)
        standing = standing_in(session, who, round) if found else RoundStanding()
        one_house = by_house and found is not None and found.record.one_house
        decision = _acting(services, session, who, right, found, standing, line, one_house)
        facts: dict[str, str | int] = {"what": detail[:2000]} if detail else {}
        record(services, session, who, Told(f"round:{right.value}", round, decision, facts, said=said))
    if found is None or not decision.allowed:
        raise _refusal(decision, round)
    return AllowedRound(found, standing)


def standing_in(session: Session, who: Principal, round: str) -> RoundStanding:
    """How somebody stands to a round: own lines by the organisation they act for, roles by person.

    The roles of custodian and statistician rest while the person has come to act for an organisation with a line, those
    of coordinator and statistician while the person reads the audit.
    """
    if who.state is not OrganisationState.ADMITTED:
        return RoundStanding()
    own = participants.of_organisation(session, round, who.organisation)
    roles = stored.roles_of(session, round, who.user, who.organisation)
    if roles & rounds.APART and participants.of_person(session, round, who.user):
        roles -= rounds.APART
    auditor = NetworkRole.AUDITOR in who.network_roles
    if auditor:
        roles -= rounds.UNTOLD
    return RoundStanding(
        roles=roles,
        office=NetworkRole.OFFICE in who.network_roles,
        lines=frozenset(one.line for one in own),
        joined=frozenset(one.line for one in own if one.joined_at is not None),
        unblinded=unblindings.shown_to(session, round, who.user),
        auditor=auditor,
    )


def _reading(
    session: Session, who: Principal, product: RoundProduct, found: Round | None, standing: RoundStanding
) -> Decision:
    if found is None:
        return _UNKNOWN
    on = RoundSituation(
        state=found.state,
        opened=found.opened_at is not None,
        identity=found.record.identity,
        organisations=submissions.organisations(session, found.id),
    )
    decision = rounds.may_read(product, standing, on)
    if decision.allowed and home(who) is None:
        # Signatories and admins have no data: what their line alone would open to them stays shut.
        without = rounds.may_read(product, standing.model_copy(update={"joined": frozenset()}), on)
        return decision if without.allowed else _NO_DATA
    return decision


def _acting(
    services: Services,
    session: Session,
    who: Principal,
    right: RoundRight,
    found: Round | None,
    standing: RoundStanding,
    line: str | None,
    one_house: bool,
) -> Decision:
    if found is None:
        return _UNKNOWN
    on = RoundSituation(state=found.state, opened=found.opened_at is not None)
    if not rounds.may_read(RoundProduct.NOTICE, standing, on).allowed:
        return _UNKNOWN
    decision = rounds.may(right, standing, one_house)
    if not decision.allowed:
        return decision
    needed: Right | None = rounds.LINES_OWN.get(right)
    if needed is not None:
        if line is not None and line not in standing.lines and not rounds.measures_for_lines(standing, one_house):
            return _NOT_OWN
        return rights.may(who, needed, None, owed=reach.owed(session, who, services.now()))
    if TokenScope.MANAGE not in who.scopes:
        said = f"To {right.value} needs a token with the scope 'manage'."
        return Decision(allowed=False, discoverable=True, reasons=("token scope",), needed=said)
    return decision


def _refusal(decision: Decision, round: str) -> ExchangeError:
    if decision.discoverable:
        return Denied(decision.needed)
    return NotFound(f"There is no round {round[:40]} that you may see.")


_NO_DATA = Decision(
    allowed=False,
    discoverable=True,
    reasons=("no role that reads data",),
    needed="To read what a line hands in and gets back needs the role viewer, contributor or steward.",
)
_NOT_OWN = Decision(
    allowed=False,
    discoverable=True,
    reasons=("not an own line of the round",),
    needed="Your organisation has no such line in this round.",
)
