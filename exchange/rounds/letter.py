"""Letter: what a line is told of itself alone, beside its line in the evaluation of the round."""

from sqlalchemy.orm import Session

from access.rounds import FEWEST, REPORTED
from exchange import guard
from exchange.rounds import earlier, results
from exchange.rounds.assembled import TOO_FEW
from exchange.services import Services
from schemas.access import Principal
from schemas.round.letter import LetterData, OwnCell
from schemas.round.results import OwnLine, OwnResults
from schemas.round.rights import RoundProduct
from schemas.round.round import Cell, Round
from schemas.round.submission import KpiValue, Submission, SubmissionState
from storage import conformance, participants, people, submissions


def own_results(services: Services, who: Principal, round: str, line: str) -> OwnResults:
    """The line's own cells in all digits, its scores of earlier published rounds, and its statistics; for its people.

    The statistics as far as the round lets those who take part read results.
    """
    allowed = guard.allow_round(services, who, RoundProduct.LETTER, round, line)
    with services.sessions.read() as session:
        data = gathered(services, session, allowed.round, line)
        few = submissions.organisations(session, round) < FEWEST
    if few or allowed.round.state not in REPORTED:
        return OwnResults(own=data, why=TOO_FEW if few else "The draft report is not made yet.")
    found = results.newest(services, who, round)
    lines = [
        OwnLine(kpi=kpi.kpi, label=kpi.label, unit=kpi.unit, line=one)
        for kpi in found.kpis
        for one in kpi.lines
        if one.code == data.code
    ]
    return OwnResults(own=data, lines=tuple(lines))


def gathered(services: Services, session: Session, round: Round, line: str) -> LetterData:
    """Own cells in all digits, and scores of earlier published rounds; for whoever has asked the guard."""
    own = participants.find(session, round.id, line)
    assert own is not None, "a line that takes part stays in the round"
    named = {one.id: one.name for one in people.lines_of(session, own.organisation)}
    return LetterData(
        round=round.id,
        line=line,
        line_name=named.get(line, line),
        organisation=own.organisation,
        organisation_name=people.organisation(session, own.organisation).name,
        code=own.code,
        joined_at=own.joined_at,
        cells=(cells := _cells(session, round, line)),
        earlier=earlier.scores(services, session, round, own, cells),
    )


def _cells(session: Session, round: Round, line: str) -> tuple[OwnCell, ...]:
    handed: dict[str, list[Submission]] = {}
    for one in submissions.of(session, round.id, [line]):
        handed.setdefault(one.cell, []).append(one)
    chosen = {cell: _chosen(each) for cell, each in handed.items()}
    plan = round.plans[-1].number if round.plans else 0
    values = submissions.values(session, [one.id for one in chosen.values()], plan)
    kept_to = conformance.of(session, [one.id for one in chosen.values()])
    in_use = [one for one in participants.cells(session, round.id, line) if one.replaced_by is None]
    cells = [_cell(cell, chosen.get(cell.id), values) for cell in in_use]
    found = {cell: kept_to[one.id].found for cell, one in chosen.items() if one.id in kept_to}
    return tuple(
        of.model_copy(update={"conformance": found.get(cell.id, ())}) for cell, of in zip(in_use, cells, strict=True)
    )


def _chosen(versions: list[Submission]) -> Submission:
    """The version that counts, else the newest."""
    counting = [one for one in versions if one.state is SubmissionState.ACCEPTED and not one.late]
    return max(counting or versions, key=lambda one: one.number)


def _cell(cell: Cell, handed: Submission | None, values: dict[str, list[KpiValue]]) -> OwnCell:
    if handed is None:
        return OwnCell(number=cell.number, name=cell.name)
    return OwnCell(
        number=cell.number,
        name=cell.name,
        dataset=handed.dataset,
        version=handed.version,
        sha256=handed.sha256,
        received_at=handed.received_at,
        late=handed.late,
        state=handed.state,
        reason=handed.decided_reason,
        values=tuple(values[handed.id]),
    )
