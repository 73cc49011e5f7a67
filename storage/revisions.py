"""Revisions of a record, each in the version of the schema in which it was written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.metadata import Metadata
from storage.tables import RevisionRow, UserRow


@dataclass(frozen=True)
class StoredRevision:
    """A revision as it is kept; `organisation` is that of whoever wrote it."""

    number: int
    schema_version: str
    created_at: datetime
    organisation: str
    written: dict[str, Any]  # Any: a record of any version of the schema

    @property
    def record(self) -> Metadata:
        """The record in the present schema."""
        return Metadata.model_validate(self.written)


def of(session: Session, dataset: str) -> list[StoredRevision]:
    """All revisions of a dataset's record, oldest first."""
    chosen = (
        select(RevisionRow, UserRow.organisation)
        .join(UserRow, UserRow.id == RevisionRow.created_by)
        .where(RevisionRow.dataset == dataset)
        .order_by(RevisionRow.number)
    )
    return [
        StoredRevision(row.number, row.schema_version, row.created_at, organisation, row.record)
        for row, organisation in session.execute(chosen)
    ]
