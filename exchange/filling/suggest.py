"""Suggest: values for the empty fields of a draft, each with its source; nothing is filled in by itself."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from exchange import guard
from exchange.filling import filename, header, registered
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import Dataset
from schemas.metadata import DatasetKind, Metadata
from schemas.record.leaves import leaves, placed
from schemas.suggestion import Origin, Suggestion, Suggestions
from storage import catalogue, collections, newest, people, runs
from storage.query import TableReader

_STAYS: Final = (
    "line",
    "time_zone",
    "language",
    "creators",
    "contact",
    "funding",
    "licence",
    "agreement",
    "keywords",
    "cell.configuration",
    "cell.chemistry",
    "cell.negative_chemistry",
    "cell.nominal_capacity_ah",
    "cell.nominal_voltage_v",
    "cell.specification.format",
    "cell.specification.size",
    "cell.made_by",
    "test.kind",
    "test.round",
    "test.protocol",
    "test.instrument.name",
    "test.instrument.maker",
    "test.instrument.model",
    "test.instrument.serial",
    "test.instrument.software",
    "test.calibration",
    "test.chamber",
    "test.lower_voltage_v",
    "test.upper_voltage_v",
    "test.c_rate_base_ah",
    "production.recipe",
)
"""Places at which one upload of a kind is mostly like the one before; what names a cell or a moment is none."""
_TIMESERIES, _MOMENT = "timeseries", "unix_time_second"
_ORDER: Final = list(Origin)


def suggestions(services: Services, who: Principal, dataset: str) -> Suggestions:
    """Everything known that could stand where the newest record of one's own dataset is empty."""
    found = guard.require(services, who, Right.DESCRIBE, dataset, reading=True, detail="suggestions")
    offered = [*_of_objects(services, who, found.metadata), *_of_rows(services, found)]
    with services.sessions.read() as session:
        offered += [
            *_of_files(session, found),
            *_of_lines(session, found),
            *_of_last_upload(session, who, found),
            *_of_round(session, found),
        ]
    kept = [one for one in offered if found.metadata.value(one.place) is None and _right(one)]
    kept.sort(key=lambda one: (one.place, _ORDER.index(one.origin)))
    return Suggestions(dataset=dataset, suggestions=tuple(kept), patch=_patch(found.metadata, kept))


def _of_objects(services: Services, who: Principal, record: Metadata) -> Iterator[Suggestion]:
    for one in registered.read(services, who, record):
        said = f"{one.object}{f', {one.name}' if one.name else ''}"
        yield Suggestion(place=one.place, value=one.value, origin=Origin.REGISTERED, said=said)


def _of_rows(services: Services, dataset: Dataset) -> Iterator[Suggestion]:
    """First and last moment of the newest build's time series, from the table's footer."""
    with services.sessions.read() as session:
        every = runs.runs_of(session, dataset.id, dataset.latest_version) if dataset.latest_version else []
        stored = runs.table(session, every[-1].id, _TIMESERIES) if every else None
    if stored is None or _MOMENT not in {column.name for column in stored.table.columns}:
        return
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    for place, seconds in zip(("test.started_at", "test.ended_at"), reader.ranges()[_MOMENT].bounds, strict=True):
        if seconds is not None:
            at = datetime.fromtimestamp(round(seconds), UTC).isoformat()
            word = "first" if place.endswith("started_at") else "last"
            yield Suggestion(place=place, value=at, origin=Origin.FILE_HEADER, said=f"{word} row of the time series")


def _of_files(session: Session, dataset: Dataset) -> Iterator[Suggestion]:
    lines = [line.name for line in people.lines_of(session, dataset.owner)]
    for version in catalogue.versions(session, dataset.id):
        if version.number == dataset.latest_version:
            for file in version.files[:1]:
                for name in filename.read(file.filename, lines):
                    said = f"“{name.part}” in {file.filename}"
                    yield Suggestion(place=name.place, value=name.value, origin=Origin.FILE_NAME, said=said)
                yield from _of_header(session, dataset.id, version.number, file.filename)


def _of_header(session: Session, dataset: str, version: int, file: str) -> Iterator[Suggestion]:
    """What the newest run that is through has read."""
    through = [one for one in runs.runs_of(session, dataset, version) if one.finished_at is not None]
    if not through:
        return
    read = runs.read_of(session, through[-1].id)
    for one in header.read(read.header):
        said = f"{file}: “{one.line.strip()[:200]}”"
        yield Suggestion(place=one.place, value=one.value, origin=Origin.FILE_HEADER, said=said)
    if through[-1].instrument:
        said = f"{file} was read as {through[-1].reader}"
        maker = through[-1].instrument
        yield Suggestion(place="test.instrument.maker", value=maker, origin=Origin.FILE_HEADER, said=said)
    if read.started_at is not None and read.started_at.tzinfo is not None:
        at = read.started_at.isoformat()
        yield Suggestion(place="test.started_at", value=at, origin=Origin.FILE_HEADER, said=f"{file}: its first moment")


def _of_lines(session: Session, dataset: Dataset) -> Iterator[Suggestion]:
    lines = people.lines_of(session, dataset.owner)
    if len(lines) == 1:
        said = f"the only pilot line of {dataset.owner_name}"
        yield Suggestion(place="line", value=lines[0].name, origin=Origin.LINE, said=said)
    name = dataset.metadata.line or (lines[0].name if len(lines) == 1 else None)
    zone = people.zone_of_line(session, dataset.owner, name)
    if zone is not None:
        said = f"time zone of the pilot line {name}"
        yield Suggestion(place="time_zone", value=zone, origin=Origin.LINE, said=said)


def _of_last_upload(session: Session, who: Principal, dataset: Dataset) -> Iterator[Suggestion]:
    """What the caller's, else the organisation's, newest other dataset of the same kind has."""
    kind = dataset.metadata.kind
    last = newest.last_of_kind(session, dataset.owner, who.user, kind, dataset.id) if kind else None
    if last is None:
        return
    said = f"your last {kind}" if last.yours else f"the last {kind} of {dataset.owner_name}"
    for place, value in leaves(last.metadata).items():
        if any(place == stays or place.startswith(f"{stays}.") for stays in _STAYS):
            taken = _not_yet_agreed(value) if place == "creators" else value
            yield Suggestion(place=place, value=taken, origin=Origin.LAST_UPLOAD, said=f"{said}, {last.dataset}")


def _not_yet_agreed(people: list[dict[str, Any]]) -> list[dict[str, Any]]:  # Any: JSON
    """A person agrees to be named with one dataset, not with the next."""
    return [one | {"agreed": False} for one in people]


def _of_round(session: Session, dataset: Dataset) -> Iterator[Suggestion]:
    held = collections.of_dataset(session, dataset.id)
    if dataset.metadata.kind is DatasetKind.ROUND_ROBIN_TEST and len(held) == 1:
        said = f"the collection {held[0]}, in which the dataset is"
        yield Suggestion(place="test.round", value=held[0], origin=Origin.COLLECTION, said=said)


def _right(one: Suggestion) -> bool:
    """Whether the record takes the value; a header may say anything."""
    try:
        Metadata.model_validate(placed({one.place: one.value}))
    except ValidationError:
        return False
    return True


def _patch(record: Metadata, offered: Iterable[Suggestion]) -> dict[str, Any]:  # Any: JSON
    """The first for each place, without those that do not go together with what is there."""
    taken: dict[str, Any] = {}
    for one in offered:
        if one.place not in taken and _fits(record, taken | {one.place: one.value}):
            taken[one.place] = one.value
    return placed(taken)


def _fits(record: Metadata, places: dict[str, Any]) -> bool:  # Any: JSON
    try:
        Metadata.model_validate(placed(leaves(record) | places))
    except ValidationError:
        return False
    return True
