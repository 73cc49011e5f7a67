"""Of which missing cells lines were reminded, so many days before their last moment."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020_round_reminders"
down_revision: str | None = "0019_report_stages"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_round_reminder",
        sa.Column("round", sa.String(32), nullable=False),
        sa.Column("line", sa.String(32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_reminder_round")),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_round_reminder_line")),
        sa.PrimaryKeyConstraint("round", "line", "until", "days", name=op.f("pk_plx_round_reminder")),
    )


def downgrade() -> None:
    op.drop_table("plx_round_reminder")
