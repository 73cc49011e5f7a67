"""Stored records of earlier versions: read as the present one, and kept as they were written, on both databases."""

from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from schemas.identifiers import new_dataset_id
from schemas.metadata import Metadata
from schemas.organisation import Organisation, Role, Standing, User
from schemas.upgrade import SCHEMA_VERSION
from storage import catalogue, people
from storage.database import Sessions
from storage.tables import DatasetRow, RevisionRow
from tests.schemas.test_earlier_records import RECORDS

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_a_stored_record_of_an_earlier_version_is_read_as_the_present_one_and_stays_as_it_was_written(
    sessions: Sessions,
) -> None:
    with sessions.begin() as session:
        people.add_organisation(session, Organisation(id="north", name="North", standing=Standing.MEMBER), NOW)
        people.add_user(session, User(id="north", organisation="north", name="North"), {Role.STEWARD}, NOW)
        ids = {name: new_dataset_id() for name in RECORDS}
        for name, id in ids.items():
            catalogue.create(session, id, "north", "north", Metadata(), NOW)
            # As an earlier installation left it: nothing of today's code writes such a row.
            session.execute(insert(RevisionRow).values(**row(id, RECORDS[name])))
            session.execute(update(DatasetRow).where(DatasetRow.id == id).values(revision=2))
    with sessions.begin() as session:
        for name, id in ids.items():
            read = catalogue.lock(session, id).metadata
            assert read == Metadata.model_validate(RECORDS[name]) and read.schema_version == SCHEMA_VERSION
            catalogue.describe(session, id, read.model_copy(update={"title": "Corrected"}), "north", NOW)
    with sessions.read() as session:
        for name, id in ids.items():
            chosen = select(RevisionRow).where(RevisionRow.dataset == id).order_by(RevisionRow.number)
            _, before, after = session.scalars(chosen)
            assert (before.schema_version, before.record) == (RECORDS[name]["schema_version"], RECORDS[name])
            assert (after.schema_version, after.record["schema_version"]) == (SCHEMA_VERSION, SCHEMA_VERSION)
            assert catalogue.lock(session, id).metadata.title == "Corrected"


def row(id: str, record: dict[str, object]) -> dict[str, object]:
    version = record["schema_version"]
    return {
        "dataset": id,
        "number": 2,
        "schema_version": version,
        "record": record,
        "created_at": NOW,
        "created_by": "north",
    }
