"""Requests for access, and who was warned that a grant ends."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Row


class AccessRequestRow(Row):
    """Somebody asks for a level of a dataset; answered it names the grant, or why not."""

    __tablename__ = "plx_access_request"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"))
    level: Mapped[int]
    view: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime | None] = mapped_column("until_at")
    agreements: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    grant: Mapped[str | None] = mapped_column("grant_id", ForeignKey("plx_grant.id"))
    __table_args__ = (
        Index(None, "dataset", "state"),
        Index(None, "organisation", "created_at"),
        Index(None, "state", "expires_at"),
    )


class GrantWarningRow(Row):
    """That it was told, so many days before, that a grant ends; once each."""

    __tablename__ = "plx_grant_warning"
    grant: Mapped[str] = mapped_column("grant_id", ForeignKey("plx_grant.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
