"""History: the revisions of a record, and what differs between two versions, as far as one reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from access import fields, policy
from access.scopes import home
from exchange import guard, reach
from exchange.services import Services
from schemas.access import Exit, Level, Permit, Principal, Scope, View
from schemas.dataset import Dataset, RawFile, RunState, Version
from schemas.errors import NotFound
from schemas.history import FileChange, FileChanges, RecordRevision, Revision, TableDifference, VersionDifference
from schemas.ingested import Table
from schemas.metadata import Metadata
from schemas.policy import Policy
from schemas.record.leaves import differing
from storage import catalogue, policies, revisions, runs
from storage.revisions import StoredRevision


@dataclass(frozen=True)
class _Reader:
    """What one caller holds on a dataset."""

    who: Principal
    found: Dataset
    on: Policy
    within: Scope
    held: frozenset[Permit]

    @property
    def own(self) -> bool:
        return self.found.owner == home(self.who)

    def shown(self, record: Metadata) -> Metadata:
        """The record with the fields that are open to the caller today, whenever it was written."""
        return fields.shown(record, self.held, self.within)

    def covers(self, level: Level) -> bool:
        return any(one.covers(level, View.FULL) for one in self.held)


def listed(services: Services, who: Principal, dataset: str) -> list[Revision]:
    """All revisions to the owner; to others the one that was released first, and those since."""
    reader, known = _read(services, who, dataset, "list")
    return [
        Revision(
            number=one.number,
            schema_version=one.schema_version,
            created_at=one.created_at,
            organisation=one.organisation,
            changed=differing(reader.shown(before.record) if before else Metadata(), reader.shown(one.record)),
        )
        for before, one in zip((None, *known[:-1]), known, strict=True)
    ]


def one(services: Services, who: Principal, dataset: str, number: int, since: int | None = None) -> RecordRevision:
    """One revision with its record, and what it changed since another one (without: since the one before).

    `NotFound` for one that the caller may not see.
    """
    reader, known = _read(services, who, dataset, f"revision {number}")
    numbers = [one.number for one in known]
    absent = [one for one in (number, since) if one is not None and one not in numbers]
    if absent:
        raise NotFound(f"Dataset {dataset} has no revision {absent[0]} that you may see.")
    at = numbers.index(number)
    earlier = numbers.index(since) if since is not None else at - 1
    before = reader.shown(known[earlier].record) if earlier >= 0 else Metadata()
    found, record = known[at], reader.shown(known[at].record)
    return RecordRevision(
        number=found.number,
        schema_version=found.schema_version,
        created_at=found.created_at,
        organisation=found.organisation,
        changed=differing(before, record),
        record=record,
        # Classes are known of fields of the present schema alone.
        written=found.written if reader.own else None,
    )


def difference(services: Services, who: Principal, dataset: str, before: int, after: int) -> VersionDifference:
    """What differs between two versions; `NotFound` for one that the caller may not see."""
    reader, known = _read(services, who, dataset, f"difference {before} {after}")
    with services.sessions.read() as session:
        every = catalogue.versions(session, dataset)
        pair = [_version(reader, every, number) for number in (before, after)]
        built = [_tables(session, dataset, one) for one in pair]
    may_raw = guard.judge(who, reader.within, reader.found, reader.on, Exit.RAW).allowed
    records = [reader.shown(_in_force(known, one)) for one in pair]
    return VersionDifference(
        dataset=dataset,
        before=before,
        after=after,
        note=pair[1].note,
        raw_files=_files(pair[0].files, pair[1].files) if may_raw else None,
        tables=_compared(*built) if reader.covers(Level.TABLES) else None,
        record=differing(*records),
    )


def _read(services: Services, who: Principal, dataset: str, what: str) -> tuple[_Reader, list[StoredRevision]]:
    found = guard.allow(services, who, Exit.REVISIONS, dataset, detail=what)
    with services.sessions.read() as session:
        within, on = reach.asking(session, who, services.now()), policies.of(session, [dataset])[dataset]
        reader = _Reader(who, found, on, within, policy.permits(on, within))
        known = revisions.of(session, dataset)
        released = [one.released_at for one in catalogue.versions(session, dataset) if one.released_at]
    return reader, known if reader.own else _since(known, min(released, default=None))


def _since(known: list[StoredRevision], released: datetime | None) -> list[StoredRevision]:
    """Without what was only ever written in the draft."""
    if released is None:
        return known[-1:]
    drafts = sum(one.created_at <= released for one in known)
    return known[max(drafts - 1, 0) :]


def _version(reader: _Reader, every: Sequence[Version], number: int) -> Version:
    found = next((one for one in every if one.number == number and (reader.own or one.released_at)), None)
    if found is None:
        raise NotFound(f"Dataset {reader.found.id} has no version {number} that you may see.")
    return found


def _in_force(known: Sequence[StoredRevision], version: Version) -> Metadata:
    """The record as it was when the version was released; of one that is not yet, the newest."""
    if version.released_at is None:
        return known[-1].record
    return [one for one in known if one.created_at <= version.released_at or one is known[0]][-1].record


def _tables(session: Session, dataset: str, version: Version) -> dict[str, Table]:
    ready = [one for one in runs.runs_of(session, dataset, version.number) if one.state is RunState.READY]
    return {table.name: table for table in ready[-1].tables} if ready and not version.raw_only else {}


def _files(before: Sequence[RawFile], after: Sequence[RawFile]) -> FileChanges:
    old, new = {one.sha256 for one in before}, {one.sha256 for one in after}
    return FileChanges(
        added=tuple(_file(one) for one in after if one.sha256 not in old),
        removed=tuple(_file(one) for one in before if one.sha256 not in new),
        same=tuple(_file(one) for one in after if one.sha256 in old),
    )


def _file(one: RawFile) -> FileChange:
    return FileChange(name=one.filename, sha256=one.sha256, bytes=one.bytes)


def _compared(before: dict[str, Table], after: dict[str, Table]) -> tuple[TableDifference, ...]:
    return tuple(_table(name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys()))


def _table(name: str, old: Table | None, new: Table | None) -> TableDifference:
    then, now = ([column.name for column in one.columns] if one else [] for one in (old, new))
    return TableDifference(
        table=name,
        rows_before=old.rows if old else None,
        rows_after=new.rows if new else None,
        columns_added=tuple(column for column in now if column not in then),
        columns_removed=tuple(column for column in then if column not in now),
        same=old is not None and new is not None and old.sha256 == new.sha256,
    )
