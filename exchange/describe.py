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
    with services.sessions.begin() as session:
        id = draft(services, session, who, metadata)
        visibility.refresh(session, [id])
        return catalogue.lock(session, id)


def draft(services: Services, session: Session, who: Principal, metadata: Metadata) -> str:
    """Enter a draft of the caller's organisation, who was allowed to make it; its id."""
    id = services.new_dataset_id()
    catalogue.create(session, id, who.organisation, who.user, metadata, services.now())
    propose.note(services, session, id, who.organisation, metadata)
    return id


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
        lacking = emptied(present, metadata)
        if lacking:
            raise Conflict(lacking)
        revise(services, session, present, metadata, who.user)
        visibility.refresh(session, [dataset])
        return catalogue.lock(session, dataset)


def emptied(present: Dataset, metadata: Metadata) -> str:
    """Why a released dataset cannot be without what the record lacks; empty where nothing is in the way."""
    lacking = profiles.missing(metadata) if present.state is DatasetState.RELEASED else ()
    return f"This dataset is released; its record cannot be without: {', '.join(lacking)}." if lacking else ""


def revise(services: Services, session: Session, present: Dataset, metadata: Metadata, by: str) -> None:
    """The next revision of a dataset whose row is held: its readers are told, its files read again where needed."""
    catalogue.describe(session, present.id, metadata, by, services.now())
    propose.note(services, session, present.id, present.owner, metadata)
    past.described(services, session, present, metadata)
    if reads_otherwise(session, present, metadata):
        _read_again(services, session, present)


def reads_otherwise(session: Session, present: Dataset, metadata: Metadata) -> bool:
    """Whether files are read otherwise with this record than with the present one."""
    before = _read_with(session, present.owner, present.metadata)
    return not _read_with(session, present.owner, metadata).reads_as(before)


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
