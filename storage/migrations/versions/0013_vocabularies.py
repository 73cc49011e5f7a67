"""Changes of vocabularies, proposals of terms, and the datasets that use them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013_vocabularies"
down_revision: str | None = "0012_signing_in"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plx_term_change",
        sa.Column("vocabulary", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["plx_user.id"], name=op.f("fk_plx_term_change_changed_by")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_term_change_organisation")
        ),
        sa.PrimaryKeyConstraint("vocabulary", "number", name=op.f("pk_plx_term_change")),
    )
    op.create_table(
        "plx_term_proposal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("vocabulary", sa.String(length=32), nullable=False),
        sa.Column("folded", sa.String(length=600), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("term", sa.String(length=64), nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_term_proposal_organisation")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["plx_user.id"], name=op.f("fk_plx_term_proposal_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_term_proposal")),
        sa.UniqueConstraint(
            "vocabulary", "folded", "organisation", name=op.f("uq_plx_term_proposal_vocabulary_folded_organisation")
        ),
    )
    op.create_index(op.f("ix_plx_term_proposal_organisation"), "plx_term_proposal", ["organisation"])
    op.create_index(op.f("ix_plx_term_proposal_state"), "plx_term_proposal", ["state"])
    op.create_table(
        "plx_term_use",
        sa.Column("proposal", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["proposal"], ["plx_term_proposal.id"], name=op.f("fk_plx_term_use_proposal")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_term_use_dataset")),
        sa.PrimaryKeyConstraint("proposal", "dataset", name=op.f("pk_plx_term_use")),
    )
    op.create_index(op.f("ix_plx_term_use_dataset"), "plx_term_use", ["dataset"])


def downgrade() -> None:
    for table in ("term_use", "term_proposal", "term_change"):
        op.drop_table(f"plx_{table}")
