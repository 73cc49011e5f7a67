"""Who takes part: organisations, lines, users, groups, tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Row


class OrganisationRow(Row):
    """An organisation."""

    __tablename__ = "plx_organisation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    standing: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2), default="")
    ror: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class LineRow(Row):
    """A pilot line."""

    __tablename__ = "plx_line"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))


class UserRow(Row):
    """A person, acting for one organisation."""

    __tablename__ = "plx_user"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class GroupRow(Row):
    """A group across the network."""

    __tablename__ = "plx_group"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class GroupMemberRow(Row):
    """An organisation in a group."""

    __tablename__ = "plx_group_member"
    group: Mapped[str] = mapped_column("group_id", ForeignKey("plx_group.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), primary_key=True, index=True)


class TokenRow(Row):
    """A token, kept as SHA-256 alone."""

    __tablename__ = "plx_token"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
