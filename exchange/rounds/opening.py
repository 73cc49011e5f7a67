"""Open a round: its plan is frozen, codes are drawn, lines that have not joined are dropped."""

from collections import Counter

from sqlalchemy.orm import Session

from access import codes
from access.agreements import holds
from access.rounds import FEWEST
from exchange import guard
from exchange.rounds import duties, show
from exchange.rounds.describe import wrong
from exchange.rounds.held import BEFORE_OPENING, held
from exchange.rounds.told import tell_lines
from exchange.services import Services
from exchange.telling import notices
from schemas.access import Principal
from schemas.errors import Conflict, Refused
from schemas.notification import NotificationKind
from schemas.organisation import OrganisationState, Standing
from schemas.round.rights import RoundRight
from schemas.round.round import Identity, Participant, Round, RoundRecord, RoundState
from schemas.round.setup import Opened
from storage import agreements, collections, participants, people, rounds

LEAST: int = 2
"""Lines without which there is nothing to compare."""
TELLING: int = 8
"""Lines from which on the tests of ISO 5725-2 have power worth the name."""


def open_round(services: Services, who: Principal, round: str) -> Opened:
    """The round is open: `Conflict` names what stands against it; the answer says what few lines mean.

    Every code is drawn anew at this moment, so that none tells who was invited or joined before whom.
    """
    guard.require_in_round(services, who, RoundRight.OPEN, round)
    with services.sessions.begin() as session:
        one = held(session, round, BEFORE_OPENING, "it is opened")
        if troubles := wrong(services, session, one.record):
            raise Refused("The round's record has problems.", errors=tuple(troubles))
        every = participants.of(session, round)
        joined = _ready(services, session, one, [each for each in every if each.taking_part])
        participants.drop(session, round, {each.line for each in every} - {each.line for each in joined})
        _bindings(session, one, joined)
        _draw(services, session, round, every, joined)
        rounds.keep_plan(session, round, one.record.plan, who.user, services.now())
        rounds.enter(session, round, RoundState.OPEN, services.now())
        _collection(session, one)
        unnamed = _unnamed(session, one, joined)
        until = {"until": notices.when(one.record.closes_at)}
        tell_lines(services, session, one, joined, NotificationKind.ROUND_OPENED, until)
        plan = f"{len(joined)} lines; plan {one.record.plan.sha256}"
        rounds.happened(session, services.new_id(), round, "opened", who.user, services.now(), plan)
    bodies = len({each.organisation for each in joined})
    return Opened(
        round=show.one(services, who, round),
        lines=len(joined),
        organisations=bodies,
        dropped=len(every) - len(joined),
        warnings=_warnings(one.record, len(joined), bodies, unnamed),
    )


def _ready(services: Services, session: Session, round: Round, joined: list[Participant]) -> list[Participant]:
    """The lines that take part, all of whose conditions hold at this moment."""
    if len(joined) < LEAST:
        lines = "No line has" if not joined else "Only 1 line has"
        raise Conflict(f"{lines} joined the round {round.id}; a comparison needs at least {LEAST}.")
    rules = agreements.find(session, round.record.agreement) if round.record.agreement else None
    for each in joined:
        body = people.organisation(session, each.organisation)
        if body.state is not OrganisationState.ADMITTED or body.standing is not Standing.MEMBER:
            raise Conflict(f"{each.line} cannot take part: {body.name} is no admitted member any more.")
        given = agreements.acceptances(session, each.organisation)
        if rules is None or not holds(rules, given, services.now()):
            raise Conflict(
                f"The agreement {round.record.agreement} is not in force for {body.name}, whose line {each.line} has "
                "joined: its signatory accepts the newest version, or the line withdraws."
            )
    coded = [each.line for each in joined if each.waived_at is None]
    if round.record.identity is Identity.OPEN and coded:
        raise Conflict(
            f"Lines go by their names only when every one has waived being coded; {', '.join(sorted(coded))} "
            f"{'has' if len(coded) == 1 else 'have'} not. Describe the round as coded, or wait for their signatories."
        )
    return joined


def _bindings(session: Session, round: Round, joined: list[Participant]) -> None:
    """Duties once more: people may have come to act for other organisations since they were chosen."""
    duties.apart(session, round.id, {each.organisation for each in joined})
    duties.all_declared(session, round.id)
    duties.told_by_no_house(session, round)


def _draw(
    services: Services, session: Session, round: str, every: list[Participant], joined: list[Participant]
) -> None:
    """None of the new codes stood in the draft, for whichever line."""
    before, drawn = {each.code for each in every}, dict[str, str]()
    for each in joined:
        drawn[each.line] = codes.drawn(services.new_id(), before | set(drawn.values()))
    participants.recode(session, round, drawn)


def _collection(session: Session, round: Round) -> None:
    """Reciprocity counts what is in a collection with the round's id."""
    if collections.exists(session, round.id):
        return
    title = round.record.title
    taken = collections.named(session, title)
    collections.add(session, round.id, f"{title[:160]} ({round.id})" if taken else title)


def _warnings(record: RoundRecord, lines: int, organisations: int, unnamed: int) -> tuple[str, ...]:
    wanted = record.plan.minimum_cells
    said = {
        f"With accepted results of fewer than {FEWEST} organisations everybody reads own results only; {organisations} "
        "take part.": organisations < FEWEST,
        f"With {lines} lines outlier tests have little power and the between-line standard deviation is uncertain; "
        f"ISO 5725-2 wants about {TELLING} or more.": lines < TELLING,
        f"A line has {record.cells_per_line} and the plan asks for {wanted} results before a line's spread is judged: "
        "no line's will be.": record.cells_per_line < wanted,
        f"{unnamed} of {lines} lines have not named all their cells yet; what is not named cannot be handed in.": (
            unnamed > 0
        ),
    }
    return tuple(sentence for sentence, applies in said.items() if applies)


def _unnamed(session: Session, round: Round, joined: list[Participant]) -> int:
    """How many lines have cells left to name."""
    named = Counter(one.line for one in participants.cells(session, round.id) if one.replaced_by is None)
    return sum(named[one.line] < round.record.cells_per_line for one in joined)
