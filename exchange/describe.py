"""Describe: make a draft, fill in and correct its metadata."""

from collections.abc import Mapping

from pydantic import ValidationError

from exchange import guard
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import Dataset
from schemas.errors import Refused, Trouble
from schemas.metadata import Metadata
from storage import catalogue


def create(services: Services, who: Principal, metadata: Metadata) -> Dataset:
    """A new draft of the caller's organisation; its id is random and final."""
    guard.require_general(services, who, Right.CREATE)
    id = services.new_dataset_id()
    with services.sessions.begin() as session:
        catalogue.create(session, id, who.organisation, who.user, metadata, services.now())
        return catalogue.lock(session, id)


def describe(services: Services, who: Principal, dataset: str, changes: Mapping[str, object]) -> Dataset:
    """A new revision in which `changes` replace fields of the newest record (JSON merge: null empties a field)."""
    guard.require(services, who, Right.DESCRIBE, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        record = present.metadata.model_dump(mode="json") | dict(changes)
        metadata = _checked({name: value for name, value in record.items() if value is not None})
        if metadata == present.metadata:
            return present
        catalogue.describe(session, dataset, metadata, who.user, services.now())
        return catalogue.lock(session, dataset)


def _checked(record: Mapping[str, object]) -> Metadata:
    try:
        return Metadata.model_validate(record)
    except ValidationError as wrong:
        raise Refused("The metadata have problems.", errors=troubles(wrong)) from wrong


def troubles(wrong: ValidationError, at: str = "") -> tuple[Trouble, ...]:
    """Every problem pydantic found, as place, sentence and value."""
    return tuple(
        Trouble(
            pointer=at + "".join(f"/{part}" for part in error["loc"]),
            message=error["msg"].removeprefix("Value error, "),
            value=repr(error["input"])[:200] if error["type"] != "missing" else None,
        )
        for error in wrong.errors(include_url=False, include_context=False)
    )
