"""Members, roles, agreements, conditions, blocks, seals, and visibility worked out for search."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005_members_and_conditions"
down_revision: str | None = "0004_parts_and_growth"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MEMBERSHIPS = (
    "INSERT INTO plx_membership (user_id, organisation, roles) SELECT id, organisation, {roles} FROM plx_user"
)
_ROLES = "'[\"' || role || '\"]'"
"""One role as a JSON list; PostgreSQL wants the type said, SQLite would read it as a number."""


def upgrade() -> None:
    op.create_table(
        "plx_agreement",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("on_new_version", sa.String(length=16), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_agreement")),
    )
    op.create_table(
        "plx_audience",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("grantee", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_audience")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_audience_key")),
    )
    op.create_index(op.f("ix_plx_audience_kind_grantee"), "plx_audience", ["kind", "grantee"], unique=False)
    op.create_table(
        "plx_collection",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_collection")),
        sa.UniqueConstraint("name", name=op.f("uq_plx_collection_name")),
    )
    op.create_table(
        "plx_terms",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_terms")),
    )
    op.create_table(
        "plx_seal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("submitter", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("cell", sa.String(length=300), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["submitter"], ["plx_organisation.id"], name=op.f("fk_plx_seal_submitter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_seal")),
    )
    op.create_index(op.f("ix_plx_seal_cell"), "plx_seal", ["cell"], unique=False)
    op.create_index(op.f("ix_plx_seal_round"), "plx_seal", ["round"], unique=False)
    op.create_index(op.f("ix_plx_seal_sha256"), "plx_seal", ["sha256"], unique=False)
    op.create_table(
        "plx_agreement_version",
        sa.Column("agreement", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["plx_agreement.id"], name=op.f("fk_plx_agreement_version_agreement")),
        sa.ForeignKeyConstraint(["published_by"], ["plx_user.id"], name=op.f("fk_plx_agreement_version_published_by")),
        sa.PrimaryKeyConstraint("agreement", "number", name=op.f("pk_plx_agreement_version")),
    )
    op.create_table(
        "plx_group_user",
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["plx_group.id"], name=op.f("fk_plx_group_user_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_group_user_user_id")),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_plx_group_user")),
    )
    op.create_index(op.f("ix_plx_group_user_user_id"), "plx_group_user", ["user_id"], unique=False)
    op.create_table(
        "plx_membership",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_membership_organisation")),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_membership_user_id")),
        sa.PrimaryKeyConstraint("user_id", "organisation", name=op.f("pk_plx_membership")),
    )
    op.create_index(op.f("ix_plx_membership_organisation"), "plx_membership", ["organisation"], unique=False)
    op.create_table(
        "plx_network_role",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_network_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_plx_network_role")),
    )
    op.create_table(
        "plx_seal_party",
        sa.Column("seal", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_seal_party_organisation")),
        sa.ForeignKeyConstraint(["seal"], ["plx_seal.id"], name=op.f("fk_plx_seal_party_seal")),
        sa.PrimaryKeyConstraint("seal", "organisation", name=op.f("pk_plx_seal_party")),
    )
    op.create_table(
        "plx_acceptance",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agreement", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("accepted_by", sa.String(length=32), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["plx_user.id"], name=op.f("fk_plx_acceptance_accepted_by")),
        sa.ForeignKeyConstraint(
            ["agreement", "version"],
            ["plx_agreement_version.agreement", "plx_agreement_version.number"],
            name=op.f("fk_plx_acceptance_agreement_version"),
        ),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_acceptance_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_acceptance")),
    )
    op.create_index(
        op.f("ix_plx_acceptance_organisation_agreement"), "plx_acceptance", ["organisation", "agreement"], unique=False
    )
    op.create_table(
        "plx_block",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=True),
        sa.Column("blocked_kind", sa.String(length=16), nullable=False),
        sa.Column("blocked", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_block_created_by")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_block_dataset")),
        sa.ForeignKeyConstraint(["owner"], ["plx_organisation.id"], name=op.f("fk_plx_block_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_block")),
    )
    op.create_index(op.f("ix_plx_block_dataset"), "plx_block", ["dataset"], unique=False)
    op.create_index(op.f("ix_plx_block_owner_ended_at"), "plx_block", ["owner", "ended_at"], unique=False)
    op.create_table(
        "plx_collected",
        sa.Column("collection", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["plx_collection.id"], name=op.f("fk_plx_collected_collection")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_collected_dataset")),
        sa.PrimaryKeyConstraint("collection", "dataset", name=op.f("pk_plx_collected")),
    )
    op.create_index(op.f("ix_plx_collected_dataset"), "plx_collected", ["dataset"], unique=False)
    op.create_table(
        "plx_derivation",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_derivation_dataset")),
        sa.ForeignKeyConstraint(["source"], ["plx_dataset.id"], name=op.f("fk_plx_derivation_source")),
        sa.PrimaryKeyConstraint("dataset", "source", name=op.f("pk_plx_derivation")),
    )
    op.create_index(op.f("ix_plx_derivation_source"), "plx_derivation", ["source"], unique=False)
    op.create_table(
        "plx_rights_holder",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("restriction", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_rights_holder_created_by")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_rights_holder_dataset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_rights_holder")),
    )
    op.create_index(op.f("ix_plx_rights_holder_dataset"), "plx_rights_holder", ["dataset"], unique=False)
    op.create_table(
        "plx_visible",
        sa.Column("audience", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audience"], ["plx_audience.id"], name=op.f("fk_plx_visible_audience")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_visible_dataset")),
        sa.PrimaryKeyConstraint("audience", "created_at", "dataset", "number", name=op.f("pk_plx_visible")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_plx_visible_dataset"), "plx_visible", ["dataset"], unique=False)
    op.add_column("plx_dataset", sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plx_dataset", sa.Column("public_title", sa.String(length=300), nullable=True))
    op.add_column("plx_grant", sa.Column("columns", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("plx_grant", sa.Column("confidential", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("plx_grant", sa.Column("during_embargo", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("plx_grant", sa.Column("break_glass", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("plx_grant", sa.Column("terms_id", sa.String(length=32), server_default="", nullable=False))
    op.add_column("plx_grant", sa.Column("terms", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("plx_grant", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("plx_grant", sa.Column("request", sa.String(length=32), nullable=True))
    op.add_column("plx_grant", sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_plx_grant_expires_at"), "plx_grant", ["expires_at"], unique=False)
    op.create_index(op.f("ix_plx_grant_terms_id"), "plx_grant", ["terms_id"], unique=False)
    op.add_column(
        "plx_organisation", sa.Column("state", sa.String(length=16), server_default="admitted", nullable=False)
    )
    op.add_column("plx_token", sa.Column("organisation", sa.String(length=32), nullable=False, server_default=""))
    op.execute(
        "UPDATE plx_token SET organisation = (SELECT organisation FROM plx_user WHERE plx_user.id = plx_token.user_id)"
    )
    op.add_column("plx_user", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("plx_user", sa.Column("orcid", sa.String(length=19), nullable=True))
    op.add_column("plx_user", sa.Column("service", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_plx_user_email"), "plx_user", ["email"], unique=False)
    roles = _ROLES if op.get_bind().dialect.name == "sqlite" else f"CAST({_ROLES} AS JSON)"
    op.execute(_MEMBERSHIPS.format(roles=roles))
    op.drop_column("plx_user", "role")


def downgrade() -> None:
    op.add_column("plx_user", sa.Column("role", sa.VARCHAR(length=16), nullable=False, server_default="viewer"))
    op.drop_index(op.f("ix_plx_user_email"), table_name="plx_user")
    op.drop_column("plx_user", "service")
    op.drop_column("plx_user", "orcid")
    op.drop_column("plx_user", "email")
    op.drop_column("plx_token", "organisation")
    op.drop_column("plx_organisation", "state")
    op.drop_index(op.f("ix_plx_grant_terms_id"), table_name="plx_grant")
    op.drop_index(op.f("ix_plx_grant_expires_at"), table_name="plx_grant")
    op.drop_column("plx_grant", "starts_at")
    op.drop_column("plx_grant", "request")
    op.drop_column("plx_grant", "reason")
    op.drop_column("plx_grant", "terms")
    op.drop_column("plx_grant", "terms_id")
    op.drop_column("plx_grant", "break_glass")
    op.drop_column("plx_grant", "during_embargo")
    op.drop_column("plx_grant", "confidential")
    op.drop_column("plx_grant", "columns")
    op.drop_column("plx_dataset", "public_title")
    op.drop_column("plx_dataset", "embargo_until")
    op.drop_index(op.f("ix_plx_visible_dataset"), table_name="plx_visible")
    op.drop_table("plx_visible")
    op.drop_index(op.f("ix_plx_rights_holder_dataset"), table_name="plx_rights_holder")
    op.drop_table("plx_rights_holder")
    op.drop_index(op.f("ix_plx_derivation_source"), table_name="plx_derivation")
    op.drop_table("plx_derivation")
    op.drop_index(op.f("ix_plx_collected_dataset"), table_name="plx_collected")
    op.drop_table("plx_collected")
    op.drop_index(op.f("ix_plx_block_owner_ended_at"), table_name="plx_block")
    op.drop_index(op.f("ix_plx_block_dataset"), table_name="plx_block")
    op.drop_table("plx_block")
    op.drop_index(op.f("ix_plx_acceptance_organisation_agreement"), table_name="plx_acceptance")
    op.drop_table("plx_acceptance")
    op.drop_table("plx_seal_party")
    op.drop_table("plx_network_role")
    op.drop_index(op.f("ix_plx_membership_organisation"), table_name="plx_membership")
    op.drop_table("plx_membership")
    op.drop_index(op.f("ix_plx_group_user_user_id"), table_name="plx_group_user")
    op.drop_table("plx_group_user")
    op.drop_table("plx_agreement_version")
    op.drop_index(op.f("ix_plx_seal_sha256"), table_name="plx_seal")
    op.drop_index(op.f("ix_plx_seal_round"), table_name="plx_seal")
    op.drop_index(op.f("ix_plx_seal_cell"), table_name="plx_seal")
    op.drop_table("plx_seal")
    op.drop_table("plx_terms")
    op.drop_table("plx_collection")
    op.drop_index(op.f("ix_plx_audience_kind_grantee"), table_name="plx_audience")
    op.drop_table("plx_audience")
    op.drop_table("plx_agreement")
