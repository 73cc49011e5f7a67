"""Production: what a cell was made from by its line's own runs, what is recorded of that, what is sealed with it."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy.orm import Session

from exchange.conform import kept_to
from exchange.roundrobin.production import UNCOUNTED, Counted
from exchange.services import Services
from schemas.access import Scope
from schemas.dataset import DatasetState
from schemas.production import PARAMETERS, ObjectKind, ProducedObject
from schemas.round.conformance import KeptTo
from schemas.round.kpis import KpiChoice, ProductionKpi, Yield
from schemas.round.plan import EvaluationPlan
from schemas.round.round import Round, RoundRecord
from storage import catalogue, genealogy, runs
from storage.query import TableReader
from storage.runs import StoredTable


@dataclass(frozen=True)
class Production:
    """What a cell was made from, the tables that tell of it, and how many cells its run built."""

    objects: tuple[ProducedObject, ...] = ()
    stored: tuple[StoredTable, ...] = ()
    counted: Counted = UNCOUNTED


NONE = Production()


def asked_for(plan: EvaluationPlan) -> bool:
    """Whether a KPI of the plan rests on production."""
    return any(rests_on_it(one.kpi) for one in plan.kpis)


def rests_on_it(kpi: KpiChoice) -> bool:
    """Whether it is computed of how a cell was made, and not of a test."""
    return isinstance(kpi, ProductionKpi | Yield)


def of_cell(services: Services, session: Session, owner: str, cell: str) -> Production:
    """By production runs of this organisation that are not withdrawn; nothing where none tells of the cell."""
    builds = _builds(services, session, owner)
    there = {one.id for one in catalogue.of(session, builds) if one.state is not DatasetState.WITHDRAWN}
    builds = {dataset: build for dataset, build in builds.items() if dataset in there}
    wanted = ProducedObject(kind=ObjectKind.CELL, name=cell)
    if not genealogy.knows(session, builds.values(), wanted):
        return NONE
    objects = genealogy.made_from(session, list(builds.values()), wanted)
    telling = genealogy.telling(session, objects)
    found = [runs.table(session, id, PARAMETERS) for id in builds.values() if id in telling]
    ends = genealogy.telling(session, [wanted])
    telling_of_it = [catalogue.find(session, one) for one, id in builds.items() if id in ends]
    said = [one.metadata.production for one in telling_of_it if one is not None and one.metadata.production is not None]
    counts = [Counted(one.cells_built, one.cells_passed) for one in said if one.cells_built is not None]
    # Where several runs tell of the cell, which of them counts its fellows cannot be told.
    counted = counts[0] if len(counts) == 1 else UNCOUNTED
    return Production(tuple(objects), tuple(one for one in found if one is not None), counted)


def parameters(services: Services, made: Production) -> pa.Table | None:
    """The recorded values of everything that the cell was made from, with their rows in their tables."""
    if not made.stored:
        return None
    wanted = pa.array([f"{one.kind.value} {one.name}" for one in made.objects])
    parts: list[pa.Table] = []
    for stored in made.stored:
        rows = TableReader(services.objects, stored.key, stored.table.bytes).rows(None, 0, stored.table.rows)
        rows = rows.append_column("row", pa.array(range(rows.num_rows), pa.int64()))
        rows = rows.append_column("table", pa.array([stored.key] * rows.num_rows, pa.string()))
        named = pc.binary_join_element_wise(rows.column("object_kind"), rows.column("object"), " ")
        parts.append(rows.filter(pc.is_in(named, wanted)))
    return pa.concat_tables(parts)


def conformance(services: Services, record: RoundRecord, owner: str, cell: str) -> KeptTo | None:
    """How the cell stands to what the round's protocol fixes for production; None where it fixes nothing.

    It reads in a session of its own: call it outside of a transaction. It is the line's own.
    """
    if not record.targets:
        return None
    with services.sessions.read() as session:
        made = of_cell(services, session, owner, cell)
    return kept_to(record.targets, parameters(services, made))


def runs_behind(services: Services, session: Session, round: Round, owner: str, cell: str) -> tuple[str, ...]:
    """The owner's datasets that tell of the cell or of what it was made from; none where nothing of it is asked for."""
    if not (round.record.targets or asked_for(round.plan)):
        return ()
    builds = _builds(services, session, owner)
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


def _builds(services: Services, session: Session, owner: str) -> dict[str, str]:
    # The maker's own production is wholly open to the maker, and nothing leaves here but what is of the one cell.
    within = Scope(own=owner, grantees=frozenset(), at=services.now())
    return genealogy.builds(session, within, owner)
