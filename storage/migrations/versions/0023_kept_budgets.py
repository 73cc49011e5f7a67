"""Budgets of uncertainty as lines state them, from which those of values by another plan are computed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023_kept_budgets"
down_revision: str | None = "0022_conflicts_stay"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("plx_submission", sa.Column("budgets", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("plx_submission", "budgets")
