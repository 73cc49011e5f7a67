"""A record taken apart into places and values, and what differs between two."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

Leaves = dict[str, Any]


def leaves(record: BaseModel) -> Leaves:
    """Every value that is filled in, by its place such as `cell.nominal_capacity_ah`; a list is one value."""
    return dict(_of(record.model_dump(mode="json"), ""))


def differing(before: BaseModel, after: BaseModel) -> tuple[str, ...]:
    """The places at which two records differ, in order."""
    old, new = leaves(before), leaves(after)
    return tuple(sorted(place for place in old.keys() | new.keys() if old.get(place) != new.get(place)))


def merged(record: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """JSON merge patch (RFC 7396): null takes a member away, an object goes into an object, all else replaces."""
    made = dict(record)
    for name, change in changes.items():
        if change is None:
            made.pop(name, None)
        elif isinstance(change, Mapping):
            present = made.get(name)
            made[name] = merged(present if isinstance(present, Mapping) else {}, change)
        else:
            made[name] = change
    return made


def placed(places: Mapping[str, Any]) -> dict[str, Any]:
    """Values by their places as a nested record, the opposite of `leaves`."""
    made: dict[str, Any] = {}
    for place, value in places.items():
        *groups, last = place.split(".")
        at = made
        for group in groups:
            at = at.setdefault(group, {})
        at[last] = value
    return made


def _of(found: Mapping[str, Any], at: str) -> list[tuple[str, Any]]:
    every: list[tuple[str, Any]] = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            every += _of(value, f"{at}{name}.")
        elif value not in (None, [], ""):
            every.append((at + name, value))
    return every
