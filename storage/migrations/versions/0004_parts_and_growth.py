"""Tests of several files, files that are split and files that grow, versions that are raw only."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004_parts_and_growth"
down_revision: str | None = "0003_accepted_findings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Recreating a table, as SQLite's batches may, would drop one that rows of others refer to.
    with op.batch_alter_table("plx_raw_file", schema=None, recreate="never") as batch_op:
        batch_op.add_column(sa.Column("head_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("lines_bytes", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("lines_sha256", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_plx_raw_file_owner_head_sha256"), ["owner", "head_sha256"], unique=False)

    with op.batch_alter_table("plx_version", schema=None, recreate="never") as batch_op:
        batch_op.add_column(sa.Column("raw_only", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("continues_dataset", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("continues_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("continues_bytes", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("plx_dataset", schema=None, recreate="never") as batch_op:
        batch_op.add_column(sa.Column("raw_only", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.create_table(
        "plx_split",
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("raw_file", sa.String(length=32), nullable=False),
        sa.Column("chosen_by", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.String(length=500), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_split_dataset")),
        sa.ForeignKeyConstraint(["raw_file"], ["plx_raw_file.id"], name=op.f("fk_plx_split_raw_file")),
        sa.ForeignKeyConstraint(["source"], ["plx_dataset.id"], name=op.f("fk_plx_split_source")),
        sa.PrimaryKeyConstraint("source", "raw_file", "chosen_by", "choice", name=op.f("pk_plx_split")),
    )


def downgrade() -> None:
    op.drop_table("plx_split")
    with op.batch_alter_table("plx_dataset", schema=None) as batch_op:
        batch_op.drop_column("raw_only")
    with op.batch_alter_table("plx_version", schema=None) as batch_op:
        for name in ("continues_bytes", "continues_version", "continues_dataset", "raw_only"):
            batch_op.drop_column(name)
    with op.batch_alter_table("plx_raw_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_raw_file_owner_head_sha256"))
        for name in ("lines_sha256", "lines_bytes", "head_sha256"):
            batch_op.drop_column(name)
