"""Earlier: how a line did in earlier rounds that are published, for what is measured in this one, too."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from access.rounds import FEWEST, PUBLISHED
from exchange.rounds import results
from exchange.services import Services
from schemas.round.evaluation import Evaluation
from schemas.round.letter import EarlierScore, OwnCell
from schemas.round.plan import EvaluationPlan
from schemas.round.round import Participant, Round
from storage import participants, rounds, submissions

_UNJUDGED = "plots-only"


def scores(
    services: Services, session: Session, round: Round, own: Participant, cells: tuple[OwnCell, ...]
) -> tuple[EarlierScore, ...]:
    """In the order of closing; of KPIs with the same definition and parameters by the plan that was in force.

    Of the line's present organisation alone, and nothing where nobody was judged; `cells` are those of this round.
    """
    found: list[EarlierScore] = []
    for other in rounds.every(session, PUBLISHED):
        then = participants.find(session, other.id, own.line)
        if other.id == round.id or then is None or then.organisation != own.organisation or not _before(other, round):
            continue
        # Where it had too few lines nobody was compared, the line itself included.
        if submissions.organisations(session, other.id) < FEWEST:
            continue
        evaluation = results.reported(services, session, other.id)
        found += [] if evaluation is None else _of(evaluation, other, then, _Wanted(round.plan, cells))
    return tuple(sorted(found, key=lambda one: (one.closed_at, one.round, one.kpi)))


class _Wanted:
    """What this round measures: ids by what the KPIs are, and the versions by which they were computed."""

    def __init__(self, plan: EvaluationPlan, cells: tuple[OwnCell, ...]) -> None:
        self._ids = {plan.meaning(one.kpi.id): one.kpi.id for one in plan.kpis}
        self._versions: dict[str, set[str]] = {}
        for value in (value for cell in cells for value in cell.values):
            self._versions.setdefault(value.kpi, set()).add(value.definition)

    def id_of(self, meaning: str, version: str) -> str | None:
        """Under which id the same KPI stands in this round; None where it has none such."""
        id = self._ids.get(meaning)
        versions = self._versions.get(id or "", {version})
        return id if version in versions else None


def _before(other: Round, round: Round) -> bool:
    return other.closed_at is not None and (round.closed_at is None or other.closed_at < round.closed_at)


def _of(evaluation: Evaluation, of: Round, own: Participant, wanted: _Wanted) -> Iterator[EarlierScore]:
    assert of.closed_at is not None
    plan = next((one.plan for one in of.plans if one.sha256 == evaluation.plan_sha256), of.plan)
    known = {one.kpi.id for one in plan.kpis}
    for kpi in evaluation.kpis:
        id = wanted.id_of(plan.meaning(kpi.kpi), kpi.definition) if kpi.kpi in known else None
        if id is None or kpi.power == _UNJUDGED:
            continue
        for line in kpi.lines:
            if line.code == own.code:
                yield EarlierScore(
                    round=of.id,
                    title=of.record.title,
                    kpi=id,
                    closed_at=of.closed_at,
                    z=line.z,
                    z_prime=line.z_prime,
                    per_cent=line.per_cent,
                    n=line.n,
                    sigma_pt=kpi.judged_by.sigma_pt,
                    score=line.score,
                )
