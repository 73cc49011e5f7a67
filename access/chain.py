"""The chain of the audit: one hash that runs over every event and every seal, so that no past can be made up.

Each event and each seal is one line of canonical JSON (RFC 8785: names in order, no spaces, UTF-8). From the hash
before, `hash = SHA-256(hash before + newline + line)` as 64 hexadecimal digits; the first begins from 64 zeros.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.audit import KeptEvent, Seal, Verdict

START = "0" * 64


@dataclass(frozen=True)
class Link:
    """One line of the chain with the hash it is said to have; of an event (by number) or of a seal.

    `line` is None where the event is gone. Of a seal, `events` is how many it says that it covers.
    """

    line: str | None
    hash: str
    event: int | None = None
    seal: int = 0
    events: int = 0
    at: datetime | None = None


def follow(before: str, line: str) -> str:
    """The hash after a line."""
    return hashlib.sha256(f"{before}\n{line}".encode("utf-8", "surrogateescape")).hexdigest()


def event_line(event: KeptEvent) -> str:
    """An event as it is hashed; a field that is added one day stays out of the line while it is empty."""
    return canonical(
        {
            "action": event.action,
            "actor": event.actor,
            "allowed": event.allowed,
            "at": _moment(event.at),
            "detail": event.detail,
            "event": event.id,
            "organisation": event.organisation,
            "reason": event.reason,
            "reference": event.reference,
            "roles": list(event.roles),
            "target": event.target,
            "touched": [{"dataset": one.dataset, "owner": one.owner} for one in event.touched],
        }
    )


def seal_line(number: int, at: datetime, events: int) -> str:
    """A seal as it is hashed, after the events that it covers."""
    return canonical({"at": _moment(at), "events": events, "seal": number})


def canonical(document: object) -> str:
    """One document, always written the same."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sealed(head: Seal | None, events: Iterable[KeptEvent], at: datetime) -> tuple[Seal, list[tuple[int, str]]]:
    """The seal that follows `head` over these events, in order of their numbers, and the hash of each."""
    before = previous = head.hash if head else START
    number = head.number + 1 if head else 1
    hashes = []
    for event in sorted(events, key=lambda one: one.id):
        before = follow(before, event_line(event))
        hashes.append((event.id, before))
    end = follow(before, seal_line(number, at, len(hashes)))
    return Seal(number=number, at=at, events=len(hashes), previous=previous, hash=end), hashes


@dataclass
class _Walk:
    """Where a walk along the chain is."""

    hash: str
    earlier: str = ""
    last_event: int | None = None
    in_batch: int = 0
    events: int = 0
    seals: int = 0
    number: int | None = None
    sealed_at: datetime | None = None
    anchored: int | None = None
    suspect: Link | None = None
    inserted: int | None = None


def walk(links: Iterable[Link], start: str = START, anchor: str | None = None) -> Verdict:
    """Follow the chain to its end, or to the first batch that does not follow from what stands before it."""
    at = _Walk(hash=start)
    for link in links:
        finding = _step(at, link, anchor)
        if finding:
            return _verdict(at, finding)
    if at.in_batch:
        return _verdict(at, f"The seal after event {at.last_event} is missing.")
    if anchor is not None and at.anchored is None and anchor != start:
        return _verdict(at, "No seal has the hash of the anchor: what it stood for was changed or removed.")
    return _verdict(at, "")


def _step(at: _Walk, link: Link, anchor: str | None) -> str:
    if link.line is None:
        return f"Event {link.event} is missing; seal {link.seal} covers it."
    if at.suspect is None and follow(at.hash, link.line) != link.hash:
        at.suspect = link
        if at.earlier and follow(at.earlier, link.line) == link.hash:
            at.inserted = at.last_event
    at.earlier, at.hash = at.hash, link.hash
    if link.event is not None:
        at.in_batch, at.last_event = at.in_batch + 1, link.event
        return ""
    finding = _at_seal(at, link)
    if not finding:
        at.events, at.seals, at.in_batch = at.events + link.events, at.seals + 1, 0
        at.number, at.sealed_at = link.seal, link.at
        at.anchored = link.seal if link.hash == anchor else at.anchored
    return finding


def _at_seal(at: _Walk, link: Link) -> str:
    """What is wrong with the batch that ends here, as precisely as its count allows."""
    if at.number is not None and link.seal != at.number + 1:
        return f"Between seal {at.number} and seal {link.seal} there is a seal missing, or one too many."
    suspect = at.suspect
    if suspect is None and at.in_batch == link.events:
        return ""
    place = f"event {suspect.event}" if suspect is not None and suspect.event is not None else f"seal {link.seal}"
    if at.in_batch < link.events:
        return f"Before {place} an event is missing: seal {link.seal} covers {link.events}, {at.in_batch} are there."
    if at.in_batch > link.events:
        one = f"Event {at.inserted}" if at.inserted is not None else f"{place[0].upper()}{place[1:]}, or one before it,"
        return f"{one} was inserted: seal {link.seal} covers {link.events} events, {at.in_batch} are there."
    if suspect is not None and suspect.event is None:
        return f"Seal {link.seal} was changed."
    return f"{place[0].upper()}{place[1:]} was changed, or it does not stand where it was sealed (seal {link.seal})."


def _verdict(at: _Walk, finding: str) -> Verdict:
    sound = not finding
    return Verdict(
        finding=finding,
        events=at.events,
        seals=at.seals,
        head=at.hash if sound else "",
        sealed_at=at.sealed_at,
        anchored=at.anchored,
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
