"""What a line states of how sure the values of a submission are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021_stated_uncertainties"
down_revision: str | None = "0020_round_reminders"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("plx_submission", sa.Column("uncertainties", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("plx_submission", "uncertainties")
