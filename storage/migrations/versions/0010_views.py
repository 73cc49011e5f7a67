"""Objects of views, codes of blinded datasets, published aggregates."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010_views"
down_revision: str | None = "0009_notifications_and_requests"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_view",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("view_name", sa.String(length=16), nullable=False),
        sa.Column("columns_hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run", "table_name", "view_name", "columns_hash", name=op.f("pk_plx_view")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_view_key")),
    )
    op.create_table(
        "plx_code",
        sa.Column("collection", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["plx_collection.id"], name=op.f("fk_plx_code_collection")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_code_dataset")),
        sa.PrimaryKeyConstraint("collection", "code", name=op.f("pk_plx_code")),
        sa.UniqueConstraint("collection", "dataset", name=op.f("uq_plx_code_collection_dataset")),
    )
    op.create_index(op.f("ix_plx_code_dataset"), "plx_code", ["dataset"], unique=False)
    op.create_table(
        "plx_aggregate",
        sa.Column("collection", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["plx_collection.id"], name=op.f("fk_plx_aggregate_collection")),
        sa.PrimaryKeyConstraint("collection", "state", name=op.f("pk_plx_aggregate")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_aggregate_key")),
    )
    op.add_column("plx_grant", sa.Column("collection", sa.String(length=32), server_default="", nullable=False))
    op.add_column("plx_grant", sa.Column("code", sa.String(length=8), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("plx_grant", "code")
    op.drop_column("plx_grant", "collection")
    op.drop_table("plx_aggregate")
    op.drop_index(op.f("ix_plx_code_dataset"), table_name="plx_code")
    op.drop_table("plx_code")
    op.drop_table("plx_view")
