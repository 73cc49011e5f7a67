"""Who comes, stays and goes: states of organisations, assessments, invitations, applications."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class OrganisationChangeRow(Row):
    """An organisation came into a state; insert-only. `by` is null where it was done on the machine itself."""

    __tablename__ = "plx_organisation_change"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by: Mapped[str | None] = mapped_column("changed_by", ForeignKey("plx_user.id"))


class AssessmentRow(Row):
    """One version of a line's self-assessment, with what the line said of itself at that moment; insert-only."""

    __tablename__ = "plx_line_assessment"
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[Json]
    competencies: Mapped[Json]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))


class InvitationRow(Row):
    """An invitation into an organisation; its code is kept as SHA-256 alone and works once."""

    __tablename__ = "plx_invitation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    roles: Mapped[list[str]]
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    by_office: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))


class RegistrationRow(Row):
    """An organisation's application."""

    __tablename__ = "plx_registration"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    ror: Mapped[str | None] = mapped_column(String(64))
    standing: Mapped[str] = mapped_column(String(16))
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    statement: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    organisation: Mapped[str | None] = mapped_column(ForeignKey("plx_organisation.id"))
