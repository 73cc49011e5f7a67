"""Who was given what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Row


class GrantRow(Row):
    """A grant; ended by its date or revoked, never deleted."""

    __tablename__ = "plx_grant"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))
    grantee_kind: Mapped[str] = mapped_column(String(16))
    grantee: Mapped[str] = mapped_column(Id)
    level: Mapped[int]
    view: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    __table_args__ = (Index(None, "dataset", "grantee"), Index(None, "grantee", "dataset"))
