"""Values: the KPIs of one build as a round's plan chooses them, from its small derived tables and its record."""

import pyarrow as pa
from sqlalchemy.orm import Session

from exchange.roundrobin.charge import Source
from exchange.roundrobin.chosen import Tables, computed
from exchange.roundrobin.normalisation import facts_of
from exchange.roundrobin.value import Kpi
from exchange.rounds import production
from exchange.services import Services
from schemas.dataset import IngestRun
from schemas.metadata import Metadata
from schemas.round.plan import EvaluationPlan
from schemas.round.submission import KpiValue
from storage import catalogue, runs
from storage.query import TableReader
from storage.runs import StoredTable

_OF_TEST = ("cycles", "steps", "pulses", "rests")


def values_of(
    services: Services, run: IngestRun, record: Metadata, plan: EvaluationPlan, maker: str | None = None
) -> tuple[KpiValue, ...]:
    """Every KPI of the plan for the cell of this build, in the plan's order; one without a value says why.

    KPIs of production come from runs of `maker`, the organisation that made the cell; without, of the dataset's owner.
    It reads in a session of its own: call it outside of a transaction. Whose right it is to see the values is for the
    caller to ask.
    """
    with services.sessions.read() as session:
        stored = {name: runs.table(session, run.id, name) for name in _OF_TEST}
        made = _made(services, session, run, record, maker) if production.asked_for(plan) else production.NONE
    tables = Tables(
        **{name: None if one is None else _read(services, one) for name, one in stored.items()},
        parameters=production.parameters(services, made),
        counted=made.counted,
    )
    found = computed(plan.in_order(), tables, facts_of(record), Source(plan.charge_source.value))
    return tuple(_value(one.kpi.id, found[one.kpi.id]) for one in plan.kpis)


def _made(
    services: Services, session: Session, run: IngestRun, record: Metadata, maker: str | None
) -> production.Production:
    dataset = catalogue.find(session, run.dataset)
    owner = maker or (None if dataset is None else dataset.owner)
    if owner is None or record.cell_id is None:
        return production.NONE
    return production.of_cell(services, session, owner, record.cell_id)


def _read(services: Services, stored: StoredTable) -> pa.Table:
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    return reader.rows(None, 0, stored.table.rows)


def _value(id: str, kpi: Kpi) -> KpiValue:
    return KpiValue(
        kpi=id,
        definition=kpi.definition,
        unit=kpi.unit,
        value=kpi.value,
        reason=kpi.reason,
        rows=kpi.rows,
        parameters=dict(kpi.parameters),
    )
