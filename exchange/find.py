"""Find: search within the caller's scope, and one dataset as far as their level opens it."""

from dataclasses import dataclass

from access import policy
from exchange import cursors, guard
from exchange.services import Services
from schemas.access import Exit, Grant, Level, Principal, Scope
from schemas.dataset import Dataset, DatasetState, Listing
from schemas.delivery import DatasetDetail, DatasetPage, Directory, Me
from schemas.instructions import Instructions
from schemas.metadata import DatasetKind
from storage import catalogue, grants, people


@dataclass(frozen=True)
class Query:
    """What is sought; empty fields do not restrict."""

    text: str = ""
    kind: DatasetKind | None = None
    owner: str | None = None
    state: DatasetState | None = None


def search(services: Services, who: Principal, query: Query, cursor: str | None, limit: int) -> DatasetPage:
    """One page of the datasets that the caller may know of, newest first."""
    within = guard.listing(services, who)
    after = cursors.opened(services.secret, cursor) if cursor else None
    with services.sessions.read() as session:
        found = catalogue.search(
            session,
            within,
            text=query.text,
            kind=query.kind,
            owner=query.owner,
            state=query.state,
            after=after,
            limit=limit + 1,
        )
        shown = found[:limit]
        given = grants.on(session, [dataset.id for dataset in shown])
    guard.listed(services, who, str(query), len(shown))
    last = shown[-1] if len(found) > limit else None
    onward = cursors.sealed(services.secret, (last.created_at, last.id)) if last else None
    return DatasetPage(items=tuple(_listing(one, given, within) for one in shown), next=onward)


def detail(services: Services, who: Principal, dataset: str) -> DatasetDetail:
    """One dataset: its entry, and from level `metadata` on its record."""
    found = guard.allow(services, who, Exit.DETAIL, dataset)
    within = policy.scope(who, services.now())
    with services.sessions.read() as session:
        given = grants.on(session, [dataset])
    entry = _listing(found, given, within).model_dump()
    if not _holds(found, given, within, Level.METADATA):
        return DatasetDetail(**entry)
    own = found.owner == who.organisation
    record = found.metadata
    if not _holds(found, given, within, Level.TABLES):
        # It names headings, members and files, which only the tables' level opens.
        record = record.model_copy(update={"reading": Instructions()})
    return DatasetDetail(
        **entry,
        metadata=record,
        missing=found.metadata.missing() if own else (),
        visibility=found.visibility if own else None,
        revision=found.revision,
        latest_version=found.latest_version if own else found.released_version,
        released_version=found.released_version,
    )


def me(services: Services, who: Principal) -> Me:
    """The caller as the platform knows them."""
    with services.sessions.read() as session:
        lines = people.lines_of(session, who.organisation)
    known = who.model_dump(exclude={"token", "groups", "scopes"})
    return Me(**known, groups=tuple(sorted(who.groups)), scopes=tuple(sorted(who.scopes)), lines=tuple(lines))


def directory(services: Services, who: Principal) -> Directory:
    """Organisations and groups of the network, for everybody signed in."""
    with services.sessions.read() as session:
        return Directory(
            organisations=tuple(people.organisations(session)),
            groups=tuple(people.groups(session)),
        )


def _listing(dataset: Dataset, given: list[Grant], within: Scope) -> Listing:
    level = guard.level_of(dataset, given, within)
    how = "" if level == Level.RAW.name.lower() else f"Ask {dataset.owner_name} for a grant."
    return Listing(
        id=dataset.id,
        title=dataset.metadata.title,
        kind=dataset.metadata.kind,
        owner=dataset.owner,
        owner_name=dataset.owner_name,
        state=dataset.state,
        released_at=dataset.released_at,
        created_at=dataset.created_at,
        level=level,
        how_to_ask=how,
        raw_only=dataset.raw_only,
    )


def _holds(dataset: Dataset, given: list[Grant], within: Scope, level: Level) -> bool:
    return policy.decide(dataset, given, within, level).allowed
