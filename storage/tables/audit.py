"""The audit."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class AuditRow(Row):
    """One event per request; insert-only. Personal fields stand in `plx_audit_person`."""

    __tablename__ = "plx_audit"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str | None] = mapped_column(Id, index=True)
    organisation: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str | None] = mapped_column(String(64), index=True)
    allowed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[Json]
    reference: Mapped[str] = mapped_column(String(32), default="")


class AuditPersonRow(Row):
    """What of an event is personal; erasable without touching the event."""

    __tablename__ = "plx_audit_person"
    event: Mapped[int] = mapped_column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), default="")


class AuditSealRow(Row):
    """One link of the chain: the hash over a batch of events and the link before."""

    __tablename__ = "plx_audit_seal"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    first: Mapped[int] = mapped_column("first_event", BigInteger)
    last: Mapped[int] = mapped_column("last_event", BigInteger, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
