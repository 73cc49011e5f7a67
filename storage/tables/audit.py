"""The audit: events and their chain, which the database refuses to change, and what of them can be erased."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row

_Number = BigInteger().with_variant(Integer, "sqlite")


class AuditRow(Row):
    """One event per request; insert-only, and without anything personal."""

    __tablename__ = "plx_audit"
    id: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str | None] = mapped_column(Id, index=True)
    organisation: Mapped[str | None] = mapped_column(Id)
    roles: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str | None] = mapped_column(String(64), index=True)
    touched: Mapped[list[Json]] = mapped_column(JSON, server_default=text("'[]'"))
    allowed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[Json]
    reference: Mapped[str] = mapped_column(String(32), default="")
    __table_args__ = (Index(None, "organisation", "id"),)


class AuditTouchedRow(Row):
    """A dataset that an event is about, and its owner then: what owners look up; insert-only."""

    __tablename__ = "plx_audit_touched"
    event: Mapped[int] = mapped_column("event_id", _Number, primary_key=True)
    dataset: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(Id)
    __table_args__ = (Index(None, "owner", "event_id"), Index(None, "dataset", "event_id"))


class AuditPersonRow(Row):
    """What of an event is personal, erasable without touching it: the address, and what the person wrote."""

    __tablename__ = "plx_audit_person"
    event: Mapped[int] = mapped_column("event_id", _Number, primary_key=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    said: Mapped[str] = mapped_column(Text, default="", server_default="")
    salt: Mapped[str] = mapped_column(String(64), default="", server_default="")


class AuditActorRow(Row):
    """Whose a pseudonym is; without this row nobody can tell."""

    __tablename__ = "plx_audit_actor"
    pseudonym: Mapped[str] = mapped_column(Id, primary_key=True)
    # No reference to the user's row: an erased person leaves no row, and the tie must not keep theirs.
    user: Mapped[str] = mapped_column("user_id", String(32))
    month: Mapped[str] = mapped_column(String(7))
    salt: Mapped[str] = mapped_column(String(64))
    __table_args__ = (UniqueConstraint("user_id", "month"),)


class AuditHoldRow(Row):
    """Until when what the audit knows of a person is kept, and why."""

    __tablename__ = "plx_audit_hold"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column("held_until")


class AuditSealRow(Row):
    """The end of a batch of the chain; insert-only. `highest` is the highest event number of all batches so far."""

    __tablename__ = "plx_audit_seal"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    events: Mapped[int]
    highest: Mapped[int] = mapped_column("highest_event", BigInteger)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditLinkRow(Row):
    """Which seal covers an event, and the hash of the chain after it; insert-only."""

    __tablename__ = "plx_audit_link"
    event: Mapped[int] = mapped_column("event_id", _Number, primary_key=True, autoincrement=False)
    seal: Mapped[int] = mapped_column(ForeignKey("plx_audit_seal.number"))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index(None, "seal", "event_id"),)
