"""Records of earlier versions of the schema, converted up to the present one; a stored record is never rewritten."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Record = dict[str, Any]
SCHEMA_VERSION: Final = "1.0"
"""The present version of the metadata schema."""


def upgraded(record: Mapping[str, Any]) -> Record:
    """The record's fields in the present schema; `TooNew` for a later version, `ValueError` for two versions mixed."""
    present = dict(record)
    for _ in range(len(CONVERTERS) + 1):
        version = present.get("schema_version", SCHEMA_VERSION)
        if version == SCHEMA_VERSION or not isinstance(version, str):
            return present
        if version not in CONVERTERS:
            if _number(version) > _number(SCHEMA_VERSION):
                raise TooNew(version)
            return present
        present = CONVERTERS[version](present)
    raise AssertionError("the converters lead in a circle")


class TooNew(ValueError):
    """The record is written in a version of the schema that this installation does not know yet."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"the record is written in version {version} of the metadata schema, and this installation knows versions "
            f"up to {SCHEMA_VERSION}; it needs a newer installation, or a record in version {SCHEMA_VERSION}"
        )
        self.version = version


def _number(version: str) -> tuple[int, ...]:
    parts = re.fullmatch(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", version)
    return tuple(int(part or 0) for part in parts.groups()) if parts else (0,)


_MOVED: Final = {
    "cell": "cell.id",
    "cell_configuration": "cell.configuration",
    "nominal_capacity_ah": "cell.nominal_capacity_ah",
    "chemistry": "cell.chemistry",
    "lower_voltage_v": "test.lower_voltage_v",
    "upper_voltage_v": "test.upper_voltage_v",
    "cycles": "test.cycles",
    "protocol_name": "test.protocol.name",
    "instrument": "test.instrument.name",
}


def _from_0_1(record: Record) -> Record:
    """Version 0.1 was flat: its fields of cell and test now stand in groups."""
    made: Record = {name: value for name, value in record.items() if name not in _MOVED}
    if "test" in made:
        raise ValueError("a record in version 0.1 of the metadata schema has no field 'test'; write it in version 1.0")
    for old, new in _MOVED.items():
        if record.get(old) is not None:
            *groups, last = new.split(".")
            at = made
            for group in groups:
                at = at.setdefault(group, {})
            at[last] = record[old]
    return made | {"schema_version": "1.0"}


CONVERTERS: Final[dict[str, Callable[[Record], Record]]] = {"0.1": _from_0_1}
"""From each earlier version one step up."""
