"""Which fields of a record are shown to whom: each has a class, core, network or confidential."""

from collections.abc import Iterable

from schemas.access import Grantee, GranteeKind, Level, Permit, Scope, View
from schemas.metadata import CLASS_OF_FIELD, FieldClass, Metadata

_NETWORK = Grantee(kind=GranteeKind.NETWORK)


def classes(held: Iterable[Permit], within: Scope) -> frozenset[FieldClass]:
    """The classes that these permits open: confidential fields need level tables, or a tick in the grant.

    Where the world may read the record it gets the core fields alone.
    """
    full = [one for one in held if one.view is View.FULL and one.level >= Level.METADATA]
    if not full:
        return frozenset()
    if any(one.confidential or one.level >= Level.TABLES for one in full):
        return frozenset(FieldClass)
    return frozenset({FieldClass.CORE, FieldClass.NETWORK} if _NETWORK in within.grantees else {FieldClass.CORE})


def shown(record: Metadata, held: Iterable[Permit], within: Scope) -> Metadata:
    """The record with the fields that the permits open; the others are as in an empty record."""
    opened = classes(held, within)
    closed = (name for name, kind in CLASS_OF_FIELD.items() if kind not in opened)
    return record.model_copy(update={name: Metadata.model_fields[name].get_default() for name in closed})
