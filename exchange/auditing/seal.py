"""Seal: chain the audit's events in batches, and verify that nothing of the past was changed.

A batch takes the events that no seal covers yet, whatever their numbers: one that was committed late, although its
number is low, is covered by the next batch. So nothing rests on how long a transaction may last.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from access import chain as rule
from access.chain import START, Link
from access.exported import exported
from access.pseudonyms import pseudonym
from exchange.services import Services
from schemas.audit import Seal, Verdict
from storage import chain

BATCH = 1000
LATE = timedelta(hours=1)
"""How long after its neighbours an event is still looked for every minute; a whole look finds later ones too."""


def seal(services: Services, whole: bool = False, batch: int = BATCH) -> Seal | None:
    """Cover every event that no seal covers; returns the newest seal, None when there never was an event.

    Every event of the past is looked at when `whole`, else those beyond what was sealed an hour ago.
    """
    while True:
        with services.sessions.begin() as session:
            chain.alone(session)
            head = chain.head(session)
            beyond = 0 if whole else chain.settled(session, services.now() - LATE)
            events = chain.unsealed(session, beyond, batch)
            if not events:
                return head
            made, hashes = rule.sealed(head, events, services.now())
            chain.add(session, made, hashes)
        if len(events) < batch:
            return made


def verify(services: Services, anchor: str | None = None) -> Verdict:
    """Compute the whole chain again; the first event that is changed, missing or inserted is named.

    `anchor` is the hash of an earlier seal that was kept elsewhere: without one, whoever may change every table could
    have made the whole chain anew.
    """
    with services.sessions.read() as session:
        newest = chain.head(session)
        count, oldest = chain.tail(session)
        beside: list[str] = []
        verdict = rule.walk(_links(session, 1, newest.number if newest else 0, beside), START, anchor)
        if verdict.sound:
            beside += _ties(session)
    finding = verdict.finding or next(iter(beside), "")
    return verdict.model_copy(update={"unsealed": count, "oldest_unsealed": oldest, "finding": finding})


def export(services: Services, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """Lines of the audit with its chain: whole batches, such that every event of this time is among them."""
    seal(services, whole=True)
    with services.sessions.read() as session:
        first, last = chain.covering(session, since, until) or (1, 0)
        start = next(iter(chain.seals(session, first, last, 1)), None)
        yield from exported(start.previous if start else START, _links(session, first, last, []))


def _links(session: Session, first: int, last: int, beside: list[str]) -> Iterator[Link]:
    """Every line of the chain with its hash; what is wrong beside it is added to `beside`."""
    before: Seal | None = None
    while seals := chain.seals(session, first, last, BATCH):
        for one in seals:
            if one.previous != (before.hash if before else one.previous if one.number > 1 else START):
                beside.append(f"Seal {one.number} was changed: it names another hash before it.")
            yield from _events(session, one, beside)
            line = rule.seal_line(one.number, one.at, one.events)
            yield Link(line=line, hash=one.hash, seal=one.number, events=one.events, at=one.at)
            before = one
        first = seals[-1].number + 1


def _events(session: Session, seal: Seal, beside: list[str]) -> Iterator[Link]:
    for one in chain.linked(session, seal.number):
        event = one.event
        if event is not None and one.touched != {(of.dataset, of.owner) for of in event.touched}:
            beside.append(f"Owners are shown event {one.number} for other datasets than it touched.")
        line = None if event is None else rule.event_line(event)
        yield Link(line=line, hash=one.hash, event=one.number, seal=seal.number)


def _ties(session: Session) -> list[str]:
    """Links to no seal, and pseudonyms that are tied to another person than they were made for."""
    stray, after = chain.stray_links(session), ""
    found = [f"{stray} events stand under seals that are missing."] if stray else []
    while ties := chain.actors(session, after, BATCH):
        wrong = (name for name, user, month, salt in ties if pseudonym(user, month, salt) != name)
        found += [f"The pseudonym {name} is tied to a person or month that it was not made for." for name in wrong]
        after = ties[-1][0]
    return found
