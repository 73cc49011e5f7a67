"""In which function and on which basis somebody joined a round for a line, or let it be named."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018_joining"
down_revision: str | None = "0017_rounds"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("plx_participant", sa.Column("evidence", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("plx_participant", "evidence")
