"""DOIs of public summaries of rounds."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026_report_dois"
down_revision: str | None = "0025_batches"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_report_doi",
        sa.Column("round", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("doi", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_report_doi_round")),
        sa.PrimaryKeyConstraint("round", "version", name=op.f("pk_plx_report_doi")),
        sa.UniqueConstraint("doi", name=op.f("uq_plx_report_doi_doi")),
    )


def downgrade() -> None:
    op.drop_table("plx_report_doi")
