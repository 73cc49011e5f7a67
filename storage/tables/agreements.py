"""Agreements, their versions, and who accepted which."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class AgreementRow(Row):
    """An agreement; `on_new_version` says what becomes of acceptances of the version before."""

    __tablename__ = "plx_agreement"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    on_new_version: Mapped[str] = mapped_column(String(16))
    grace_days: Mapped[int] = mapped_column(default=0)
    example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class AgreementVersionRow(Row):
    """One text of an agreement, never changed; `sha256` is of its UTF-8 bytes, `fields` what it says in terms."""

    __tablename__ = "plx_agreement_version"
    agreement: Mapped[str] = mapped_column(ForeignKey("plx_agreement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    fields: Mapped[Json]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))


class AcceptanceRow(Row):
    """An organisation accepted a version, through a person entitled to; kept for ever with its evidence."""

    __tablename__ = "plx_acceptance"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agreement: Mapped[str] = mapped_column(Id)
    version: Mapped[int]
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    accepted_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    accepted_at: Mapped[datetime]
    evidence: Mapped[Json]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement", "version"], ["plx_agreement_version.agreement", "plx_agreement_version.number"]
        ),
        Index(None, "organisation", "agreement"),
    )
