"""Metadata records of tests, by short names for the fields that nearly every test needs."""

from collections.abc import Mapping
from typing import Any

from schemas.metadata import Metadata
from schemas.record.leaves import merged, placed

Json = dict[str, Any]
PLACES = {
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
COMPLETE: Json = {
    "title": "Formation and cycling of cell A-01",
    "kind": "round-robin-test",
    "line": "North 1",
    "cell": {"id": "A-01", "configuration": "full", "nominal_capacity_ah": 5.0},
    "test": {
        "lower_voltage_v": 2.7,
        "upper_voltage_v": 4.2,
        "protocol": {"name": "RR-2026-1"},
        "instrument": {"name": "Arbin"},
    },
    "time_zone": "Europe/Berlin",
    "creators": [{"name": "Ada Example"}],
    "licence": "CC-BY-4.0",
}
"""Everything that release asks of a test."""


def record(base: Mapping[str, Any] | None = None, **short: Any) -> Json:
    """A record as it is sent, with these fields in place of the base's; a name with dots is a place."""
    fields = {PLACES.get(name, name): value for name, value in short.items()}
    # A whole group given under the name of its field stays a group.
    fields = {
        ("cell" if name == "cell.id" and isinstance(value, dict) else name): value for name, value in fields.items()
    }
    groups = {name: value for name, value in fields.items() if "." not in name}
    return merged(merged(base or {}, groups), placed({name: fields[name] for name in fields if name not in groups}))


def metadata(**short: Any) -> Metadata:
    """A record as the platform holds it."""
    return Metadata.model_validate(record(None, **short))
