"""Gather: a dataset as one reader may see it, behind the guard, for landing page and exports."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from access import dating, fields, policy
from access.scopes import home, scope
from exchange import guard, reach
from exchange.services import Services
from schemas.access import NOBODY, Exit, Grantee, GranteeKind, Level, Permit, Principal, Scope, View
from schemas.dataset import Dataset, DatasetState, IngestRun, RunState, Version
from schemas.doi import DoiState
from schemas.errors import NotFound
from schemas.identifiers import parse_reference
from schemas.policy import Policy
from schemas.published import (
    AccessRight,
    FileKind,
    Published,
    PublishedFile,
    PublishedVersion,
    Publisher,
    Reading,
    Tombstone,
)
from storage import catalogue, dois, people, policies, runs, stamps

PARQUET = "application/vnd.apache.parquet"
BYTES = "application/octet-stream"
_NETWORK = Grantee(kind=GranteeKind.NETWORK)


def gathered(services: Services, who: Principal, reference: str, exit: Exit) -> Published:
    """What the reader may see of `PLX-7Q4K-M2XD` or of its version `PLX-7Q4K-M2XD@2`; else `NotFound` or `Denied`."""
    pinned = parse_reference(reference)
    if pinned is None:
        raise NotFound(f"There is no dataset {reference[:40]} that you may see.")
    dataset, version, _ = pinned
    found = guard.allow(services, who, exit, dataset)
    with services.sessions.read() as session:
        within, on = reach.asking(session, who, services.now()), policies.of(session, [dataset])[dataset]
        return shown(services, session, who, found, on, within, version)


def shown(
    services: Services,
    session: Session,
    who: Principal,
    found: Dataset,
    on: Policy,
    within: Scope,
    version: int | None = None,
) -> Published:
    """A dataset that the reader may know of, as far as their permits open it."""
    held = policy.permits(on, within)
    own = found.owner == home(who)
    versions = [one for one in catalogue.versions(session, found.id) if own or one.released_at is not None]
    released = found.released_version if found.state is not DatasetState.DRAFT else None
    number = version if version is not None else released
    chosen = next((one for one in versions if one.number == number), None)
    if version is not None and chosen is None:
        raise NotFound(f"Dataset {found.id} has no version {version} that you may see.")
    open_record = _covers(held, Level.METADATA)
    base = services.settings.base_url.rstrip("/")
    iri = f"{base}/datasets/{found.id}"
    entry, level = found.entry(), guard.level_of(on, within)
    neutral = entry.public_title is not None and level < Level.METADATA
    at = f"{iri}@{number}" if chosen is not None else None
    build = _build(session, found.id, chosen) if chosen is not None and not chosen.raw_only else None
    known = {one.version: one.doi for one in dois.of(session, found.id) if one.state is not DoiState.DRAFT}
    may_raw = guard.judge(who, within, found, on, Exit.RAW).allowed
    files = (*_tables(at, build, held), *_raw(at, chosen, may_raw)) if at else ()
    return Published(
        id=found.id,
        base_url=base,
        iri=iri,
        doi=known.get(None),
        version=number if chosen is not None else None,
        version_iri=at,
        version_doi=known.get(number) if chosen is not None and number else None,
        title=entry.public_title if neutral else entry.title,
        kind=found.metadata.kind,
        state=found.state,
        level=level.name.lower(),
        publisher=_publisher(session, found.owner),
        how_to_ask="" if level is Level.RAW else f"Ask {found.owner_name} for a grant.",
        created_at=found.created_at,
        released_at=found.released_at,
        modified_at=_modified(session, found, on, within, files),
        # How often a record was changed tells of changes that others do not see.
        revision=found.revision if own else 0,
        access=_access(on, services),
        embargo_until=found.embargo_until,
        record=fields.shown(found.metadata, held, within) if open_record else None,
        versions=tuple(
            _version(iri, one, known.get(one.number), open_record) for one in versions if one.released_at is not None
        ),
        files=files,
        readings=_readings(base, build, chosen) if _covers(held, Level.TABLES) else (),
        tombstone=_tombstone(found),
    )


def _covers(held: frozenset[Permit], level: Level) -> bool:
    return any(one.covers(level, View.FULL) for one in held)


def _modified(session: Session, found: Dataset, on: Policy, within: Scope, files: Sequence[PublishedFile]) -> datetime:
    """When what this reader sees changed last; what they do not see does not move it."""
    held = policy.permits(on, within)
    stamp = stamps.of(session, found.id)
    every = [dating.revised(catalogue.revisions(session, found.id), held, within)]
    every += [at for at in (found.released_at, stamp.world_at) if at is not None]
    if _NETWORK in within.grantees and stamp.network_at is not None:
        every.append(stamp.network_at)
    return max([*every, *dating.moments(on, within), *(one.created_at for one in files)])


def _publisher(session: Session, owner: str) -> Publisher:
    found = people.organisation(session, owner)
    return Publisher(id=found.id, name=found.name, ror=found.ror, country=found.country)


def _access(on: Policy, services: Services) -> AccessRight:
    """What the world may do, which is the same for every reader."""
    now = services.now()
    if on.state is DatasetState.WITHDRAWN:
        return AccessRight.METADATA_ONLY
    if _covers(policy.permits(on, scope(NOBODY, now)), Level.TABLES):
        return AccessRight.OPEN
    if on.embargo_until is not None and on.embargo_until > now:
        return AccessRight.EMBARGOED
    return AccessRight.RESTRICTED


def _tombstone(found: Dataset) -> Tombstone | None:
    if found.state is not DatasetState.WITHDRAWN:
        return None
    return Tombstone(withdrawn_at=found.withdrawn_at, note=found.withdrawal_note)


def _version(iri: str, one: Version, doi: str | None, open_record: bool) -> PublishedVersion:
    """A version; what was corrected in it is for those who may read the record."""
    assert one.released_at is not None
    note = one.note if open_record else ""
    at = f"{iri}@{one.number}"
    return PublishedVersion(number=one.number, iri=at, doi=doi, released_at=one.released_at, note=note)


def _build(session: Session, dataset: str, version: Version) -> IngestRun | None:
    ready = [one for one in runs.runs_of(session, dataset, version.number) if one.state is RunState.READY]
    return ready[-1] if ready else None


def _tables(at: str | None, build: IngestRun | None, held: frozenset[Permit]) -> Sequence[PublishedFile]:
    if build is None or not _covers(held, Level.TABLES):
        return ()
    return [
        PublishedFile(
            kind=FileKind.TABLE,
            name=f"{table.name}.parquet",
            media_type=PARQUET,
            bytes=table.bytes,
            sha256=table.sha256,
            url=f"{at}/files/{table.name}.parquet",
            created_at=build.finished_at or build.created_at,
            rows=table.rows,
            columns=table.columns,
        )
        for table in build.tables
    ]


def _raw(at: str | None, version: Version | None, may: bool) -> Sequence[PublishedFile]:
    return [
        PublishedFile(
            kind=FileKind.RAW,
            name=file.filename,
            media_type=BYTES,
            bytes=file.bytes,
            sha256=file.sha256,
            url=f"{at}/raw/{file.id}",
            created_at=file.received_at,
        )
        for file in (version.files if version is not None and may else ())
    ]


def _readings(base: str, build: IngestRun | None, version: Version | None) -> tuple[Reading, ...]:
    if build is None or version is None:
        return ()
    return (
        Reading(
            iri=f"{base}/datasets/{build.dataset}@{build.version}.b{build.build}",
            reader=build.reader,
            reader_version=build.reader_version,
            started_at=build.created_at,
            ended_at=build.finished_at,
            used=tuple(file.sha256 for file in version.files),
            table_schema=build.schema_version,
        ),
    )
