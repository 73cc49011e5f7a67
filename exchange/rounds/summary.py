"""Summary: what everybody may read of a published round, one fixed set of aggregates and nothing of any line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from access.rounds import FEWEST
from exchange import guard
from exchange.rounds import results
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.round.evaluation import Evaluation, KpiEvaluation
from schemas.round.public import PublicKpi, PublicSummary
from schemas.round.rights import RoundProduct
from storage import participants


def public(services: Services, who: Principal, round: str) -> PublicSummary:
    """The summary of what was reported; refused until the report is published, and below five organisations."""
    allowed = guard.allow_round(services, who, RoundProduct.SUMMARY, round)
    with services.sessions.read() as session:
        found = results.reported(services, session, round)
        owners = {one.code: one.organisation for one in participants.of(session, round)}
    if found is None or allowed.round.published_at is None:
        raise Conflict("The round is published and has no evaluation to summarise; ask its coordinator.")
    return summary_of(found, owners, allowed.round.published_at)


def summary_of(found: Evaluation, owners: Mapping[str, str], published_at: datetime) -> PublicSummary:
    """One set per KPI: of the results that are kept, and of those alone; `owners` are organisations by code.

    A KPI of fewer than five organisations, or one that was refused, has no place here, and is not named.
    """
    shown = [one for kpi in found.kpis if (one := _public(kpi, owners)) is not None]
    public = {one.kpi for one in shown}
    definitions = [one for kpi in found.kpis if kpi.kpi in public for one in _definitions(kpi)]
    return PublicSummary(
        round=found.round,
        title=found.title,
        kind=found.kind,
        protocol=found.protocol,
        protocol_version=found.protocol_version,
        confounded=found.confounded,
        software=found.software,
        published_at=published_at,
        p=found.p,
        kpis=tuple(shown),
        methods=tuple(dict.fromkeys(definitions)),
    )


_STAGES: Final = ("line", "batch", "cell")


def _definitions(kpi: KpiEvaluation) -> tuple[str, ...]:
    of = kpi.components.definition if kpi.components else ""
    return (*kpi.definitions, of) if of else kpi.definitions


def _public(kpi: KpiEvaluation, owners: Mapping[str, str]) -> PublicKpi | None:
    of = kpi.judged_by
    kept = {owners.get(line.code, line.code) for line in kpi.lines if line.n}
    if kpi.refused or len(kept) < FEWEST or of.assigned is None:
        return None
    return PublicKpi(
        kpi=kpi.kpi,
        label=kpi.label,
        unit=kpi.unit,
        digits=kpi.digits,
        definition=kpi.definition,
        p=of.p,
        results=of.results,
        consensus=of.assigned,
        u=of.assigned_u,
        s_r=of.s_r.value,
        s_R=of.s_R.value,
        **({f"s_{stage}": kpi.components.sd(stage) for stage in _STAGES} if kpi.components else {}),
    )
