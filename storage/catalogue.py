"""Datasets, their revisions and versions; every search is within a scope."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from schemas.access import Level, Scope
from schemas.dataset import Dataset, DatasetState, Version, Visibility
from schemas.errors import NotFound
from schemas.metadata import DatasetKind, Metadata
from storage import growth, intake, pointers
from storage.tables import DatasetRow, OrganisationRow, RevisionRow, VersionRow
from storage.visible import visible

Position = tuple[datetime, str]
"""Where a page ends: created_at and id of its last dataset."""
_NAMES = 500
"""So many names stand in one query."""


def create(session: Session, dataset: str, owner: str, by: str, metadata: Metadata, now: datetime) -> None:
    """A new draft with its first revision."""
    row = DatasetRow(
        id=dataset,
        owner=owner,
        created_by=by,
        state=DatasetState.DRAFT,
        visibility=Visibility.NETWORK,
        created_at=now,
        revision=0,
    )
    session.add(row)
    session.flush()
    _revise(session, row, metadata, by, now)


def find(session: Session, dataset: str) -> Dataset | None:
    """One dataset as its owner sees it; None when there is none."""
    row = session.scalar(select(DatasetRow).where(DatasetRow.id == dataset))
    return None if row is None else _datasets(session, [row])[0]


def of(session: Session, datasets: Iterable[str]) -> list[Dataset]:
    """These datasets as their owners see them, those that exist."""
    return _datasets(session, list(session.scalars(select(DatasetRow).where(DatasetRow.id.in_(list(datasets))))))


def lock(session: Session, dataset: str) -> Dataset:
    """One dataset, its row held until commit; `NotFound` when there is none."""
    row = session.scalar(select(DatasetRow).where(DatasetRow.id == dataset).with_for_update())
    if row is None:
        raise NotFound(f"There is no dataset {dataset} that you may see.")
    session.refresh(row)
    return _datasets(session, [row])[0]


def lock_all(session: Session, datasets: Collection[str]) -> list[Dataset]:
    """These datasets in the order of their ids, their rows held until commit; those that do not exist are left out."""
    rows: list[DatasetRow] = []
    ordered = sorted(datasets)
    for first in range(0, len(ordered), _NAMES):
        these = DatasetRow.id.in_(ordered[first : first + _NAMES])
        chosen = select(DatasetRow).where(these).order_by(DatasetRow.id).with_for_update()
        rows += session.scalars(chosen.execution_options(populate_existing=True))
    return _datasets(session, rows)


def describe(session: Session, dataset: str, metadata: Metadata, by: str, now: datetime) -> None:
    """A new revision of the metadata."""
    row = session.get(DatasetRow, dataset, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no dataset {dataset} that you may see.")
    _revise(session, row, metadata, by, now)


def release(
    session: Session,
    dataset: str,
    version: int,
    visibility: Visibility,
    now: datetime,
    raw_only: bool = False,
    note: str = "",
) -> None:
    """Show a version to others, as the dataset's visibility and grants allow; `raw_only`: without its tables.

    A `note` that is given stays with the version.
    """
    facts = {"state": DatasetState.RELEASED, "visibility": visibility, "released_at": now, "raw_only": raw_only}
    session.execute(update(DatasetRow).where(DatasetRow.id == dataset).values(**facts, released_version=version))
    this = (VersionRow.dataset == dataset, VersionRow.number == version)
    session.execute(update(VersionRow).where(*this).values({"raw_only": raw_only} | ({"note": note} if note else {})))
    session.execute(
        update(VersionRow)
        .where(VersionRow.dataset == dataset, VersionRow.number == version, VersionRow.released_at.is_(None))
        .values(released_at=now)
    )


def show(session: Session, dataset: str, visibility: Visibility) -> None:
    """Change to whom a dataset is listed."""
    session.execute(update(DatasetRow).where(DatasetRow.id == dataset).values(visibility=visibility))


def entitle(session: Session, dataset: str, title: str | None) -> None:
    """What stands as title for those who see the entry alone; None: the record's."""
    session.execute(update(DatasetRow).where(DatasetRow.id == dataset).values(public_title=title))


def withdraw(session: Session, dataset: str, now: datetime | None = None, note: str = "") -> None:
    """Close a dataset to others; its entry remains, with the note."""
    facts = {"state": DatasetState.WITHDRAWN, "withdrawn_at": now, "withdrawal_note": note}
    session.execute(update(DatasetRow).where(DatasetRow.id == dataset).values(**facts))


def of_ids(session: Session, datasets: Collection[str]) -> list[Dataset]:
    """These datasets, by id: for keeping house, never for an answer."""
    rows = session.scalars(select(DatasetRow).where(DatasetRow.id.in_(datasets)).order_by(DatasetRow.id))
    return _datasets(session, list(rows))


def tests_of(session: Session, within: Scope, owner: str, cells: Sequence[str]) -> list[Dataset]:
    """An owner's tests of these cells whose metadata the scope opens, oldest first."""
    found: list[DatasetRow] = []
    for first in range(0, len(cells), _NAMES):
        chosen = select(DatasetRow).where(
            visible(within, Level.METADATA),
            DatasetRow.owner == owner,
            DatasetRow.cell.in_(cells[first : first + _NAMES]),
            DatasetRow.kind.in_([DatasetKind.CELL_TEST, DatasetKind.ROUND_ROBIN_TEST]),
        )
        found.extend(session.scalars(chosen))
    return _datasets(session, sorted(found, key=lambda row: (row.created_at, row.id)))


def revisions(session: Session, dataset: str) -> list[tuple[datetime, Metadata]]:
    """Every revision of the record with when it was written, oldest first."""
    chosen = select(RevisionRow.created_at, RevisionRow.record).where(RevisionRow.dataset == dataset)
    every = session.execute(chosen.order_by(RevisionRow.number))
    return [(row.created_at, Metadata.model_validate(row.record)) for row in every]


def versions(session: Session, dataset: str) -> list[Version]:
    """All versions with their files, oldest first."""
    rows = session.scalars(select(VersionRow).where(VersionRow.dataset == dataset).order_by(VersionRow.number))
    files = intake.files_of_all(session, dataset)
    return [
        Version(
            number=row.number,
            created_at=row.created_at,
            released_at=row.released_at,
            files=files.get(row.number, ()),
            raw_only=row.raw_only,
            continues=growth.continued(row),
            note=row.note,
        )
        for row in rows
    ]


def _revise(session: Session, row: DatasetRow, metadata: Metadata, by: str, now: datetime) -> None:
    row.revision += 1
    row.title, row.kind, row.line, row.cell = metadata.title, metadata.kind, metadata.line, metadata.cell_id
    session.add(
        RevisionRow(
            dataset=row.id,
            number=row.revision,
            schema_version=metadata.schema_version,
            record=metadata.written(),
            created_at=now,
            created_by=by,
        )
    )
    session.flush()
    pointers.refresh(session, row.id, metadata)


def _datasets(session: Session, rows: list[DatasetRow]) -> list[Dataset]:
    """Rows with the newest record and the owner's name, in two queries however many rows."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    records = {
        revision.dataset: revision.record
        for revision in session.scalars(
            select(RevisionRow)
            .join(DatasetRow, and_(DatasetRow.id == RevisionRow.dataset, DatasetRow.revision == RevisionRow.number))
            .where(RevisionRow.dataset.in_(ids))
        )
    }
    owners = {row.owner for row in rows}
    chosen = select(OrganisationRow.id, OrganisationRow.name).where(OrganisationRow.id.in_(owners))
    names = {row.id: row.name for row in session.execute(chosen)}
    return [_dataset(row, Metadata.model_validate(records[row.id]), names[row.owner]) for row in rows]


def _dataset(row: DatasetRow, metadata: Metadata, owner_name: str) -> Dataset:
    return Dataset(
        id=row.id,
        owner=row.owner,
        owner_name=owner_name,
        state=DatasetState(row.state),
        visibility=Visibility(row.visibility),
        created_at=row.created_at,
        released_at=row.released_at,
        latest_version=row.latest_version,
        released_version=row.released_version,
        revision=row.revision,
        metadata=metadata,
        raw_only=row.raw_only,
        embargo_until=row.embargo_until,
        public_title=row.public_title,
        withdrawn_at=row.withdrawn_at,
        withdrawal_note=row.withdrawal_note,
    )
