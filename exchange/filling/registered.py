"""What is known of the registered objects that a record names: cell or lot, protocol, instrument, chamber, material."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from exchange.registry import look
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Denied, NotFound
from schemas.metadata import Metadata
from schemas.record.field import Part
from schemas.record.leaves import leaves
from schemas.record.making import Protocol, StepKind
from schemas.registered import ObjectPage


@dataclass(frozen=True)
class Known:
    """A value for a place of the record that stands with a registered object."""

    place: str
    value: Any  # Any: JSON
    object: str
    name: str | None


Values = Iterator[tuple[str, Any]]


def read(services: Services, who: Principal, record: Metadata) -> Iterator[Known]:
    """As far as the caller may see each object."""
    for place, values in _PLACES.items():
        object = record.value(place)
        if not isinstance(object, str):
            continue
        try:
            seen = look.one(services, who, object)
        except (Denied, NotFound):
            continue
        for at, value in values(seen):
            if value is not None:
                yield Known(at, value, object, seen.name)


def _cell(seen: ObjectPage) -> Values:
    yield "cell.batch" if seen.record.lot else "cell.id", seen.name
    of_each = seen.record.lot.cell if seen.record.lot else seen.record.cell
    yield from _leaves("cell", of_each)


def _protocol(seen: ObjectPage) -> Values:
    """The newest published version; without one it is a draft that no test has followed."""
    yield "test.protocol.name", seen.name
    if not seen.versions:
        return
    newest = max(seen.versions, key=lambda one: one.number)
    yield "test.protocol.version", str(newest.number)
    yield "test.protocol.sha256", newest.sha256
    yield from _window(newest.content.protocol)
    if len(newest.content.protocol.tests) == 1:
        yield "test.kind", newest.content.protocol.tests[0]


def _window(protocol: Protocol) -> Values:
    """The voltages between which the steps of the procedure go."""
    ends = {kind: [one.until_voltage_v for one in protocol.steps if one.kind is kind] for kind in _WINDOW}
    for kind, (place, of) in _WINDOW.items():
        known = [voltage for voltage in ends[kind] if voltage is not None]
        yield place, of(known) if known else None


def _instrument(seen: ObjectPage) -> Values:
    equipment = seen.record.equipment
    yield "test.instrument.name", seen.name
    if equipment is None:
        return
    for name in ("maker", "model", "serial"):
        yield f"test.instrument.{name}", getattr(equipment, name)
    if equipment.calibrations:
        for place, value in _leaves("test.calibration", equipment.calibrations[-1]):
            if place.rpartition(".")[2] in _CALIBRATION:
                yield place, value


def _chamber(seen: ObjectPage) -> Values:
    yield "test.chamber.name", seen.name


def _material(seen: ObjectPage) -> Values:
    material = seen.record.material or (seen.record.lot.material if seen.record.lot else None)
    yield "material.lot" if seen.record.lot else "material.name", seen.name
    yield from _leaves("material", material)


def _leaves(at: str, part: Part | None) -> Values:
    if part is not None:
        yield from ((f"{at}.{place}", value) for place, value in leaves(part).items())


_CALIBRATION: Final = frozenset(("at", "voltage_v", "current_a", "temperature_k"))
_WINDOW: Final[dict[StepKind, tuple[str, Callable[[list[float]], float]]]] = {
    StepKind.CHARGE: ("test.upper_voltage_v", max),
    StepKind.DISCHARGE: ("test.lower_voltage_v", min),
}
_PLACES: Final[dict[str, Callable[[ObjectPage], Values]]] = {
    "cell.object": _cell,
    "test.protocol.object": _protocol,
    "test.instrument.object": _instrument,
    "test.chamber.object": _chamber,
    "material.object": _material,
}
"""Where a record names an object, and what that says of the record."""
