"""The batch that a cell is from, as the record says that was handed in for it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025_batches"
down_revision: str | None = "0024_conformance"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("plx_submission", sa.Column("batch", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("plx_submission", "batch")
