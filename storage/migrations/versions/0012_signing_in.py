"""Passwords, one-time links, identities, sign-ins under way, sessions, counted attempts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012_signing_in"
down_revision: str | None = "0011_members"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plx_password",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_password_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_plx_password")),
    )
    op.create_table(
        "plx_one_time_link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_one_time_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_one_time_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_plx_one_time_link_hash")),
    )
    op.create_index(op.f("ix_plx_one_time_link_user_id"), "plx_one_time_link", ["user_id"])
    op.create_table(
        "plx_identity",
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("linked_at", _MOMENT, nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_identity_user_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_plx_identity")),
    )
    op.create_index(op.f("ix_plx_identity_user_id"), "plx_identity", ["user_id"])
    op.create_table(
        "plx_sign_in",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_plx_sign_in")),
    )
    op.create_index(op.f("ix_plx_sign_in_expires_at"), "plx_sign_in", ["expires_at"])
    op.create_table(
        "plx_session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_session")),
        sa.UniqueConstraint("hash", name=op.f("uq_plx_session_hash")),
    )
    op.create_index(op.f("ix_plx_session_user_id"), "plx_session", ["user_id"])
    op.create_index(op.f("ix_plx_session_expires_at"), "plx_session", ["expires_at"])
    op.create_table(
        "plx_attempt",
        sa.Column("attempt_key", sa.String(length=64), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_key", "began", name=op.f("pk_plx_attempt")),
    )
    op.create_index(op.f("ix_plx_attempt_ends"), "plx_attempt", ["ends"])


def downgrade() -> None:
    for table in ("attempt", "session", "sign_in", "identity", "one_time_link", "password"):
        op.drop_table(f"plx_{table}")
