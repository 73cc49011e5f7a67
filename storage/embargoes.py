"""Embargoes that end soon, and of which owners were reminded."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from storage.tables import DatasetRow


def remind(session: Session, now: datetime, before: datetime) -> list[str]:
    """Datasets whose embargo ends in this span and had no reminder of that end; from now on they had."""
    untold = or_(DatasetRow.embargo_reminded.is_(None), DatasetRow.embargo_reminded != DatasetRow.embargo_until)
    ending = (DatasetRow.embargo_until > now, DatasetRow.embargo_until <= before)
    done = (
        update(DatasetRow)
        .where(*ending, untold)
        .values(embargo_reminded=DatasetRow.embargo_until)
        .returning(DatasetRow.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(done))
