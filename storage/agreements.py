"""Agreements, their versions, and who accepted which."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.agreement import Acceptance, Agreement, AgreementKind, AgreementVersion, OnNewVersion
from storage.tables import AcceptanceRow, AgreementRow, AgreementVersionRow


def every(session: Session) -> list[Agreement]:
    """All agreements with the moments of their versions, retired ones included, by id."""
    published: dict[str, list[AgreementVersion]] = {}
    columns = (
        AgreementVersionRow.agreement,
        AgreementVersionRow.number,
        AgreementVersionRow.sha256,
        AgreementVersionRow.published_at,
    )
    for one in session.execute(select(*columns).order_by(AgreementVersionRow.agreement, AgreementVersionRow.number)):
        version = AgreementVersion(number=one.number, sha256=one.sha256, published_at=one.published_at)
        published.setdefault(one.agreement, []).append(version)
    return [
        Agreement(
            id=row.id,
            kind=AgreementKind(row.kind),
            title=row.title,
            on_new_version=OnNewVersion(row.on_new_version),
            grace_days=row.grace_days,
            example=row.example,
            retired_at=row.retired_at,
            versions=tuple(published.get(row.id, ())),
        )
        for row in session.scalars(select(AgreementRow).order_by(AgreementRow.id))
    ]


def open_to_rest_on(session: Session, agreement: str) -> bool:
    """True when there is such an agreement, and it is not retired."""
    row = session.get(AgreementRow, agreement)
    return row is not None and row.retired_at is None


def acceptances(session: Session, organisation: str) -> list[Acceptance]:
    """Everything that an organisation ever accepted, oldest first."""
    chosen = select(AcceptanceRow).where(AcceptanceRow.organisation == organisation)
    return [
        Acceptance(
            id=row.id,
            agreement=row.agreement,
            version=row.version,
            organisation=row.organisation,
            accepted_by=row.accepted_by,
            accepted_at=row.accepted_at,
            evidence=row.evidence,
            ended_at=row.ended_at,
        )
        for row in session.scalars(chosen.order_by(AcceptanceRow.accepted_at, AcceptanceRow.id))
    ]
