"""Visibility: keep what search reads equal to what the access rule says, and check that it is."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from access.listing import listed_to
from storage import derivations, finding, policies, visibility
from storage.database import Sessions

_AT_ONCE = 500


def refresh(session: Session, datasets: Iterable[str]) -> None:
    """Work out anew who knows of these datasets, and of what was made from them, which inherits their rules.

    Called in the transaction that changed something of them.
    """
    named = sorted(set(datasets))
    for some in _cut(sorted({*named, *derivations.made_of(session, named)})):
        found = policies.of(session, some)
        visibility.replace(session, {id: listed_to(found[id]) for id in some if id in found})


def rebuild(sessions: Sessions) -> int:
    """Work out all of it anew, some datasets at a time; returns how many entries had been wrong."""
    wrong = 0
    for some in _batches(sessions):
        with sessions.begin() as session:
            found = drifted(session, some)
            refresh(session, found)
            wrong += len(found)
    return wrong


def fill(sessions: Sessions) -> int:
    """Work it out for a database that has datasets and none of it yet, as after an upgrade; returns for how many."""
    with sessions.read() as session:
        fresh = visibility.is_empty(session)
    return rebuild(sessions) if fresh else 0


def check(sessions: Sessions) -> list[str]:
    """Datasets of which search knows otherwise than the rule says; nothing is changed."""
    found: list[str] = []
    for some in _batches(sessions):
        with sessions.read() as session:
            found += drifted(session, some)
    return found


def drifted(session: Session, datasets: list[str]) -> list[str]:
    """Those of these datasets of which search knows otherwise than the rule says."""
    meant, kept = policies.of(session, datasets), visibility.entries_of(session, datasets)
    return [id for id in datasets if id in meant and listed_to(meant[id]) != kept[id]]


def _cut(ids: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]


def _batches(sessions: Sessions) -> Iterator[list[str]]:
    after = ""
    while True:
        with sessions.read() as session:
            some = finding.ids(session, after, _AT_ONCE)
        if not some:
            return
        yield some
        after = some[-1]
