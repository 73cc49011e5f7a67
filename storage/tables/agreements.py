"""Agreements, their versions, who accepted which, what binds past recipients, and documents kept as evidence."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
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
    addressees: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    required_from: Mapped[datetime | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    retire_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


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
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement", "version"], ["plx_agreement_version.agreement", "plx_agreement_version.number"]
        ),
        Index(None, "organisation", "agreement"),
    )


class DutyRow(Row):
    """What an organisation that received data under a retired agreement is still bound to, and its confirmation."""

    __tablename__ = "plx_duty"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agreement: Mapped[str] = mapped_column(ForeignKey("plx_agreement.id"))
    version: Mapped[int]
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    duties: Mapped[list[str]]
    deletion: Mapped[bool]
    confirm_by: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    reads: Mapped[int]
    last_read_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    notified_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    statement: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (UniqueConstraint("agreement", "organisation"),)


class DocumentRow(Row):
    """A file kept as evidence of an acceptance or of a third party's consent, whose id `about` is."""

    __tablename__ = "plx_document"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    about: Mapped[str] = mapped_column(Id, index=True)
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    filename: Mapped[str] = mapped_column(String(255))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
