"""The newest dataset of a kind, from which the record of another one can be filled in."""

from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from schemas.dataset import DatasetState
from schemas.metadata import Metadata
from storage import catalogue
from storage.tables import DatasetRow


@dataclass(frozen=True)
class Last:
    """An earlier dataset of an organisation: whether the asking user made it, and its newest record."""

    dataset: str
    yours: bool
    metadata: Metadata


def last_of_kind(session: Session, owner: str, by: str, kind: str, besides: str) -> Last | None:
    """The newest other dataset of this kind that this user made for the organisation, else that anybody made."""
    chosen = (
        select(DatasetRow.id, DatasetRow.created_by)
        .where(DatasetRow.owner == owner, DatasetRow.kind == kind, DatasetRow.id != besides)
        .where(DatasetRow.state != DatasetState.WITHDRAWN)
        .order_by(case((DatasetRow.created_by == by, 0), else_=1), DatasetRow.created_at.desc(), DatasetRow.id)
        .limit(1)
    )
    row = session.execute(chosen).first()
    if row is None:
        return None
    return Last(row.id, row.created_by == by, catalogue.of(session, [row.id])[0].metadata)
