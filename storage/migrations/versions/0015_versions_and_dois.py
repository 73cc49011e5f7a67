"""Notes of versions and withdrawals, when a dataset was withdrawn, DOIs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015_versions_and_dois"
down_revision: str | None = "0014_registered_objects"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("plx_version", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("plx_dataset", sa.Column("withdrawn_at", _MOMENT, nullable=True))
    op.add_column("plx_dataset", sa.Column("withdrawal_note", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "plx_doi",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("doi", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_doi_dataset")),
        sa.PrimaryKeyConstraint("dataset", "version", name=op.f("pk_plx_doi")),
        sa.UniqueConstraint("doi", name=op.f("uq_plx_doi_doi")),
    )


def downgrade() -> None:
    op.drop_table("plx_doi")
    op.drop_column("plx_dataset", "withdrawal_note")
    op.drop_column("plx_dataset", "withdrawn_at")
    op.drop_column("plx_version", "note")
