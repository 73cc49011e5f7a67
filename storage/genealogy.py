"""What production runs made, and from what: kept per build, walked only within builds that a scope opens."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, false, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from schemas.access import Level, Scope
from schemas.dataset import RunState
from schemas.metadata import DatasetKind
from schemas.production import Descent, ObjectKind, Produced, ProducedObject
from storage.tables import DatasetRow, DescentRow, IngestRunRow, ObjectRow
from storage.visible import visible

_AT_ONCE = 500
_Column = InstrumentedAttribute[str]


def keep(session: Session, run: str, produced: Produced) -> None:
    """Enter the objects and edges of a build."""
    if produced.objects:
        rows = [{"run": run, "kind": one.kind, "name": one.name} for one in produced.objects]
        session.execute(insert(ObjectRow), rows)
    if produced.descents:
        session.execute(insert(DescentRow), [_edge(run, one) for one in produced.descents])


def builds(session: Session, within: Scope, owner: str) -> dict[str, str]:
    """The owner's production builds whose tables the scope opens: the present run of each dataset, by dataset.

    The present one is the newest that is ready: of any version for the owner, of the released one for others, to whom
    what is raw only has none.
    """
    chosen = (
        select(DatasetRow.id, IngestRunRow.id)
        .join(IngestRunRow, IngestRunRow.dataset == DatasetRow.id)
        .where(
            visible(within, Level.TABLES),
            DatasetRow.owner == owner,
            DatasetRow.kind == DatasetKind.PRODUCTION_RUN,
            IngestRunRow.state == RunState.READY,
        )
        .order_by(DatasetRow.created_at, DatasetRow.id, IngestRunRow.version, IngestRunRow.build)
    )
    if owner != within.own:
        released = IngestRunRow.version == DatasetRow.released_version
        chosen = chosen.where(released, DatasetRow.raw_only.is_(False))
    return {row[0]: row[1] for row in session.execute(chosen)}


def names(session: Session, run: str, kind: ObjectKind) -> list[str]:
    """Names of the objects of a kind of which a build tells, in their order."""
    chosen = select(ObjectRow.name).where(ObjectRow.run == run, ObjectRow.kind == kind)
    return list(session.scalars(chosen.order_by(ObjectRow.name)))


def knows(session: Session, runs: Iterable[str], one: ProducedObject) -> bool:
    """Whether one of these builds tells of the object."""
    return not telling(session, [one]).isdisjoint(runs)


def telling(session: Session, objects: Sequence[ProducedObject]) -> set[str]:
    """All builds that tell of any of these objects; which of them may be read is for the caller to say."""
    found: set[str] = set()
    for first in range(0, len(objects), _AT_ONCE):
        at_once = objects[first : first + _AT_ONCE]
        chosen = select(ObjectRow.run).where(_among(ObjectRow.kind, ObjectRow.name, at_once)).distinct()
        found.update(session.scalars(chosen))
    return found


def made_of(session: Session, runs: Sequence[str], one: ProducedObject) -> list[ProducedObject]:
    """The object and everything that was made of it, near ones first."""
    return _walk(session, runs, one, _ONWARD)


def made_from(session: Session, runs: Sequence[str], one: ProducedObject) -> list[ProducedObject]:
    """The object and everything that it was made from, near ones first."""
    return _walk(session, runs, one, _BACK)


Ends = tuple[tuple[_Column, _Column], tuple[_Column, _Column]]
_SOURCE, _PRODUCT = (DescentRow.source_kind, DescentRow.source), (DescentRow.product_kind, DescentRow.product)
_ONWARD: Ends = (_SOURCE, _PRODUCT)
_BACK: Ends = (_PRODUCT, _SOURCE)


def _walk(session: Session, runs: Sequence[str], start: ProducedObject, ends: Ends) -> list[ProducedObject]:
    reached, front = {start: None}, [start]
    while front:
        found: dict[ProducedObject, None] = {}
        for first in range(0, len(front), _AT_ONCE):
            found |= dict.fromkeys(_step(session, runs, front[first : first + _AT_ONCE], ends))
        front = [one for one in found if one not in reached]
        reached |= dict.fromkeys(front)
    return list(reached)


def _step(session: Session, runs: Sequence[str], front: Sequence[ProducedObject], ends: Ends) -> list[ProducedObject]:
    (kind, name), (next_kind, next_name) = ends
    here = _among(kind, name, front)
    chosen = select(next_kind, next_name).where(DescentRow.run.in_(runs), here).order_by(DescentRow.id)
    return [ProducedObject(kind=ObjectKind(kind), name=name) for kind, name in session.execute(chosen)]


def _among(kind: _Column, name: _Column, objects: Sequence[ProducedObject]) -> ColumnElement[bool]:
    of_kind = {one: [each.name for each in objects if each.kind is one] for one in ObjectKind}
    return or_(false(), *(and_(kind == one, name.in_(names)) for one, names in of_kind.items() if names))


def _edge(run: str, one: Descent) -> dict[str, str]:
    return {
        "run": run,
        "source_kind": one.source.kind,
        "source": one.source.name,
        "step": one.step,
        "product_kind": one.product.kind,
        "product": one.product.name,
    }
