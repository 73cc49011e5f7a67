"""Conflicts of interest stay when the role in which they were declared goes to somebody else."""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022_conflicts_stay"
down_revision: str | None = "0021_stated_uncertainties"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)
_ROLES = sa.table(
    "plx_round_role",
    *(sa.column(name, sa.String()) for name in ("round", "role", "holder", "statement")),
    sa.column("declared_at", _MOMENT),
    sa.column("given_at", _MOMENT),
)


def upgrade() -> None:
    made = op.create_table(
        "plx_round_conflict",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("round", sa.String(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("organisation", sa.String(32), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("declared_at", _MOMENT, nullable=False),
        sa.Column("declared_by", sa.String(32), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_conflict_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round_conflict")),
    )
    op.create_index(op.f("ix_plx_round_conflict_round"), "plx_round_conflict", ["round"], unique=False)
    said = op.get_bind().execute(sa.select(_ROLES).where(_ROLES.c.statement.is_not(None))).mappings()
    rows = [
        {
            "id": hashlib.sha256(f"{one['round']}\n{one['role']}\n{one['holder']}".encode()).hexdigest()[:26],
            "round": one["round"],
            "role": one["role"],
            "organisation": None,
            "statement": one["statement"],
            "declared_at": one["declared_at"] or one["given_at"],
            "declared_by": one["holder"],
            "ended_at": None,
        }
        for one in said
    ]
    if rows:
        op.bulk_insert(made, rows)
    op.drop_column("plx_round_role", "declared_at")
    op.drop_column("plx_round_role", "statement")


def downgrade() -> None:
    op.add_column("plx_round_role", sa.Column("statement", sa.Text(), nullable=True))
    op.add_column("plx_round_role", sa.Column("declared_at", _MOMENT, nullable=True))
    op.drop_index(op.f("ix_plx_round_conflict_round"), "plx_round_conflict")
    op.drop_table("plx_round_conflict")
