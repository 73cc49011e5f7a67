"""When what a reader sees of a dataset changed last: what is hidden from them must not move it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from access import fields, policy
from schemas.access import Level, Permit, Scope, View
from schemas.metadata import Metadata
from schemas.policy import Policy

Revised = tuple[datetime, Metadata]
"""When a revision was written, and its record."""


def revised(revisions: Sequence[Revised], held: Iterable[Permit], within: Scope) -> datetime:
    """The newest revision, of those given oldest first, that changed the record as these permits open it.

    Who sees the entry alone sees title and kind.
    """
    permits = tuple(held)
    at, present = revisions[-1][0], _seen(revisions[-1][1], permits, within)
    for when, record in reversed(revisions[:-1]):
        if _seen(record, permits, within) != present:
            return at
        at = when
    return at


def moments(on: Policy, within: Scope) -> Iterator[datetime]:
    """When grants to this reader, and no others', and the embargo began and ended, as far as that is past."""
    ends = [on.embargo_until] if on.embargo_until else []
    for one in policy.by_id(on).grants:
        if one.to in within.grantees and not one.break_glass:
            ends += [at for at in (one.created_at, one.starts_at, one.expires_at, one.revoked_at) if at is not None]
    return (at for at in ends if at <= within.at)


def _seen(record: Metadata, held: tuple[Permit, ...], within: Scope) -> object:
    if any(one.covers(Level.METADATA, View.FULL) for one in held):
        return fields.shown(record, held, within)
    return record.title, record.kind
