"""Sheet: what one reader may see of a cell or a lot of cells, gathered for the draft of its battery passport."""

from collections.abc import Sequence

from access import fields
from exchange import find, guard, reach
from exchange.delivery import compare, trace
from exchange.delivery.choose import Pin, chosen
from exchange.fair import passport
from exchange.fair.passport_facts import CellTested, Facts
from exchange.guard import AllowedObject
from exchange.registry import look
from exchange.services import Services
from schemas.access import Exit, Level, Principal, Scope
from schemas.delivery import CycleSummary
from schemas.errors import Conflict, NotFound
from schemas.metadata import Metadata
from schemas.passport import Passport
from schemas.production import ProducedObject
from schemas.record.cell import Cell, Electrode, Specification
from schemas.record.field import NETWORK
from schemas.record.making import MaterialDescribed
from schemas.registered import ObjectRecord, RegisteredKind
from schemas.trace import ProductionValue
from storage import people, registry, runs
from storage.query import TableReader

_MOST = 20
"""So many tests of an object go into its sheet, the newest ones."""
_VALUES = 10_000
_PULSES = "pulses"
_RESISTANCE = "resistance_10s_ohm"


def of_object(services: Services, who: Principal, object: str) -> Passport:
    """The draft of the object's sheet, from what the caller may see; `Conflict` for what is no cell."""
    found = guard.allow_object(services, who, object, "passport")
    record = found.object.record if NETWORK in found.sight.classes else ObjectRecord()
    record = fields.opened(record, found.sight.classes)
    if found.object.kind not in (RegisteredKind.CELL, RegisteredKind.LOT) or (record.lot and record.lot.material):
        raise Conflict(f"Object {object} is no cell and no lot of cells; only those have a data sheet.")
    lot = found.object.kind is RegisteredKind.LOT
    cell = (record.lot and record.lot.cell if lot else record.cell) or Cell()
    with services.sessions.read() as session:
        within = reach.searching(session, who, services.now())
        pointing = look.pointing(session, within, object)
        tests = look.tests_of(session, within, found.object, found.sight, pointing)
        organisation = people.organisation(session, found.object.owner)
        lines = {one.name for one in people.lines_of(session, found.object.owner)}
        materials = _materials(services, within, cell)
    own = cell.made_by is None or cell.made_by in lines | {organisation.name}
    produced = _produced(services, who, found) if found.sight.named and not lot else ()
    facts = Facts(
        id=object,
        iri=f"{services.settings.base_url.rstrip('/')}/objects/{object}",
        name=found.object.name if found.sight.named else None,
        lot=lot,
        maker=organisation.name,
        cell=cell,
        made_at=record.lot.made_at if lot and record.lot else None,
        ror=organisation.ror if own else None,
        country=(organisation.country or None) if own else None,
        materials=materials,
        tests=_tested(services, who, [one.dataset for one in tests[:_MOST]]),
        produced=produced,
    )
    return passport.sheet(facts, services.now())


def _materials(services: Services, within: Scope, cell: Cell) -> dict[str, MaterialDescribed]:
    """Registered materials of the cell's electrodes that the scope sees."""
    built = cell.specification or Specification()
    electrodes = [one or Electrode() for one in (built.positive, built.negative)]
    ids = {one.object for electrode in electrodes for one in electrode.formulation if one.object}
    if not ids:
        return {}
    with services.sessions.read() as session:
        objects = registry.of(session, ids)
        seen = guard.sights(session, within, objects)
    found: dict[str, MaterialDescribed] = {}
    for one in objects:
        if one.id in seen and NETWORK in seen[one.id].classes:
            record = fields.opened(one.record, seen[one.id].classes)
            material = record.material or (record.lot.material if record.lot else None)
            found |= {one.id: material} if material else {}
    return found


def _produced(services: Services, who: Principal, found: AllowedObject) -> tuple[ProductionValue, ...]:
    """What production runs that the caller may read recorded of the cell itself."""
    for kind in found.object.kind.produced:
        one = ProducedObject(kind=kind, name=found.object.name)
        try:
            told = trace.values(services, who, found.object.owner, one, 0, _VALUES)
        except NotFound:
            continue
        return tuple(each for each in told.values if (each.object, each.object_kind) == (one.name, kind))
    return ()


def _tested(services: Services, who: Principal, datasets: Sequence[str]) -> tuple[CellTested, ...]:
    """Each test as far as its level is open to the caller, in the order of time."""
    return tuple(sorted((_test(services, who, one) for one in datasets), key=lambda one: one.at))


def _test(services: Services, who: Principal, dataset: str) -> CellTested:
    seen = find.detail(services, who, dataset)
    level, record = Level[seen.level.upper()], (seen.metadata or Metadata()).test
    source, resistance = dataset, None
    cycles: tuple[CycleSummary, ...] = ()
    if level >= Level.SUMMARY:
        try:
            summary = compare.summary(services, who, dataset, Pin())
            source, cycles = summary.reference, summary.cycles
            resistance = _pulse(services, who, dataset) if level >= Level.TABLES else None
        except NotFound:
            pass  # No build of it is ready.
    return CellTested(
        source=f"{services.settings.base_url.rstrip('/')}/datasets/{source}",
        at=(record and record.ended_at) or seen.created_at,
        lower_v=record.lower_voltage_v if record else None,
        upper_v=record.upper_voltage_v if record else None,
        cycles=cycles,
        resistance_ohm=resistance,
    )


def _pulse(services: Services, who: Principal, dataset: str) -> float | None:
    """The resistance 10 s into the first discharge pulse, in ohm."""
    found = guard.allow(services, who, Exit.TABLE, dataset, f"{_PULSES} for a passport")
    with services.sessions.read() as session:
        run = chosen(session, who, found, Pin())
        stored = runs.table(session, run.id, _PULSES)
    if stored is None or not stored.table.rows:
        return None
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    if not {"direction", _RESISTANCE} <= set(reader.columns()):
        return None
    rows = reader.rows(["direction", _RESISTANCE], 0, stored.table.rows).to_pylist()
    return next(
        (one[_RESISTANCE] for one in rows if one["direction"] == "discharge" and one[_RESISTANCE] is not None), None
    )
