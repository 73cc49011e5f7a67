"""Values: the KPIs of one build as a round's plan chooses them, from its small derived tables and its record."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy.orm import Session

from exchange.roundrobin.charge import Source
from exchange.roundrobin.chosen import Tables, computed
from exchange.roundrobin.normalisation import facts_of
from exchange.roundrobin.production import UNCOUNTED, Counted
from exchange.roundrobin.value import Kpi
from exchange.services import Services
from schemas.access import Scope
from schemas.dataset import DatasetState, IngestRun
from schemas.metadata import Metadata
from schemas.production import PARAMETERS, ObjectKind, ProducedObject
from schemas.round.kpis import ProductionKpi, Yield
from schemas.round.plan import EvaluationPlan
from schemas.round.submission import KpiValue
from storage import catalogue, genealogy, runs
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
        made = _made(session, run, record, maker, services) if _of_production(plan) else _Production()
    tables = Tables(
        **{name: None if one is None else _read(services, one) for name, one in stored.items()},
        parameters=_parameters(services, made),
        counted=made.counted,
    )
    found = computed(plan.in_order(), tables, facts_of(record), Source(plan.charge_source.value))
    return tuple(_value(one.kpi.id, found[one.kpi.id]) for one in plan.kpis)


@dataclass(frozen=True)
class _Production:
    """What a cell was made from, the tables that tell of it, and how many cells its run built."""

    objects: tuple[ProducedObject, ...] = ()
    stored: tuple[StoredTable, ...] = ()
    counted: Counted = UNCOUNTED


def _of_production(plan: EvaluationPlan) -> bool:
    return any(isinstance(one.kpi, ProductionKpi | Yield) for one in plan.kpis)


def _made(session: Session, run: IngestRun, record: Metadata, maker: str | None, services: Services) -> _Production:
    dataset = catalogue.find(session, run.dataset)
    owner = maker or (None if dataset is None else dataset.owner)
    if owner is None or record.cell_id is None:
        return _Production()
    # The maker's own production is wholly open to the maker, and nothing of it leaves here but the cell's values.
    within = Scope(own=owner, grantees=frozenset(), at=services.now())
    builds = genealogy.builds(session, within, owner)
    there = {one.id for one in catalogue.of(session, builds) if one.state is not DatasetState.WITHDRAWN}
    builds = {dataset: build for dataset, build in builds.items() if dataset in there}
    cell = ProducedObject(kind=ObjectKind.CELL, name=record.cell_id)
    if not genealogy.knows(session, builds.values(), cell):
        return _Production()
    objects = genealogy.made_from(session, list(builds.values()), cell)
    telling = genealogy.telling(session, objects)
    found = [runs.table(session, id, PARAMETERS) for id in builds.values() if id in telling]
    ends = genealogy.telling(session, [cell])
    of_cell = [catalogue.find(session, one) for one, id in builds.items() if id in ends]
    said = [one.metadata.production for one in of_cell if one is not None and one.metadata.production is not None]
    counts = [Counted(one.cells_built, one.cells_passed) for one in said if one.cells_built is not None]
    # Where several runs tell of the cell, which of them counts its fellows cannot be told.
    counted = counts[0] if len(counts) == 1 else UNCOUNTED
    return _Production(tuple(objects), tuple(one for one in found if one is not None), counted)


def _read(services: Services, stored: StoredTable) -> pa.Table:
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    return reader.rows(None, 0, stored.table.rows)


def _parameters(services: Services, made: _Production) -> pa.Table | None:
    """The recorded values of everything that the cell was made from, with their rows in their tables."""
    if not made.stored:
        return None
    wanted = pa.array([f"{one.kind.value} {one.name}" for one in made.objects])
    parts: list[pa.Table] = []
    for stored in made.stored:
        rows = _read(services, stored)
        rows = rows.append_column("row", pa.array(range(rows.num_rows), pa.int64()))
        rows = rows.append_column("table", pa.array([stored.key] * rows.num_rows, pa.string()))
        named = pc.binary_join_element_wise(rows.column("object_kind"), rows.column("object"), " ")
        parts.append(rows.filter(pc.is_in(named, wanted)))
    return pa.concat_tables(parts)


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
