"""Which fields of a record are shown to whom: each has a class, core, network or confidential."""

from collections.abc import Iterable
from typing import Any, TypeVar

from schemas.access import Grantee, GranteeKind, Level, Permit, Scope, View
from schemas.metadata import Metadata
from schemas.record.field import FieldClass, Part, class_of

P = TypeVar("P", bound=Part)
_NETWORK = Grantee(kind=GranteeKind.NETWORK)


def classes(held: Iterable[Permit], within: Scope) -> frozenset[FieldClass]:
    """The classes that these permits open: confidential fields need level tables, or a tick in the grant.

    Where the world may read the record and no more, it gets the core fields alone.
    """
    full = [one for one in held if one.view is View.FULL and one.level >= Level.METADATA]
    if not full:
        return frozenset()
    if any(one.confidential or one.level >= Level.TABLES for one in full):
        return frozenset(FieldClass)
    return frozenset({FieldClass.CORE, FieldClass.NETWORK} if _NETWORK in within.grantees else {FieldClass.CORE})


def shown(record: Metadata, held: Iterable[Permit], within: Scope) -> Metadata:
    """The record with the fields that the permits open; the others are as in an empty record."""
    return opened(record, classes(held, within), named=_NETWORK in within.grantees)


def opened(record: P, classes: frozenset[FieldClass], named: bool = True) -> P:
    """The record with its fields of these classes; people who have not agreed to it are named within the network only.

    A group of which nothing is left is left out.
    """
    kept: dict[str, Any] = {}
    for name, field in type(record).model_fields.items():
        value = getattr(record, name) if class_of(type(record), name) in classes else field.get_default()
        if isinstance(value, Part):
            value = opened(value, classes, named)
            value = None if value == type(value)() else value
        elif isinstance(value, tuple):
            people = (one for one in value if named or getattr(one, "agreed", True))
            value = tuple(opened(one, classes, named) if isinstance(one, Part) else one for one in people)
        kept[name] = value
    return record.model_copy(update=kept)
