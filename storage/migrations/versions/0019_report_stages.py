"""Whether a file of a report is of a draft, of what was published, or of a correction."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019_report_stages"
down_revision: str | None = "0018_joining"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("plx_report", sa.Column("stage", sa.String(16), server_default="draft", nullable=False))


def downgrade() -> None:
    op.drop_column("plx_report", "stage")
