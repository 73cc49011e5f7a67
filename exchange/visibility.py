"""Visibility: keep what search reads equal to what the access rule says, and check that it is."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from access.listing import listed_to
from exchange.services import Services
from storage import catalogue, policies, visibility

_AT_ONCE = 500


def refresh(session: Session, datasets: Iterable[str]) -> None:
    """Work out anew who knows of these datasets; in the transaction that changed something of them."""
    wanted = list(datasets)
    found = policies.of(session, wanted)
    visibility.replace(session, {id: listed_to(found[id]) for id in wanted if id in found})


def rebuild(services: Services) -> int:
    """Work out all of it anew, some datasets at a time; returns how many entries had been wrong."""
    wrong = 0
    for some in _batches(services):
        with services.sessions.begin() as session:
            drifted = drifted(session, some)
            refresh(session, drifted)
            wrong += len(drifted)
    return wrong


def check(services: Services) -> list[str]:
    """Datasets of which search knows otherwise than the rule says; nothing is changed."""
    found: list[str] = []
    for some in _batches(services):
        with services.sessions.read() as session:
            found += drifted(session, some)
    return found


def drifted(session: Session, datasets: list[str]) -> list[str]:
    """Those of these datasets of which search knows otherwise than the rule says."""
    meant, kept = policies.of(session, datasets), visibility.entries_of(session, datasets)
    return [id for id in datasets if id in meant and listed_to(meant[id]) != kept[id]]


def _batches(services: Services) -> Iterator[list[str]]:
    after = ""
    while True:
        with services.sessions.read() as session:
            some = catalogue.ids(session, after, _AT_ONCE)
        if not some:
            return
        yield some
        after = some[-1]
