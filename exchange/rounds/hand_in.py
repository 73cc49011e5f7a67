"""Hand in: a version of a dataset for one of the line's cells, sealed, with a receipt; and take it back before closing.

A hand-in is acknowledged once it is kept. Sent again as it was, it gives the receipt that there is.
"""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import computed, objections, receipts
from exchange.rounds.offered import LIVE, TWICE, Offered, gather
from exchange.services import Services
from exchange.sharing import giving, sealing
from schemas.access import Principal, Right
from schemas.errors import Conflict, NotFound
from schemas.metadata import DatasetKind
from schemas.round.rights import RoundRight
from schemas.round.round import UNSEALED, Identity, Round, RoundRole, RoundState
from schemas.round.submission import HandIn, KpiValue, Receipt, Submission, SubmissionState
from schemas.sealing import NewSeal
from storage import catalogue, collections, rounds, seals, submissions


def hand_in(services: Services, who: Principal, round: str, wanted: HandIn) -> Receipt:
    """The receipt; `Refused` with every problem at once.

    Behind the line's last moment or in a closed round it is taken as late and never counts. What was handed in for the
    cell before is superseded by it.
    """
    arrived = services.now()
    guard.require_in_round(services, who, RoundRight.HAND_IN, round, line=wanted.line)
    guard.require(services, who, Right.HAND_IN, wanted.dataset, detail=f"to the round {round}")
    with services.sessions.read() as session:
        offered = gather(session, round, wanted, arrived)
    objections.refuse(offered)
    values = computed.values(services, offered)
    with services.sessions.begin() as session:
        held = gather(session, round, wanted, arrived, lock=True)
        if held.basis != offered.basis:
            raise Conflict("The dataset or the round changed while it was handed in. Look at it and hand in again.")
        objections.refuse(held)
        kept = _repeated(session, held, values) or _keep(services, session, who, held, values)
        return receipts.receipt(services, session, held.round, held.line, held.wanted.cell, kept)


def withdraw(services: Services, who: Principal, round: str, submission: str) -> Receipt:
    """Take a submission back while the round is open; its bytes and its cell stay sealed as long as the others'."""
    with services.sessions.read() as session:
        found = submissions.find(session, submission)
    mine = found is not None and found.round == round and found.organisation == who.organisation
    line = found.line if found is not None and mine else None
    guard.require_in_round(services, who, RoundRight.HAND_IN, round, line=line, detail="withdraw a submission")
    if line is None:
        raise NotFound(f"There is no submission {submission} of yours in this round.")
    with services.sessions.begin() as session:
        present, now = rounds.find(session, round, lock=True), services.now()
        if present is None or present.state is not RoundState.OPEN:
            raise Conflict("The round is not open any more: what was handed in stays, under its code alone.")
        standing = submissions.find(session, submission)
        if standing is None or standing.state not in LIVE:
            state = standing.state.value if standing else "gone"
            raise Conflict(f"This submission is {state} already; there is nothing to take back.")
        submissions.set_state(session, [submission], SubmissionState.WITHDRAWN, who.user, now)
    return receipts.one(services, who, round, submission)


def _repeated(session: Session, on: Offered, values: tuple[KpiValue, ...]) -> Submission | None:
    """What stands for the cell, when this is the same once more: file, build, what failed and every value."""
    plan = len(on.round.plans) - 1
    for one in on.earlier:
        same = (one.dataset, one.version, one.run) == (on.dataset.id, on.version, on.run.id if on.run else "")
        if not same or one.state not in LIVE or on.cell is None or one.cell != on.cell.id:
            continue
        kept = submissions.values(session, [one.id], plan)[one.id]
        unchanged = set(one.failed_rules) - {TWICE} == set(on.rules)
        if unchanged and kept == sorted(values, key=lambda value: value.kpi):
            return one
    return None


def _keep(
    services: Services, session: Session, who: Principal, on: Offered, values: tuple[KpiValue, ...]
) -> Submission:
    assert on.cell is not None and on.run is not None and on.version is not None  # Else it had been refused.
    now, clean = services.now(), not on.rules and not on.in_quarantine
    made = Submission(
        id=services.new_id(),
        round=on.round.id,
        line=on.line.line,
        organisation=on.line.organisation,
        cell=on.cell.id,
        number=submissions.next_number(session, on.cell.id),
        dataset=on.dataset.id,
        version=on.version,
        run=on.run.id,
        build=on.run.build,
        sha256=on.sha256,
        received_at=on.arrived,
        received_by=who.user,
        late=on.late,
        state=SubmissionState.ACCEPTED if clean else SubmissionState.RECEIVED,
        failed_rules=tuple(sorted({*on.rules, *([TWICE] if on.others else [])})),
    )
    _supersede(session, on, who, now_of=made)
    submissions.add(session, made)
    for other in on.others:
        # Its state stays: a change would tell that line that somebody holds the same.
        submissions.fails(session, other.id, TWICE)
    submissions.keep_values(session, made.id, len(on.round.plans) - 1, values, now)
    _seal(services, session, on)
    _collect(services, session, on)
    return made


def _supersede(session: Session, on: Offered, who: Principal, now_of: Submission) -> None:
    """One version stands for a cell, of a test and of a production run each; what is late replaces only what is."""
    before = [one for one in on.earlier if one.cell == now_of.cell and one.state in LIVE and one.late is now_of.late]
    kinds = {one.id: one.metadata.kind for one in catalogue.of(session, {one.dataset for one in before})}
    run = on.dataset.metadata.kind is DatasetKind.PRODUCTION_RUN
    replaced = [one.id for one in before if (kinds[one.dataset] is DatasetKind.PRODUCTION_RUN) is run]
    submissions.set_state(session, replaced, SubmissionState.SUPERSEDED, who.user, now_of.received_at)


def _seal(services: Services, session: Session, on: Offered) -> None:
    if not _closes(session, on.round):
        return
    houses = frozenset(rounds.holders(session, on.round.id).get(RoundRole.TEST_HOUSE, ()))
    bound = seals.binds(session, on.round.id, on.line.organisation)
    whole = {"round": on.round.id, "submitter": on.line.organisation, "test_houses": houses}
    for one in on.sha256:
        if one not in bound:
            sealing.seal(services, session, NewSeal.model_validate(whole | {"sha256": one}))
    if on.wanted.cell not in bound:
        sealing.seal(services, session, NewSeal.model_validate(whole | {"cell": on.wanted.cell}))
    giving.keep_apart(services, session, [on.dataset.id])


def _closes(session: Session, round: Round) -> bool:
    """Whether seals of the round still close: of a coded one until publication, of an open one until closing."""
    if round.record.identity is Identity.OPEN and round.state in UNSEALED:
        return False
    published = round.state in (RoundState.PUBLISHED, RoundState.CORRECTED)
    return not published and not seals.opened(session, round.id)


def _collect(services: Services, session: Session, on: Offered) -> None:
    """The round's collection has its id; it is founded with the first dataset where nobody has founded it before."""
    round, title = on.round.id, on.round.record.title
    if not collections.exists(session, round):
        collections.add(session, round, f"{title[:160]} ({round})" if collections.named(session, title) else title)
    collections.put(session, round, on.dataset.id, services.now())
