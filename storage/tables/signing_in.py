"""How people sign in: passwords, one-time links, identities of providers, sessions, and attempts counted."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class PasswordRow(Row):
    """A person's password as its Argon2id hash alone."""

    __tablename__ = "plx_password"
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]


class OneTimeLinkRow(Row):
    """A secret that lets a person set a password or join an identity once, kept as SHA-256 alone."""

    __tablename__ = "plx_one_time_link"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class IdentityRow(Row):
    """An account at an identity provider that belongs to a person; `given` is what its claims gave last."""

    __tablename__ = "plx_identity"
    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    given: Mapped[Json]
    linked_at: Mapped[datetime]
    last_at: Mapped[datetime]


class SignInRow(Row):
    """A sign-in that has gone to a provider and not come back; state and browser are kept as SHA-256."""

    __tablename__ = "plx_sign_in"
    state: Mapped[str] = mapped_column("state_hash", String(64), primary_key=True)
    browser: Mapped[str] = mapped_column("browser_hash", String(64))
    provider: Mapped[str] = mapped_column(Id)
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    next: Mapped[str] = mapped_column("next_path", Text)
    link: Mapped[str | None] = mapped_column("link_id", Id)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SessionRow(Row):
    """A browser that is signed in; its cookie is kept as SHA-256 alone."""

    __tablename__ = "plx_session"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user: Mapped[str] = mapped_column("user_id", ForeignKey("plx_user.id"), index=True)
    organisation: Mapped[str] = mapped_column(Id)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    how: Mapped[str] = mapped_column(String(32))
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class AttemptRow(Row):
    """How often something was tried within one span of time; `key` is keyed, so that it names nobody."""

    __tablename__ = "plx_attempt"
    key: Mapped[str] = mapped_column("attempt_key", String(64), primary_key=True)
    began: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ends: Mapped[int] = mapped_column(BigInteger)
    tries: Mapped[int]
    __table_args__ = (Index(None, "ends"),)
