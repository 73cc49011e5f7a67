"""Standing templates, proposals, transfers; embargoes that are confirmed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008_sharing"
down_revision: str | None = "0007_agreements"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_sharing_template",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_sharing_template_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_sharing_template_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_sharing_template")),
    )
    op.create_index(
        op.f("ix_plx_sharing_template_organisation"), "plx_sharing_template", ["organisation"], unique=False
    )
    op.create_table(
        "plx_proposal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_proposal_dataset")),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_proposal_organisation")),
        sa.ForeignKeyConstraint(["proposed_by"], ["plx_user.id"], name=op.f("fk_plx_proposal_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_proposal")),
    )
    op.create_index(op.f("ix_plx_proposal_dataset"), "plx_proposal", ["dataset"], unique=False)
    op.create_index(op.f("ix_plx_proposal_organisation_state"), "plx_proposal", ["organisation", "state"], unique=False)
    op.create_table(
        "plx_transfer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("giver", sa.String(length=32), nullable=False),
        sa.Column("taker", sa.String(length=32), nullable=False),
        sa.Column("keep_grants", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_transfer_dataset")),
        sa.ForeignKeyConstraint(["giver"], ["plx_organisation.id"], name=op.f("fk_plx_transfer_giver")),
        sa.ForeignKeyConstraint(["offered_by"], ["plx_user.id"], name=op.f("fk_plx_transfer_offered_by")),
        sa.ForeignKeyConstraint(["taker"], ["plx_organisation.id"], name=op.f("fk_plx_transfer_taker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_transfer")),
    )
    op.create_index(op.f("ix_plx_transfer_dataset"), "plx_transfer", ["dataset"], unique=False)
    op.create_index(op.f("ix_plx_transfer_giver"), "plx_transfer", ["giver"], unique=False)
    op.create_index(op.f("ix_plx_transfer_taker"), "plx_transfer", ["taker"], unique=False)
    op.add_column("plx_block", sa.Column("ended_by", sa.String(length=32), nullable=True))
    op.add_column("plx_dataset", sa.Column("embargo_reminded", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plx_grant", sa.Column("confirmed_for", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("plx_grant", "confirmed_for")
    op.drop_column("plx_dataset", "embargo_reminded")
    op.drop_column("plx_block", "ended_by")
    op.drop_index(op.f("ix_plx_transfer_taker"), table_name="plx_transfer")
    op.drop_index(op.f("ix_plx_transfer_giver"), table_name="plx_transfer")
    op.drop_index(op.f("ix_plx_transfer_dataset"), table_name="plx_transfer")
    op.drop_table("plx_transfer")
    op.drop_index(op.f("ix_plx_proposal_organisation_state"), table_name="plx_proposal")
    op.drop_index(op.f("ix_plx_proposal_dataset"), table_name="plx_proposal")
    op.drop_table("plx_proposal")
    op.drop_index(op.f("ix_plx_sharing_template_organisation"), table_name="plx_sharing_template")
    op.drop_table("plx_sharing_template")
