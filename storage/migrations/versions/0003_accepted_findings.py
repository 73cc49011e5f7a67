"""Accepted findings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "0003_accepted_findings"
down_revision: str | None = "0002_production_objects"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_accepted_finding",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sheet_name", sa.Text(), nullable=True),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["plx_user.id"], name=op.f("fk_plx_accepted_finding_accepted_by")),
        sa.ForeignKeyConstraint(
            ["dataset", "version"],
            ["plx_version.dataset", "plx_version.number"],
            name=op.f("fk_plx_accepted_finding_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_accepted_finding")),
    )
    with op.batch_alter_table("plx_accepted_finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plx_accepted_finding_dataset_version"), ["dataset", "version"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plx_accepted_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_accepted_finding_dataset_version"))

    op.drop_table("plx_accepted_finding")
