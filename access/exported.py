"""An exported audit: JSON Lines that anybody can check with SHA-256 alone, without this platform.

The first line says the format and the hash from which the chain goes on; then every event and seal as it is hashed,
each followed by a line with its hash. A file ends with a seal.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from access.chain import Link, canonical, walk
from schemas.audit import FORMAT, Verdict
from schemas.errors import Refused

_LONGEST_LINE = 2**20


def exported(start: str, links: Iterable[Link]) -> Iterator[str]:
    """The lines of an export, from the hash before its first event."""
    yield canonical({"format": FORMAT, "from": start})
    for link in links:
        if link.line is not None:
            yield link.line
            yield canonical({"hash": link.hash})


def verify_exported(lines: Iterable[str], anchor: str | None = None) -> tuple[str, Verdict]:
    """The hash from which the file starts, and what its chain says; `Refused` when it is no export of ours."""
    rest = iter(lines)
    head = _object(next(rest, ""), 1)
    if head.get("format") != FORMAT or not isinstance(head.get("from"), str):
        raise Refused(f"The file is no exported audit: its first line does not name the format {FORMAT}.")
    start = str(head["from"])
    return start, walk(_links(rest), start, anchor)


def _links(lines: Iterator[str]) -> Iterator[Link]:
    number = 1
    for line in lines:
        number += 1
        content = line.rstrip("\n")
        found = _object(content, number)
        number += 1
        hash = _object(next(lines, "").rstrip("\n"), number).get("hash")
        if not isinstance(hash, str):
            raise Refused(f"Line {number} of the file holds no hash; one must follow every event and every seal.")
        event, seal, events = found.get("event"), found.get("seal"), found.get("events")
        if isinstance(event, int):
            yield Link(line=content, hash=hash, event=event)
        elif isinstance(seal, int) and isinstance(events, int):
            yield Link(line=content, hash=hash, seal=seal, events=events, at=_at(found.get("at")))
        else:
            raise Refused(f"Line {number - 1} of the file is neither an event nor a seal.")


def _at(found: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(found))
    except ValueError:
        return None


def _object(line: str, number: int) -> dict[str, object]:
    try:
        found = json.loads(line) if len(line) <= _LONGEST_LINE else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused(f"Line {number} of the file is no JSON object.")
    return found
