"""Look: the objects that somebody may see, and one with everything around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from access import objects, policy
from access.objects import Pointing, Sight
from exchange import guard, reach
from exchange.delivery import trace
from exchange.registry.seen import shown, version_shown
from exchange.services import Services
from schemas.access import Level, Principal, Scope
from schemas.errors import Denied, NotFound
from schemas.metadata import DatasetKind
from schemas.production import ProducedObject
from schemas.record.field import NETWORK
from schemas.registered import (
    ObjectList,
    ObjectPage,
    ObjectRevision,
    ObjectState,
    PointingDataset,
    ProtocolVersion,
    RegisteredKind,
    RegisteredObject,
    Relative,
    ShownObject,
)
from storage import catalogue, pointers, policies, registry, registry_search

_TESTS = (DatasetKind.CELL_TEST, DatasetKind.ROUND_ROBIN_TEST)
_MOST = 200
"""So many datasets stand on a page."""
_AHEAD = 200
_RELATIVES = 500


@dataclass(frozen=True)
class Wanted:
    """What is sought; empty fields do not restrict. `text` is sought in names that the caller is told."""

    text: str = ""
    kind: RegisteredKind | None = None
    owner: str | None = None
    state: ObjectState | None = None


def find(services: Services, who: Principal, wanted: Wanted, after: str, limit: int) -> ObjectList:
    """One page of the objects that the caller may see, by id."""
    within = guard.listing(services, who)
    with services.sessions.read() as session:
        some = _take(_seen(services, session, within, wanted, after), limit + 1)
    page = some[:limit]
    guard.listed(services, who, f"objects {wanted}", len(page))
    return ObjectList(items=tuple(page), next=page[-1].id if len(some) > limit else None)


def one(services: Services, who: Principal, object: str) -> ObjectPage:
    """One object with its versions, the datasets that point to it, its tests and its relatives."""
    found = guard.allow_object(services, who, object)
    with services.sessions.read() as session:
        within = reach.searching(session, who, services.now())
        return _page(services, session, within, found.object, found.sight)


def revisions(services: Services, who: Principal, object: str) -> list[ObjectRevision]:
    """What was known of an object and when, for its owner's people."""
    found = guard.allow_object(services, who, object, "revisions")
    with services.sessions.read() as session:
        if reach.asking(session, who, services.now()).own != found.object.owner:
            raise Denied(f"Earlier records of an object are for {found.object.owner_name} alone, who owns it.")
        return registry.revisions(session, object)


def version(services: Services, who: Principal, object: str, number: int) -> ProtocolVersion:
    """One published version of a protocol."""
    found = guard.allow_object(services, who, object, f"version {number}")
    with services.sessions.read() as session:
        within = reach.asking(session, who, services.now())
        for one in _versions(session, within, found.object, found.sight):
            if one.number == number:
                return one
    raise NotFound(f"Object {object} has no version {number} that you may see.")


def _seen(services: Services, session: Session, within: Scope, wanted: Wanted, after: str) -> Iterator[ShownObject]:
    """The database names those of which something may be shown; the rule itself decides on each."""
    while True:
        ids = registry_search.candidates(
            session,
            within,
            kind=wanted.kind,
            owner=wanted.owner,
            state=wanted.state,
            text=wanted.text,
            after=after,
            limit=_AHEAD,
        )
        found = registry.of(session, ids)
        seen = guard.sights(session, within, found)
        for one in found:
            if one.id in seen and (seen[one.id].named or not wanted.text):
                yield shown(services, one, seen[one.id], one.owner == within.own)
        if len(ids) < _AHEAD:
            return
        after = ids[-1]


def _take(every: Iterator[ShownObject], count: int) -> list[ShownObject]:
    return [one for one, _ in zip(every, range(count), strict=False)]


def _page(services: Services, session: Session, within: Scope, one: RegisteredObject, sight: Sight) -> ObjectPage:
    datasets = pointing(session, within, one.id)
    tests = tests_of(session, within, one, sight, datasets)
    made_from, made_into, total = _relatives(session, within, one) if sight.named else ((), (), 0)
    return ObjectPage(
        **shown(services, one, sight, one.owner == within.own).model_dump(),
        versions=tuple(_versions(session, within, one, sight)),
        datasets=tuple(datasets),
        tests=tests,
        made_from=made_from,
        made_into=made_into,
        made_into_total=total,
    )


def tests_of(
    session: Session, within: Scope, one: RegisteredObject, sight: Sight, pointing: Sequence[PointingDataset]
) -> tuple[PointingDataset, ...]:
    """Tests among the datasets that point to an object, and the owner's tests that say so by the cell's name alone."""
    named = _by_name(session, within, one) if sight.named else []
    return tuple({each.dataset: each for each in (*pointing, *named) if each.kind in _TESTS}.values())


def pointing(session: Session, within: Scope, object: str) -> list[PointingDataset]:
    """Datasets of anybody of which the scope (one for searching) may read that they point to the object."""
    some = pointers.at(session, within, object, _MOST)
    on = policies.of(session, [each.dataset for each in some])
    told = [each.dataset for each in some if objects.tells(Pointing(on[each.dataset], each.of), within)]
    return _entries(session, told)


def _by_name(session: Session, within: Scope, one: RegisteredObject) -> list[PointingDataset]:
    """The owner's tests of a cell of this name, which say so by name alone."""
    if one.kind is not RegisteredKind.CELL:
        return []
    tests = catalogue.tests_of(session, within, one.owner, [one.name])
    on = policies.of(session, [each.id for each in tests])
    told = [each.id for each in tests if objects.tells(Pointing(on[each.id], NETWORK), within)]
    return _entries(session, told)


def _entries(session: Session, datasets: Sequence[str]) -> list[PointingDataset]:
    found = {each.id: each for each in catalogue.of(session, datasets)}
    return [
        PointingDataset(
            dataset=id,
            title=found[id].metadata.title,
            kind=found[id].metadata.kind,
            owner=found[id].owner,
            owner_name=found[id].owner_name,
        )
        for id in datasets
        if id in found
    ]


def _versions(session: Session, within: Scope, one: RegisteredObject, sight: Sight) -> list[ProtocolVersion]:
    if one.kind is not RegisteredKind.PROTOCOL or NETWORK not in sight.classes:
        return []
    every = registry.versions(session, one.id)
    on = policies.of(session, {each.content.document for each in every if each.content.document})
    listed = {id for id, rules in on.items() if policy.decide(rules, within, Level.LISTED).allowed}
    return [version_shown(each, sight, each.content.document in listed) for each in every]


def _relatives(
    session: Session, within: Scope, one: RegisteredObject
) -> tuple[tuple[Relative, ...], tuple[Relative, ...], int]:
    """What production runs that the scope may read tell of what it was made from, what came of it, and how much."""
    for kind in one.kind.produced:
        walked = trace.relatives(session, within, one.owner, ProducedObject(kind=kind, name=one.name))
        if walked is not None:
            back, onward = (_registered(session, within, one.owner, each[:_RELATIVES]) for each in walked)
            return back, onward, len(walked[1])
    return (), (), 0


def _registered(session: Session, within: Scope, owner: str, things: Sequence[ProducedObject]) -> tuple[Relative, ...]:
    """Each with the id of the object that has its name, where the scope sees that."""
    by_kind = {
        kind: registry.named(session, owner, [kind], [one.name for one in things if one.kind in kind.produced])
        for kind in (RegisteredKind.CELL, RegisteredKind.LOT, RegisteredKind.MATERIAL)
    }
    ids = {id for found in by_kind.values() for id in found.values()}
    seen = {id for id, sight in guard.sights(session, within, registry.of(session, ids)).items() if sight.named}
    return tuple(
        Relative(
            kind=one.kind,
            name=one.name,
            id=next(
                (
                    found[one.name]
                    for kind, found in by_kind.items()
                    if one.kind in kind.produced and found.get(one.name) in seen
                ),
                None,
            ),
        )
        for one in things
    )
