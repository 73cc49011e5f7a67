"""Grants that end soon, and of which of them it was told."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.dataset import DatasetState
from schemas.policy import Grant
from storage import grants
from storage.tables import DatasetRow, GrantRow, GrantWarningRow


def ending(session: Session, now: datetime, until: datetime, after: str, limit: int) -> list[Grant]:
    """Grants on released datasets that end by themselves between now and then, by id behind `after`, so many."""
    chosen = (
        select(GrantRow.id, GrantRow.dataset)
        .join(DatasetRow, DatasetRow.id == GrantRow.dataset)
        .where(
            GrantRow.revoked_at.is_(None),
            GrantRow.expires_at > now,
            GrantRow.expires_at <= until,
            GrantRow.break_glass.is_(False),
            DatasetRow.state == DatasetState.RELEASED,
            GrantRow.id > after,
        )
        .order_by(GrantRow.id)
        .limit(limit)
    )
    ids = {row.id: row.dataset for row in session.execute(chosen)}
    found = (one for one in grants.on(session, set(ids.values())) if one.id in ids)
    return sorted(found, key=lambda one: one.id)


def told(session: Session, grants: Iterable[str]) -> dict[str, set[int]]:
    """Of these grants, so many days before which end it was told."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in session.scalars(select(GrantWarningRow).where(GrantWarningRow.grant.in_(list(grants)))):
        found[row.grant].add(row.days)
    return found


def tell(session: Session, grant: str, days: Iterable[int], now: datetime) -> None:
    """That it was told now, so many days before."""
    session.add_all(GrantWarningRow(grant=grant, days=one, at=now) for one in days)
    session.flush()
