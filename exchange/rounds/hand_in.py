"""Hand in: a version of a dataset for one of the line's cells, sealed, with a receipt; and take it back before closing.

A hand-in is acknowledged once it is kept. Sent again as it was, it gives the receipt that there is.
"""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.rounds import duties, objections, production, receipts, uncertainties
from exchange.rounds.computed import Computed, computed
from exchange.rounds.held import WHILE_OPEN, held
from exchange.rounds.offered import LIVE, TWICE, Offered, gather
from exchange.services import Services
from exchange.sharing import giving, sealing
from schemas.access import Principal, Right
from schemas.errors import Conflict, NotFound
from schemas.round.rights import RoundRight
from schemas.round.round import UNSEALED, Identity, Round, RoundRole, RoundState
from schemas.round.submission import HandIn, Receipt, Submission, SubmissionState
from schemas.sealing import NewSeal
from storage import catalogue, collections, conformance, participants, rounds, seals, submissions


def hand_in(services: Services, who: Principal, round: str, wanted: HandIn) -> Receipt:
    """The receipt; `Refused` with every problem at once.

    Behind the line's last moment or in a closed round it is taken as late and never counts. What was handed in for the
    cell before is superseded by it.
    """
    arrived = services.now()
    guard.require_in_round(services, who, RoundRight.HAND_IN, round, line=wanted.line, by_house=True)
    guard.require(services, who, Right.HAND_IN, wanted.dataset, detail=f"to the round {round}")
    with services.sessions.read() as session:
        offered = gather(session, round, wanted, arrived)
    if not any(_same(offered, one) for one in offered.earlier):
        objections.refuse(offered)
    found = computed(services, offered)
    with services.sessions.begin() as session:
        now = gather(session, round, wanted, arrived, lock=True)
        if now.basis != offered.basis:
            raise Conflict("The dataset or the round changed while it was handed in. Look at it and hand in again.")
        kept = _repeated(session, now, found)
        if kept is None:
            objections.refuse(now)
            kept = _keep(services, session, who, now, found)
        made = receipts.receipt(services, session, now.round, now.line, now.wanted.cell, kept)
        return receipts.without_code(session, made, services.now()) if now.by_house else made


def withdraw(services: Services, who: Principal, round: str, submission: str) -> Receipt:
    """Take a submission back while the round is open; its bytes and its cell stay sealed as long as the others'.

    By whoever handed it in: what a test house measured is not the line's to take back.
    """
    with services.sessions.read() as session:
        found = submissions.find(session, submission)
        given = catalogue.find(session, found.dataset) if found is not None and found.round == round else None
    mine = given is not None and given.owner == who.organisation
    line = found.line if found is not None and mine else None
    guard.require_in_round(
        services, who, RoundRight.HAND_IN, round, line=line, detail="withdraw a submission", by_house=True
    )
    if line is None:
        raise NotFound(f"There is no submission {submission} of yours in this round.")
    with services.sessions.begin() as session:
        present = held(session, round, WHILE_OPEN, "a submission is taken back")
        standing, of = submissions.find(session, submission), participants.find(session, round, line)
        assert standing is not None and of is not None  # Neither is ever deleted once the round is open.
        if standing.state not in LIVE:
            raise Conflict(f"This submission is {standing.state.value} already; there is nothing to take back.")
        submissions.set_state(session, [submission], SubmissionState.WITHDRAWN, who.user, services.now())
        cell = next(one.name for one in participants.cells(session, round, line) if one.id == standing.cell)
        taken = standing.model_copy(update={"state": SubmissionState.WITHDRAWN})
        made = receipts.receipt(services, session, present, of, cell, taken)
        return receipts.without_code(session, made, services.now()) if who.organisation != of.organisation else made


def _same(on: Offered, one: Submission) -> bool:
    """Whether the same build of the same version stands for the cell already."""
    meant = (on.dataset.id, on.version, on.run.id if on.run else "", on.cell.id if on.cell else "")
    return one.state in LIVE and (one.dataset, one.version, one.run, one.cell) == meant


def _repeated(session: Session, on: Offered, found: Computed) -> Submission | None:
    """What stands for the cell, when this is the same once more: file, build, what failed, results, uncertainties."""
    offered = {one.kpi: one.model_dump_json() for one in found.values}
    said, budgets = uncertainties.stated(on, found.values), uncertainties.budgets(on)
    for one in (each for each in on.earlier if _same(on, each)):
        kept = submissions.values(session, [one.id], on.plan)[one.id]
        stated = one.budgets, uncertainties.in_force(one, on.round.plan, kept)
        unchanged = (
            one.batch == on.batch and set(one.failed_rules) - {TWICE} == set(on.rules) and stated == (budgets, said)
        )
        unchanged &= conformance.of(session, [one.id]).get(one.id) == found.conformance
        if unchanged and {value.kpi: value.model_dump_json() for value in kept} == offered:
            return one
    return None


def _keep(services: Services, session: Session, who: Principal, on: Offered, found: Computed) -> Submission:
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
        uncertainties=uncertainties.stated(on, found.values),
        budgets=uncertainties.budgets(on),
        batch=on.batch,
    )
    before = [one.id for one in on.standing]
    submissions.set_state(session, before, SubmissionState.SUPERSEDED, who.user, now)
    submissions.add(session, made)
    for other in on.others:
        # Its state stays: a change would tell that line that somebody holds the same.
        submissions.fails(session, other.id, TWICE)
    submissions.keep_values(session, made.id, on.plan, found.values, now)
    if found.conformance is not None:
        conformance.keep(session, made.id, found.conformance, now)
    _seal(services, session, on)
    _collect(services, session, on)
    return made


def _seal(services: Services, session: Session, on: Offered) -> None:
    if not _closes(session, on.round):
        return
    # A test house that takes part is a line among lines: it knows what it measured, and not what the others hand in.
    houses = frozenset(rounds.holders(session, on.round.id).get(RoundRole.TEST_HOUSE, ()))
    houses -= duties.taking_part(session, on.round.id)
    bound = seals.binds(session, on.round.id, on.line.organisation)
    whole = {"round": on.round.id, "submitter": on.line.organisation, "test_houses": houses}
    behind = production.runs_behind(services, session, on.round, on.line.organisation, on.wanted.cell)
    for one in sorted({*on.sha256, *production.bytes_of(session, behind)}):
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
