"""Which datasets were made from which: the sources as declared, and by way of others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schemas.derived import Received, Source
from storage.tables import DerivationRow


def sources(session: Session, dataset: str) -> list[Source]:
    """From which datasets one was made, directly and by way of others, by id."""
    chosen = select(DerivationRow).where(DerivationRow.dataset == dataset).order_by(DerivationRow.source)
    return [Source(dataset=row.source, direct=row.direct) for row in session.scalars(chosen)]


def made_of(session: Session, datasets: Iterable[str]) -> set[str]:
    """Datasets that were made from one of these, directly or by way of others."""
    chosen = select(DerivationRow.dataset).where(DerivationRow.source.in_(list(datasets)))
    return set(session.scalars(chosen))


def received(session: Session, dataset: str) -> list[Received]:
    """How every source of a dataset was held, on each step of the way to it."""
    steps = [dataset, *(one.dataset for one in sources(session, dataset))]
    chosen = select(DerivationRow).where(DerivationRow.dataset.in_(steps), DerivationRow.direct)
    rows = session.scalars(chosen.order_by(DerivationRow.dataset, DerivationRow.source))
    return [Received.model_validate(one) for row in rows for one in row.received]


def declare(
    session: Session, dataset: str, held: Mapping[str, Iterable[Received]], by: str, now: datetime
) -> list[str]:
    """The direct sources of a dataset in place of those before; what was received before stays with a source.

    What was made from the dataset inherits the new sources. Returns the dataset and all that was made from it.
    """
    rows = {one.source: one for one in _direct(session, [dataset])}
    for source in rows.keys() - held.keys():
        session.delete(rows[source])
    for source, ways in held.items():
        row = rows.get(source)
        if row is None:
            stale = session.get(DerivationRow, (dataset, source))
            row = stale or DerivationRow(dataset=dataset, source=source, received=[])
            row.direct, row.declared_at, row.declared_by = True, now, by
            session.add(row)
        known = {one["grant"] for one in row.received}
        fresh = [one.model_dump(mode="json") for one in ways if one.grant not in known]
        row.received = [*row.received, *fresh]
    session.flush()
    affected = [dataset, *sorted(made_of(session, [dataset]))]
    for one in affected:
        _close(session, one)
    return affected


def _close(session: Session, dataset: str) -> None:
    """Write anew what a dataset inherits by way of its sources."""
    session.execute(delete(DerivationRow).where(DerivationRow.dataset == dataset, DerivationRow.direct.is_(False)))
    direct = {one.source for one in _direct(session, [dataset])}
    found, edge = set(direct), set(direct)
    while edge:
        edge = {one.source for one in _direct(session, edge)} - found
        found |= edge
    session.add_all(DerivationRow(dataset=dataset, source=one, direct=False, received=[]) for one in found - direct)
    session.flush()


def _direct(session: Session, datasets: Iterable[str]) -> list[DerivationRow]:
    by_way: dict[str, list[DerivationRow]] = defaultdict(list)
    chosen = select(DerivationRow).where(DerivationRow.dataset.in_(list(datasets)), DerivationRow.direct)
    for row in session.scalars(chosen):
        by_way[row.dataset].append(row)
    return [row for rows in by_way.values() for row in rows]
