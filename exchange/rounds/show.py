"""Show rounds, each as its caller may see it: a notice for all, the record for those within, own lines' standing."""

from sqlalchemy.orm import Session

from access import rounds as rule
from exchange import guard
from exchange.rounds import duties
from exchange.rounds.dates import last_moment
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import NotFound
from schemas.round.rights import RoundProduct, RoundSituation, RoundStanding
from schemas.round.round import OwnStanding, Participant, Round, RoundNotice, RoundShown
from schemas.round.setup import InvitedLine, RoundEvent
from storage import lines, participants, rounds


def every(services: Services, who: Principal) -> list[RoundShown]:
    """Every round that the caller may know of, the newest first."""
    guard.listing(services, who)
    with services.sessions.read() as session:
        found = [(one, guard.standing_in(session, who, one.id)) for one in rounds.every(session)]
        shown = [_shown(session, who, one, standing) for one, standing in found if _may(P.NOTICE, one, standing)]
    guard.listed(services, who, "rounds", len(shown))
    return shown


def one(services: Services, who: Principal, round: str) -> RoundShown:
    """One round as the caller may see it; `NotFound` for one that they may not know of."""
    with services.sessions.read() as session:
        found = rounds.find(session, round)
        within = found is not None and _may(P.RECORD, found, guard.standing_in(session, who, round))
    allowed = guard.allow_round(services, who, P.RECORD if within else P.NOTICE, round)
    with services.sessions.read() as session:
        return _shown(session, who, allowed.round, allowed.standing)


def history(services: Services, who: Principal, round: str) -> list[RoundEvent]:
    """What happened in the round, in order, for those who run it and the office."""
    guard.allow_round(services, who, P.HISTORY, round)
    with services.sessions.read() as session:
        return list(rounds.history(session, round))


def invited(services: Services, who: Principal, round: str) -> list[InvitedLine]:
    """The lines by name, in the order of ids; once the round is open nothing of what they do is told with it."""
    allowed = guard.allow_round(services, who, P.LINES, round)
    with services.sessions.read() as session:
        every = sorted(participants.of(session, round), key=lambda one: one.line)
        return [_invited(session, one, allowed.round.opened_at is None) for one in every]


def codes(services: Services, who: Principal, round: str) -> list[Participant]:
    """Whose code is whose, with everything that is kept of each line: for the custodian."""
    allowed = guard.allow_round(services, who, P.MAPPING, round)
    with services.sessions.read() as session:
        every = participants.of(session, round)
    # Codes of a draft are not drawn yet: what stands there is no line's.
    return every if allowed.round.opened_at else [one.model_copy(update={"code": ""}) for one in every]


def unknown(round: str) -> NotFound:
    """For a round that does not exist, or that the caller may not know of."""
    return NotFound(f"There is no round {round[:40]} that you may see.")


def _shown(session: Session, who: Principal, one: Round, standing: RoundStanding) -> RoundShown:
    notice = RoundNotice(
        id=one.id,
        title=one.record.title,
        kind=one.record.kind,
        state=one.state,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        published_at=one.published_at,
    )
    if not _may(P.RECORD, one, standing):
        return RoundShown(notice=notice)
    running = standing.office or standing.roles
    return RoundShown(
        notice=notice,
        record=one.record,
        plans=one.plans,
        roles=tuple(sorted(standing.roles)),
        people=rounds.holders(session, one.id) if running else {},
        own=_own(session, who, one) if standing.lines else (),
        conflicts=duties.declared(session, one.id),
    )


def _own(session: Session, who: Principal, one: Round) -> tuple[OwnStanding, ...]:
    return tuple(
        OwnStanding(
            line=each.line,
            code=each.code if one.opened_at is not None else "",
            joined_at=each.joined_at,
            withdrawn_at=each.withdrawn_at,
            waived_at=each.waived_at,
            closes_at=last_moment(one, each),
        )
        for each in participants.of_organisation(session, one.id, who.organisation)
    )


def _invited(session: Session, one: Participant, draft: bool) -> InvitedLine:
    found = lines.find(session, one.line)
    named = InvitedLine(line=one.line, organisation=one.organisation, name=found.name if found else one.line)
    steps = ("invited_at", "joined_at", "waived_at", "withdrawn_at")
    return named.model_copy(update={step: getattr(one, step) for step in steps}) if draft else named


def _may(product: RoundProduct, one: Round, standing: RoundStanding) -> bool:
    on = RoundSituation(state=one.state, opened=one.opened_at is not None)
    return rule.may_read(product, standing, on).allowed


P = RoundProduct
