"""When the sharing of datasets last changed what others see."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016_stamps"
down_revision: str | None = "0015_versions_and_dois"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plx_stamp",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("world_at", _MOMENT, nullable=True),
        sa.Column("network_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_stamp_dataset")),
        sa.PrimaryKeyConstraint("dataset", name=op.f("pk_plx_stamp")),
    )


def downgrade() -> None:
    op.drop_table("plx_stamp")
