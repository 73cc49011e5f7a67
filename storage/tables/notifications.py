"""Notifications, mails on their way, and how people want to be told."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class NotificationRow(Row):
    """What one person is told: facts alone, its text is made when it is read."""

    __tablename__ = "plx_notification"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"))
    organisation: Mapped[str] = mapped_column(Id, default="")
    kind: Mapped[str] = mapped_column(String(32))
    dataset: Mapped[str | None] = mapped_column(ForeignKey("plx_dataset.id"))
    facts: Mapped[Json]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "user_id", "created_at", "id"),)


class NotificationPersonRow(Row):
    """Whom a notification speaks of, besides its reader; an erased person is called what erasure calls them."""

    __tablename__ = "plx_notification_person"
    notification: Mapped[str] = mapped_column(ForeignKey("plx_notification.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("plx_user.id"), index=True)


class MailRow(Row):
    """A mail on its way: of a notification, or to an address alone. It waits, and ends sent, dead or dropped."""

    __tablename__ = "plx_mail"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    notification: Mapped[str | None] = mapped_column(ForeignKey("plx_notification.id"), index=True)
    user: Mapped[str | None] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(254), default="")
    facts: Mapped[Json]
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (Index(None, "state", "due_at"),)


class NotificationPreferenceRow(Row):
    """How a person wants to be told of a kind, where it is not by mail and in the list."""

    __tablename__ = "plx_notification_preference"
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
