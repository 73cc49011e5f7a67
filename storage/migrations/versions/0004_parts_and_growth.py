"""Tests of several files, files that are split and files that grow, versions that are raw only."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004_parts_and_growth"
down_revision: str | None = "0003_accepted_findings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Added one by one: in batches SQLite would make tables anew that others refer to.
    op.add_column("plx_raw_file", sa.Column("head_sha256", sa.String(length=64), nullable=True))
    op.add_column("plx_raw_file", sa.Column("lines_bytes", sa.BigInteger(), nullable=True))
    op.add_column("plx_raw_file", sa.Column("lines_sha256", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_plx_raw_file_owner_head_sha256"), "plx_raw_file", ["owner", "head_sha256"], unique=False)
    op.add_column("plx_version", sa.Column("raw_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("plx_version", sa.Column("continues_dataset", sa.String(length=32), nullable=True))
    op.add_column("plx_version", sa.Column("continues_version", sa.Integer(), nullable=True))
    op.add_column("plx_version", sa.Column("continues_bytes", sa.BigInteger(), nullable=True))
    op.add_column("plx_dataset", sa.Column("raw_only", sa.Boolean(), server_default=sa.false(), nullable=False))
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
    op.drop_column("plx_dataset", "raw_only")
    for name in ("continues_bytes", "continues_version", "continues_dataset", "raw_only"):
        op.drop_column("plx_version", name)
    op.drop_index(op.f("ix_plx_raw_file_owner_head_sha256"), "plx_raw_file")
    for name in ("lines_sha256", "lines_bytes", "head_sha256"):
        op.drop_column("plx_raw_file", name)
