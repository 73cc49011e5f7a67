"""Describe: make a draft, fill in and correct its metadata."""

from collections.abc import Mapping

from pydantic import ValidationError
from sqlalchemy.orm import Session

from exchange import guard, visibility
from exchange.problems import troubles
from exchange.registry import check
from exchange.services import Services
from exchange.telling import past
from exchange.vocabulary import propose
from schemas import profiles
from schemas.access import Principal, Right
from schemas.dataset import Dataset, DatasetState
from schemas.errors import Conflict, Refused
from schemas.ingested import Declared
from schemas.metadata import Metadata
from schemas.record.leaves import merged
from storage import catalogue, intake, people, runs


def create(services: Services, who: Principal, metadata: Metadata) -> Dataset:
    """A new draft of the caller's organisation; its id is random and final."""
    guard.require_general(services, who, Right.CREATE)
    check.named(services, who, metadata)
    id = services.new_dataset_id()
    with services.sessions.begin() as session:
        catalogue.create(session, id, who.organisation, who.user, metadata, services.now())
        propose.note(services, session, id, who.organisation, metadata)
        visibility.refresh(session, [id])
        return catalogue.lock(session, id)


def describe(services: Services, who: Principal, dataset: str, changes: Mapping[str, object]) -> Dataset:
    """A new revision in which `changes` replace fields of the newest record (JSON merge patch: null empties).

    Where reading depends on what changed, the newest and the released version are read again.
    """
    found = guard.require(services, who, Right.DESCRIBE, dataset)
    check.named(services, who, _checked(merged(found.metadata.written(), changes)), found.metadata)
    with services.sessions.begin() as session:
        present = guard.hold(session, dataset)
        metadata = _checked(merged(present.metadata.written(), changes))
        if metadata == present.metadata:
            return present
        if present.state is DatasetState.RELEASED and profiles.missing(metadata):
            emptied = ", ".join(profiles.missing(metadata))
            raise Conflict(f"This dataset is released; its record cannot be without: {emptied}.")
        catalogue.describe(session, dataset, metadata, who.user, services.now())
        propose.note(services, session, dataset, present.owner, metadata)
        visibility.refresh(session, [dataset])
        past.described(services, session, present, metadata)
        if not _read_with(session, present.owner, metadata).reads_as(
            _read_with(session, present.owner, present.metadata)
        ):
            _read_again(services, session, present)
        return catalogue.lock(session, dataset)


def _read_with(session: Session, owner: str, metadata: Metadata) -> Declared:
    return metadata.declared(people.zone_of_line(session, owner, metadata.line))


def _read_again(services: Services, session: Session, dataset: Dataset) -> None:
    for version in {one for one in (dataset.latest_version, dataset.released_version) if one is not None}:
        newest = runs.runs_of(session, dataset.id, version)[-1]
        # A queued one will see the new record; it is held, or a worker could take it now and still see the old one.
        if not runs.waits(session, newest.id):
            run = intake.add_run(session, dataset.id, version, services.now(), services.new_id)
            services.jobs.enqueue(session, run)


def _checked(record: Mapping[str, object]) -> Metadata:
    try:
        return Metadata.model_validate(record)
    except ValidationError as wrong:
        raise Refused("The metadata have problems.", errors=troubles(wrong, Metadata)) from wrong
