"""Breed: give the cells of a production run ids of their own, by its genealogy."""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import Dataset, RunState
from schemas.errors import Conflict
from schemas.metadata import DatasetKind
from schemas.production import ObjectKind
from schemas.record.cell import Cell
from schemas.registered import Entered, ObjectRecord, RegisteredFromRun, RegisteredKind
from storage import genealogy, registry, runs


def from_run(services: Services, who: Principal, dataset: str) -> RegisteredFromRun:
    """Every cell of a run of the caller's organisation, registered now or before; sent again it changes nothing."""
    found = guard.require(services, who, Right.DESCRIBE, dataset, reading=True, detail="register its cells")
    if found.metadata.kind is not DatasetKind.PRODUCTION_RUN:
        raise Conflict(f"Dataset {dataset} is no production run; only those tell which cells were made.")
    with services.sessions.begin() as session:
        names = _cells(session, found)
        if not names:
            raise Conflict(f"Dataset {dataset} has no build that is ready and tells of cells.")
        known = registry.named(session, found.owner, [RegisteredKind.CELL], names)
        fresh = [
            (services.new_object_id(RegisteredKind.CELL.prefix), name, _record(found, name))
            for name in names
            if name not in known
        ]
        registry.add(session, found.owner, RegisteredKind.CELL, fresh, who.user, services.now())
    new = {name: id for id, name, _ in fresh}
    every = known | new
    return RegisteredFromRun(
        dataset=dataset,
        items=tuple(Entered(id=every[name], name=name, new=name in new) for name in names),
    )


def _cells(session: Session, dataset: Dataset) -> list[str]:
    """Names of the cells of which its newest build that is ready tells, in their order."""
    for version in range(dataset.latest_version or 0, 0, -1):
        ready = [one for one in runs.runs_of(session, dataset.id, version) if one.state is RunState.READY]
        if ready:
            return genealogy.names(session, ready[-1].id, ObjectKind.CELL)
    return []


def _record(dataset: Dataset, name: str) -> ObjectRecord:
    """What the run's record says of its cells, as far as it is not about one of them."""
    said = dataset.metadata.cell or Cell()
    of_all = said.model_copy(update={"id": name, "object": None, "serial": None, "made_at": None, "status": None})
    return ObjectRecord(cell=of_all.model_copy(update={"made_by": said.made_by or dataset.metadata.line}))
