"""Find: search within the caller's scope, and one dataset as far as their level opens it."""

from collections.abc import Iterable
from dataclasses import dataclass

from access import fields, policy
from exchange import cursors, guard, reach
from exchange.services import Services
from schemas import profiles
from schemas.access import Exit, Level, Permit, Principal, Scope, View
from schemas.dataset import Dataset, DatasetState, Entry, Listing
from schemas.delivery import DatasetDetail, DatasetPage, Directory, Me
from schemas.member import ShownGroup
from schemas.metadata import DatasetKind
from schemas.organisation import IN_THE_NETWORK
from schemas.policy import Policy
from storage import finding, members, people, policies


@dataclass(frozen=True)
class Query:
    """What is sought; empty fields do not restrict."""

    text: str = ""
    kind: DatasetKind | None = None
    owner: str | None = None
    state: DatasetState | None = None


def search(services: Services, who: Principal, query: Query, cursor: str | None, limit: int) -> DatasetPage:
    """One page of the datasets that the caller may know of, newest first."""
    after = cursors.opened(services.secret, cursor) if cursor else None
    with services.sessions.read() as session:
        within = guard.listing(services, who, session)
        found = finding.search(
            session,
            within,
            text=query.text,
            kind=query.kind,
            owner=query.owner,
            state=query.state,
            after=after,
            limit=limit + 1,
        )
        page = found[:limit]
        on = policies.of(session, [dataset.id for dataset in page], within)
    # What a change that commits at this moment has closed is not shown, even where the list has not heard of it yet.
    levels = {one.id: guard.level_of(on[one.id], within) for one in page if one.id in on}
    shown = [one for one in page if levels.get(one.id, Level.NONE) >= Level.LISTED]
    guard.listed(services, who, str(query), len(shown))
    last = page[-1] if len(found) > limit else None
    onward = cursors.sealed(services.secret, (last.created_at, last.id)) if last else None
    return DatasetPage(items=tuple(_listing(one, levels[one.id]) for one in shown), next=onward)


def detail(services: Services, who: Principal, dataset: str) -> DatasetDetail:
    """One dataset: its entry, and from level `metadata` on its record."""
    found = guard.allow(services, who, Exit.DETAIL, dataset)
    with services.sessions.read() as session:
        within, on = reach.asking(session, who, services.now()), policies.of(session, [dataset])[dataset]
    return as_seen(found, on, within)


def as_seen(found: Dataset, on: Policy, within: Scope) -> DatasetDetail:
    """A dataset as far as this scope opens it; for a scope that may know of it."""
    held = policy.permits(on, within)
    entry = _listing(found.entry(), guard.level_of(on, within)).model_dump()
    if not _covers(held, Level.METADATA):
        return DatasetDetail(**entry)
    own = found.owner == within.own
    return DatasetDetail(
        **entry,
        metadata=fields.shown(found.metadata, held, within),
        missing=profiles.missing(found.metadata) if own else (),
        visibility=found.visibility if own else None,
        revision=found.revision,
        latest_version=found.latest_version if own else found.released_version,
        released_version=found.released_version,
    )


def me(services: Services, who: Principal) -> Me:
    """The caller as the platform knows them."""
    with services.sessions.read() as session:
        lines = people.lines_of(session, who.organisation)
        memberships = members.memberships(session, who.user)
    assert who.standing is not None and who.state is not None  # Somebody signed in acts for an organisation.
    return Me(
        user=who.user,
        name=who.name,
        organisation=who.organisation,
        organisation_name=who.organisation_name,
        standing=who.standing,
        state=who.state,
        roles=tuple(sorted(who.roles)),
        network_roles=tuple(sorted(who.network_roles)),
        groups=tuple(sorted(who.groups)),
        scopes=tuple(sorted(who.scopes)),
        lines=tuple(lines),
        memberships=tuple(memberships),
    )


def directory(services: Services, who: Principal) -> Directory:
    """Organisations and groups to whom something can be given, for whoever acts within the network."""
    if who.state not in IN_THE_NETWORK:
        return Directory(organisations=(), groups=())
    with services.sessions.read() as session:
        every, groups = people.organisations(session), people.groups(session)
    return Directory(
        organisations=tuple(one for one in every if one.state in IN_THE_NETWORK),
        groups=tuple(ShownGroup.of(one, whole=False) for one in groups),
    )


def _listing(entry: Entry, level: Level) -> Listing:
    neutral = entry.public_title is not None and level < Level.METADATA
    return Listing(
        **entry.model_dump(exclude={"title", "public_title"}),
        title=entry.public_title if neutral else entry.title,
        level=level.name.lower(),
        how_to_ask="" if level is Level.RAW else f"Ask {entry.owner_name} for a grant.",
    )


def _covers(held: Iterable[Permit], level: Level) -> bool:
    return any(one.covers(level, View.FULL) for one in held)
