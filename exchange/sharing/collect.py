"""Collect: named collections of datasets, by the office; owners' stewards put their own into them."""

from exchange import guard
from exchange.services import Services
from schemas.access import NetworkRight, Principal, Right
from schemas.collection import Collection, Collections, NewCollection
from schemas.errors import Conflict, NotFound
from storage import collections


def found(services: Services, who: Principal, wanted: NewCollection) -> Collection:
    """A new, empty collection; `Conflict` where id or name is taken."""
    guard.require_in_network(services, who, NetworkRight.MANAGE_NETWORK, detail=f"collection {wanted.id}")
    with services.sessions.begin() as session:
        if collections.exists(session, wanted.id) or collections.named(session, wanted.name):
            raise Conflict(f"There is a collection with the id '{wanted.id}' or the name '{wanted.name}' already.")
        collections.add(session, wanted.id, wanted.name)
    return Collection(id=wanted.id, name=wanted.name)


def every(services: Services, who: Principal) -> Collections:
    """The names of all collections, and what the caller's own organisation has given to each."""
    with services.sessions.read() as session:
        given = collections.contributed(session, who.organisation)
        ordered = sorted(given, key=lambda one: (one.collection, one.kind))
        return Collections(collections=tuple(collections.every(session)), contributed=tuple(ordered))


def holding(services: Services, who: Principal, dataset: str) -> list[str]:
    """The collections that one's own dataset is in."""
    guard.require(services, who, Right.DESCRIBE, dataset, detail="collections")
    with services.sessions.read() as session:
        return collections.of_dataset(session, dataset)


def put(services: Services, who: Principal, dataset: str, collection: str) -> None:
    """Put a dataset into a collection; reciprocity counts it from the next request on, once it is released."""
    guard.require(services, who, Right.GRANT, dataset, detail=f"into collection {collection}")
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        if not collections.exists(session, collection):
            raise NotFound(f"There is no collection {collection}.")
        collections.put(session, collection, dataset, services.now())


def take_out(services: Services, who: Principal, dataset: str, collection: str) -> None:
    """Take it out again; what rested on it ends with the next request."""
    guard.require(services, who, Right.GRANT, dataset, detail=f"out of collection {collection}")
    with services.sessions.begin() as session:
        collections.take_out(session, collection, dataset)
