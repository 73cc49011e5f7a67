"""Harvest: page by page what a reader may list, each dataset as far as their level opens it, for catalogues."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exchange import guard
from exchange.publishing.gather import shown
from exchange.services import Services
from schemas.access import Exit, Level, Principal, Scope
from schemas.published import Published, Publisher
from storage import catalogue, harvest, people, policies
from storage.catalogue import Position
from storage.harvest import Narrowed

_AT_ONCE = 100


@dataclass(frozen=True)
class Selection:
    """What is sought: of a kind, of an owner, changed between two seconds, both included."""

    kind: str | None = None
    owner: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether something that changed at this moment is among it; fractions of seconds do not count."""
        second = at.replace(microsecond=0)
        return (self.since is None or second >= self.since) and (self.until is None or second <= self.until)


@dataclass(frozen=True)
class Harvested:
    """A page, and where it ends when more may follow."""

    items: tuple[Published, ...]
    after: Position | None


def harvested(
    services: Services, who: Principal, sought: Selection, after: Position | None, limit: int, said: str
) -> Harvested:
    """The next datasets of a harvest, at most `limit`; `said` is what the caller asked, for the record.

    Each dataset that can be listed all the time stands on exactly one page, whatever changes meanwhile: pages go by
    when datasets were made. What comes to be listed during a harvest has changed since it began.
    """
    with services.sessions.read() as session:
        within = guard.listing(services, who, session, Exit.HARVEST)
        found: list[tuple[Position, Published]] = []
        for one in _matching(services, session, who, within, sought, after, limit):
            found.append(one)
            if len(found) > limit:
                break
    items = tuple(one for _, one in found[:limit])
    guard.listed(services, who, said, len(items), Exit.HARVEST)
    return Harvested(items, found[limit - 1][0] if len(found) > limit else None)


def owners(services: Services, who: Principal) -> list[Publisher]:
    """The organisations of which the reader may list datasets."""
    with services.sessions.read() as session:
        within = guard.listing(services, who, session, Exit.HARVEST)
        of_lists = [people.organisation(session, one) for one in harvest.owners(session, within)]
    guard.listed(services, who, "owners", len(of_lists), Exit.HARVEST)
    return [Publisher(id=one.id, name=one.name, ror=one.ror, country=one.country) for one in of_lists]


def earliest(services: Services, who: Principal) -> datetime:
    """A moment before which nothing of what the reader may list has changed."""
    with services.sessions.read() as session:
        within = guard.listing(services, who, session, Exit.HARVEST)
        found = harvest.earliest(session, within)
    guard.listed(services, who, "earliest", 0, Exit.HARVEST)
    return found or services.now()


def one(services: Services, who: Principal, dataset: str) -> Published:
    """One dataset, asked for by its id; else `NotFound` or `Denied`."""
    found = guard.allow(services, who, Exit.HARVEST, dataset)
    with services.sessions.read() as session:
        within = guard.listing(services, who, session, Exit.HARVEST)
        return shown(services, session, who, found, policies.of(session, [dataset])[dataset], within)


def _matching(
    services: Services,
    session: Session,
    who: Principal,
    within: Scope,
    sought: Selection,
    after: Position | None,
    limit: int,
) -> Iterator[tuple[Position, Published]]:
    # A second of slack: what is kept with fractions is asked for by whole seconds.
    since = sought.since - timedelta(seconds=1) if sought.since else None
    narrowed = Narrowed(sought.kind, sought.owner, since)
    # Where nothing is sorted out, no more is looked at than is asked for.
    at_once = _AT_ONCE if sought.since or sought.until else min(_AT_ONCE, limit + 1)
    while True:
        ids = harvest.page(session, within, narrowed, after, at_once)
        on, found = policies.of(session, ids), {one.id: one for one in catalogue.of(session, ids)}
        for id in (one for one in ids if one in on and one in found):
            after = found[id].created_at, id
            # What a change has closed at this moment is not shown, even where the list has not heard of it yet.
            if guard.level_of(on[id], within) < Level.LISTED:
                continue
            seen = shown(services, session, who, found[id], on[id], within)
            if sought.holds(seen.modified_at):
                yield after, seen
        if len(ids) < at_once:
            return
