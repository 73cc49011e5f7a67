"""Trace: from an object of production to the tests of its cells, and back to what was recorded on the way.

Names are unique per owner, so an object is asked for with its owner. Only builds whose tables the caller may read are
walked: what they may not read does not exist here, and no answer differs by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy.orm import Session

from exchange import guard, reach
from exchange.delivery.choose import reference
from exchange.services import Services
from schemas.access import Exit, Principal, Scope
from schemas.dataset import IngestRun
from schemas.errors import NotFound
from schemas.production import PARAMETERS, ObjectKind, ProducedObject
from schemas.trace import CellTest, ObjectTests, ProductionValue, ProductionValues
from storage import catalogue, genealogy, runs
from storage.query import TableReader
from storage.runs import StoredTable

_FIELDS = [name for name in ProductionValue.model_fields if name != "reference"]


def tests(services: Services, who: Principal, owner: str | None, one: ProducedObject) -> ObjectTests:
    """The cells made of an object and their tests; `owner` is the caller's organisation where none is named."""
    within, of = guard.listing(services, who), owner or who.organisation
    with services.sessions.read() as session:
        there = list(genealogy.builds(session, within, of).values())
        known = genealogy.knows(session, there, one)
        made = genealogy.made_of(session, there, one) if known else []
        cells = [each.name for each in made if each.kind is ObjectKind.CELL]
        found = catalogue.tests_of(session, within, of, cells)
    guard.listed(services, who, f"tests of {of}'s {one.kind.value} {one.name}", len(found))
    if not known:
        raise _unknown(of, one)
    return ObjectTests(
        owner=of,
        object=one,
        cells=tuple(cells),
        tests=tuple(
            CellTest(dataset=each.id, title=each.metadata.title, kind=each.metadata.kind, cell=each.metadata.cell_id)
            for each in found
            if each.metadata.kind is not None and each.metadata.cell_id is not None
        ),
    )


def values(
    services: Services, who: Principal, owner: str | None, one: ProducedObject, start: int, limit: int
) -> ProductionValues:
    """What is recorded of an object and of everything that it was made from."""
    within, of = guard.listing(services, who), owner or who.organisation
    with services.sessions.read() as session:
        source = _source(session, within, of, one)
    found = None if source is None else _page(services, of, source, start, limit)
    guard.listed(services, who, f"values of {of}'s {one.kind.value} {one.name}", found.total if found else 0)
    if found is None:
        raise _unknown(of, one)
    return found


def of_dataset(services: Services, who: Principal, dataset: str, start: int, limit: int) -> ProductionValues:
    """What is recorded of the cell that a dataset tests, and of everything that it was made from."""
    found = guard.allow(services, who, Exit.PRODUCTION, dataset)
    if found.metadata.cell_id is None:
        raise NotFound(f"Dataset {dataset} names no cell, so that nothing ties it to a production run.")
    one = ProducedObject(kind=ObjectKind.CELL, name=found.metadata.cell_id)
    with services.sessions.read() as session:
        source = _source(session, reach.searching(session, who, services.now()), found.owner, one)
    if source is None:
        raise _unknown(found.owner, one)
    return _page(services, found.owner, source, start, limit)


def relatives(
    session: Session, within: Scope, owner: str, one: ProducedObject
) -> tuple[list[ProducedObject], list[ProducedObject]] | None:
    """What an object was made from, and what was made of it, near ones first; None where nothing tells of it."""
    there = list(genealogy.builds(session, within, owner).values())
    if not genealogy.knows(session, there, one):
        return None
    back, onward = genealogy.made_from(session, there, one), genealogy.made_of(session, there, one)
    return back[1:], onward[1:]


@dataclass(frozen=True)
class _Source:
    """The objects on the way to one, and the tables that tell of them."""

    objects: tuple[ProducedObject, ...]
    stored: tuple[tuple[IngestRun, StoredTable], ...]


def _source(session: Session, within: Scope, owner: str, one: ProducedObject) -> _Source | None:
    there = list(genealogy.builds(session, within, owner).values())
    if not genealogy.knows(session, there, one):
        return None
    objects = genealogy.made_from(session, there, one)
    telling = genealogy.telling(session, objects)
    tables = [(runs.run(session, id), runs.table(session, id, PARAMETERS)) for id in there if id in telling]
    return _Source(tuple(objects), tuple((run, table) for run, table in tables if table is not None))


def _page(services: Services, owner: str, source: _Source, start: int, limit: int) -> ProductionValues:
    values: list[ProductionValue] = []
    total = 0
    for run, table in source.stored:
        rows, of = _of_build(services, table, source.objects), reference(run)
        # Only the page's own rows become Python values.
        first, wanted = min(max(start - total, 0), rows.num_rows), limit - len(values)
        page = rows.slice(first, wanted).to_pylist()
        values += [ProductionValue.model_validate({**row, "reference": of}) for row in page]
        total += rows.num_rows
    return ProductionValues(
        owner=owner,
        objects=source.objects,
        start=start,
        values=tuple(values),
        total=total,
        next=start + limit if start + limit < total else None,
    )


def _of_build(services: Services, stored: StoredTable, objects: Sequence[ProducedObject]) -> pa.Table:
    """The rows of a table of parameters that tell of these objects."""
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    rows = reader.rows(_FIELDS, 0, stored.table.rows)
    wanted = pa.array([f"{one.kind.value} {one.name}" for one in objects])
    named = pc.binary_join_element_wise(rows.column("object_kind"), rows.column("object"), " ")
    return rows.filter(pc.is_in(named, wanted))


def _unknown(owner: str, one: ProducedObject) -> NotFound:
    return NotFound(f"There is no {one.kind.value} “{one.name}” of {owner} that you may see.")
