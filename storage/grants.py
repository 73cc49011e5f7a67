"""Grants on datasets."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.access import Grant, GranteeKind, Level, View
from schemas.errors import NotFound
from storage.tables import GrantRow


def add(session: Session, grant: Grant, by: str) -> None:
    """Keep a grant."""
    session.add(
        GrantRow(
            id=grant.id,
            dataset=grant.dataset,
            grantee_kind=grant.grantee_kind,
            grantee=grant.grantee,
            level=int(grant.level),
            view=grant.view,
            created_at=grant.created_at,
            created_by=by,
            expires_at=grant.expires_at,
        )
    )
    session.flush()


def on(session: Session, datasets: Iterable[str]) -> list[Grant]:
    """All grants on these datasets, ended and revoked ones included, oldest first."""
    chosen = select(GrantRow).where(GrantRow.dataset.in_(list(datasets))).order_by(GrantRow.created_at, GrantRow.id)
    return [_grant(row) for row in session.scalars(chosen)]


def revoke(session: Session, dataset: str, grant: str, by: str, now: datetime) -> None:
    """End a grant at once; `NotFound` when there is none in force."""
    done = session.execute(
        update(GrantRow)
        .where(GrantRow.id == grant, GrantRow.dataset == dataset, GrantRow.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
        .returning(GrantRow.id)
    ).first()
    if done is None:
        raise NotFound(f"Dataset {dataset} has no grant {grant} that could be revoked.")


def _grant(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        dataset=row.dataset,
        grantee_kind=GranteeKind(row.grantee_kind),
        grantee=row.grantee,
        level=Level(row.level),
        view=View(row.view),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
