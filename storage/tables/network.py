"""Who takes part: organisations, lines, users, groups, tokens."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class OrganisationRow(Row):
    """An organisation."""

    __tablename__ = "plx_organisation"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    standing: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2), default="")
    ror: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="admitted", server_default="admitted")
    contact: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime]


class LineRow(Row):
    """A pilot line with what it can do."""

    __tablename__ = "plx_line"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    competencies: Mapped[Json] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    public: Mapped[bool] = mapped_column(default=False, server_default=false())
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None] = mapped_column(Id)


class UserRow(Row):
    """A person, or a service; `organisation` is whose admin keeps the account, roles stand in memberships."""

    __tablename__ = "plx_user"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    orcid: Mapped[str | None] = mapped_column(String(19))
    service: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class MembershipRow(Row):
    """For which organisation a person may act, and in which roles."""

    __tablename__ = "plx_membership"
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), primary_key=True, index=True)
    roles: Mapped[list[str]]


class NetworkRoleRow(Row):
    """A role that a person has for the network."""

    __tablename__ = "plx_network_role"
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    given_at: Mapped[datetime]


class GroupRow(Row):
    """A group across the network."""

    __tablename__ = "plx_group"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(32), default="other", server_default="other")
    description: Mapped[str] = mapped_column(Text, default="", server_default="")


class GroupMemberRow(Row):
    """An organisation in a group."""

    __tablename__ = "plx_group_member"
    group: Mapped[str] = mapped_column("group_id", ForeignKey("plx_group.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), primary_key=True, index=True)


class GroupUserRow(Row):
    """A single person in a group."""

    __tablename__ = "plx_group_user"
    group: Mapped[str] = mapped_column("group_id", ForeignKey("plx_group.id"), primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), primary_key=True, index=True)


class TokenRow(Row):
    """A token, kept as SHA-256 alone."""

    __tablename__ = "plx_token"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    organisation: Mapped[str] = mapped_column(Id, server_default="")
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
