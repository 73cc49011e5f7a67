"""How cells that were handed in to rounds stand to what the protocol fixes for production."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024_conformance"
down_revision: str | None = "0023_kept_budgets"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_submission_conformance",
        sa.Column("submission", sa.String(32), nullable=False),
        sa.Column("keeping", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission"], ["plx_submission.id"], name=op.f("fk_plx_submission_conformance_submission")
        ),
        sa.PrimaryKeyConstraint("submission", name=op.f("pk_plx_submission_conformance")),
    )


def downgrade() -> None:
    op.drop_table("plx_submission_conformance")
