"""Production: the line's own production runs on which KPIs of a cell rest, which are sealed with the cell."""

from sqlalchemy.orm import Session

from exchange.services import Services
from schemas.access import Scope
from schemas.production import ObjectKind, ProducedObject
from schemas.round.kpis import ProductionKpi, Yield
from schemas.round.plan import EvaluationPlan
from storage import catalogue, genealogy


def runs_behind(services: Services, session: Session, plan: EvaluationPlan, owner: str, cell: str) -> tuple[str, ...]:
    """Datasets that tell of the cell or of what it was made from; none where the plan asks for no such KPI."""
    if not any(isinstance(one.kpi, ProductionKpi | Yield) for one in plan.kpis):
        return ()
    # The line's own is wholly open to it, and nothing of it leaves here but which of its datasets tell of the cell.
    within = Scope(own=owner, grantees=frozenset(), at=services.now())
    builds = genealogy.builds(session, within, owner)
    wanted = ProducedObject(kind=ObjectKind.CELL, name=cell)
    if not genealogy.knows(session, builds.values(), wanted):
        return ()
    telling = genealogy.telling(session, genealogy.made_from(session, list(builds.values()), wanted))
    return tuple(sorted(dataset for dataset, run in builds.items() if run in telling))


def bytes_of(session: Session, datasets: tuple[str, ...]) -> frozenset[str]:
    """SHA-256 of every file of every version of these."""
    return frozenset(
        file.sha256 for one in datasets for version in catalogue.versions(session, one) for file in version.files
    )
