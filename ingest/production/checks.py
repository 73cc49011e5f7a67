"""What is odd about the values of a run taken together: polarity, repeated values, start and end, order of steps."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from ingest.production.entries import Line, Place, Told, Value
from ingest.production.values import END, START
from schemas.production import CellFormat, ObjectKind, ProducedObject
from schemas.vocabulary import production

POLARITY = "electrode_polarity"
_OF_ELECTRODES = (ObjectKind.BATCH, ObjectKind.ROLL, ObjectKind.ELECTRODE)

Occasion = tuple[str, ProducedObject, int]
"""A step, an object, and which of its rows."""


def check(values: Sequence[Value], cell_format: CellFormat | None, told: Told) -> None:
    """Every finding about values that stand together."""
    by_id: dict[Occasion, dict[str, Value]] = defaultdict(dict)
    places: dict[Occasion, Place] = {}
    for value in values:
        line = value.entry.line
        places.setdefault(_occasion(line), line.place)
        if value.entry.named.parameter is not None:
            by_id[_occasion(line)].setdefault(value.entry.named.parameter.id, value)
    _polarity(places, by_id, told)
    _repeated(values, told)
    _start_and_end(by_id, told)
    _order(by_id, cell_format, told)


def _occasion(line: Line) -> Occasion:
    return line.step, line.object, line.occasion


def _polarity(places: Mapping[Occasion, Place], by_id: Mapping[Occasion, Mapping[str, Value]], told: Told) -> None:
    for occasion, place in places.items():
        step, one, _ = occasion
        if not production().steps[step].electrode or one.kind not in _OF_ELECTRODES:
            continue
        if POLARITY not in by_id.get(occasion, {}):
            message = f"{production().steps[step].label} of “{one.name}” does not say for which electrode."
            hint = "Fill in “Electrode polarity”: positive or negative."
            told.error("polarity-missing", message, hint, place.at("Electrode polarity"))


def _repeated(values: Sequence[Value], told: Told) -> None:
    """Equal rows, and values of one object and time that contradict each other."""
    first: dict[tuple[object, ...], Value] = {}
    written = Counter(value.entry.line.place for value in values)
    again: dict[tuple[Place, Place], list[Value]] = defaultdict(list)
    for value in values:
        entry, line = value.entry, value.entry.line
        name = entry.named.parameter.id if entry.named.parameter else entry.named.name
        key = (line.step, line.object, name, entry.named.side, entry.named.part, entry.named.recorded, value.time)
        before = first.setdefault(key, value)
        if before is value:
            continue
        if (before.number, before.text) == (value.number, value.text):
            again[before.entry.line.place, line.place].append(value)
        else:
            message = f"“{name}” of “{line.object.name}” has another value in row {before.entry.place.row}, same time."
            told.warn("value-contradicts", message, "Give each its time, or remove one.", entry.place, entry.cell)
    for (before_it, place), repeats in again.items():
        if len(repeats) == written[place]:
            message = f"The row repeats row {before_it.row} for “{repeats[0].entry.line.object.name}”."
            told.warn("row-duplicate", message, "Remove one of them.", place)


def _start_and_end(by_id: Mapping[Occasion, Mapping[str, Value]], told: Told) -> None:
    for (step, one, _), said in by_id.items():
        start, end = (said[name].time if name in said else None for name in (START, END))
        if start is not None and end is not None and start > end:
            message = f"{production().steps[step].label} of “{one.name}” starts {start} after it ends {end}."
            told.error("start-after-end", message, "Correct the times.", said[START].entry.place, said[START].text)


def _order(by_id: Mapping[Occasion, Mapping[str, Value]], cell_format: CellFormat | None, told: Told) -> None:
    usual = cell_format.order if cell_format else tuple(production().steps)
    name = f"a {cell_format.label.lower()} cell" if cell_format else "cell production"
    for step, place in _first_places(by_id).items():
        if step not in usual:
            told.note("step-unusual", f"{production().steps[step].label} is not usual for {name}.", "", place)
    begun: dict[ProducedObject, list[tuple[datetime, str, Place]]] = defaultdict(list)
    for (step, one, _), said in by_id.items():
        time = next((said[key].time for key in (START, END) if key in said and said[key].time), None)
        if time is not None and step in usual:
            begun[one].append((time, step, next(iter(said.values())).entry.line.place))
    for one, steps in begun.items():
        at, before = 0, ""
        for _, step, place in sorted(steps, key=lambda each: each[0]):
            if step not in usual[at:]:
                message = f"“{one.name}” went through {step} after {before}, which is not the usual order of {name}."
                told.note("order-unusual", message, "Check the times if this is not meant.", place)
                break
            at, before = usual.index(step, at), step


def _first_places(by_id: Mapping[Occasion, Mapping[str, Value]]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for (step, _, _), said in by_id.items():
        if said:
            places.setdefault(step, next(iter(said.values())).entry.line.place)
    return places
