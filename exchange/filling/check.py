"""Check: what a record lacks for each profile, and what is wrong with one that is not stored."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from exchange import guard
from exchange.problems import troubles
from exchange.services import Services
from exchange.vocabulary import living
from schemas.access import Principal, Right
from schemas.errors import Trouble
from schemas.metadata import Metadata
from schemas.profiles import lacking
from schemas.suggestion import Checked, Missing
from schemas.upgrade import SCHEMA_VERSION, upgraded

Record = Mapping[str, Any]  # Any: JSON


def missing(services: Services, who: Principal, dataset: str) -> Missing:
    """What the newest record of one's own dataset lacks for each profile, all at once."""
    found = guard.require(services, who, Right.DESCRIBE, dataset, reading=True)
    unknown = _unknown(services, found.owner, found.metadata)
    return Missing(missing=lacking(found.metadata), unknown_terms=unknown)


def check(services: Services, who: Principal, record: Record) -> Checked:
    """All problems of a record that is not stored, and what it lacks; a record of an earlier version is converted."""
    guard.require_general(services, who, Right.CREATE, detail="check a record")
    problems: tuple[Trouble, ...] = ()
    try:
        sound = Metadata.model_validate(record)
    except ValidationError as wrong:
        problems, sound = troubles(wrong, Metadata), _sound(record, wrong)
    return Checked(
        valid=not problems,
        schema_version=SCHEMA_VERSION,
        problems=problems,
        unknown_terms=_unknown(services, who.organisation, sound),
        missing=lacking(sound),
    )


def _unknown(services: Services, organisation: str, record: Metadata) -> tuple[Trouble, ...]:
    """The words that are no terms, each with the nearest."""
    with services.sessions.read() as session:
        return tuple(
            Trouble(pointer=one.word.pointer, message=one.sentence, value=one.word.text)
            for one in living.still_unsettled(session, organisation, record)
        )


def _sound(record: Record, wrong: ValidationError) -> Metadata:
    """The record without the fields that are wrong; an empty one where that is not enough."""
    try:
        left = deepcopy(upgraded(record))
    except ValueError:  # Of a later version, or of none.
        return Metadata()
    # From the back, so that the places of a list still stand where they were.
    for error in sorted(wrong.errors(), key=lambda error: [str(part).zfill(9) for part in error["loc"]], reverse=True):
        _drop(left, error["loc"])
    try:
        return Metadata.model_validate(left)
    except ValidationError:
        return Metadata()


def _drop(record: dict[str, Any], place: tuple[int | str, ...]) -> None:
    at: Any = record
    for part in place[:-1]:
        at = at[part] if isinstance(at, list) and isinstance(part, int) and part < len(at) else _of(at, part)
    if isinstance(at, dict) and place:
        at.pop(place[-1], None)
    elif isinstance(at, list) and place and isinstance(place[-1], int) and place[-1] < len(at):
        del at[place[-1]]


def _of(at: object, part: int | str) -> object:
    return at.get(part) if isinstance(at, dict) else None
