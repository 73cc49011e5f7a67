"""First tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=True),
        sa.Column("organisation", sa.String(length=32), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_audit")),
    )
    with op.batch_alter_table("plx_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_audit_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_plx_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_plx_audit_target"), ["target"], unique=False)

    op.create_table(
        "plx_audit_person",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_plx_audit_person")),
    )
    op.create_table(
        "plx_audit_seal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("first_event", sa.BigInteger(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("at", storage.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_audit_seal")),
        sa.UniqueConstraint("last_event", name=op.f("uq_plx_audit_seal_last_event")),
    )
    op.create_table(
        "plx_group",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_group")),
        sa.UniqueConstraint("name", name=op.f("uq_plx_group_name")),
    )
    op.create_table(
        "plx_organisation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("ror", sa.String(length=64), nullable=True),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_plx_organisation_name")),
    )
    op.create_table(
        "plx_worker",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("started_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_worker")),
    )
    with op.batch_alter_table("plx_worker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_worker_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "plx_group_member",
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["plx_group.id"], name=op.f("fk_plx_group_member_group_id")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_group_member_organisation")
        ),
        sa.PrimaryKeyConstraint("group_id", "organisation", name=op.f("pk_plx_group_member")),
    )
    with op.batch_alter_table("plx_group_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_group_member_organisation"), ["organisation"], unique=False)

    op.create_table(
        "plx_line",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_line_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_line")),
    )
    with op.batch_alter_table("plx_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_line_organisation"), ["organisation"], unique=False)

    op.create_table(
        "plx_raw_file",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("received_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["plx_organisation.id"], name=op.f("fk_plx_raw_file_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_raw_file")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_raw_file_key")),
        sa.UniqueConstraint("owner", "sha256", name=op.f("uq_plx_raw_file_owner_sha256")),
    )
    op.create_table(
        "plx_user",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_user_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_user")),
    )
    with op.batch_alter_table("plx_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_user_organisation"), ["organisation"], unique=False)

    op.create_table(
        "plx_dataset",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("released_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.Column("latest_version", sa.Integer(), nullable=True),
        sa.Column("released_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("line", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_dataset_created_by")),
        sa.ForeignKeyConstraint(["owner"], ["plx_organisation.id"], name=op.f("fk_plx_dataset_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_dataset")),
    )
    with op.batch_alter_table("plx_dataset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_dataset_created_at_id"), ["created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plx_dataset_owner_created_at_id"), ["owner", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plx_dataset_state_visibility_created_at_id"),
            ["state", "visibility", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "plx_token",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("revoked_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.Column("last_used_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_plx_token_hash")),
    )
    with op.batch_alter_table("plx_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "plx_grant",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("grantee_kind", sa.String(length=16), nullable=False),
        sa.Column("grantee", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(length=16), nullable=False),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("expires_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.Column("revoked_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_grant_created_by")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_grant_dataset")),
        sa.ForeignKeyConstraint(["revoked_by"], ["plx_user.id"], name=op.f("fk_plx_grant_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_grant")),
    )
    with op.batch_alter_table("plx_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_grant_dataset_grantee"), ["dataset", "grantee"], unique=False)
        batch_op.create_index(batch_op.f("ix_plx_grant_grantee_dataset"), ["grantee", "dataset"], unique=False)

    op.create_table(
        "plx_revision",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.String(length=16), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_revision_created_by")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_revision_dataset")),
        sa.PrimaryKeyConstraint("dataset", "number", name=op.f("pk_plx_revision")),
    )
    op.create_table(
        "plx_upload",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("declared_sha256", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("multipart_id", sa.Text(), nullable=True),
        sa.Column("tail_key", sa.String(length=200), nullable=True),
        sa.Column("tail_bytes", sa.BigInteger(), nullable=False),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_upload_created_by")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_upload_dataset")),
        sa.ForeignKeyConstraint(["owner"], ["plx_organisation.id"], name=op.f("fk_plx_upload_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_upload")),
    )
    with op.batch_alter_table("plx_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_upload_dataset"), ["dataset"], unique=False)
        batch_op.create_index(batch_op.f("ix_plx_upload_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_plx_upload_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_plx_upload_state"), ["state"], unique=False)

    op.create_table(
        "plx_version",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("released_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_version_created_by")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_version_dataset")),
        sa.PrimaryKeyConstraint("dataset", "number", name=op.f("pk_plx_version")),
    )
    op.create_table(
        "plx_ingest_run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.String(length=32), nullable=True),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("reader_version", sa.String(length=32), nullable=False),
        sa.Column("schema_version", sa.String(length=32), nullable=False),
        sa.Column("instrument", sa.String(length=200), nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("created_at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("finished_at", storage.tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset", "version"],
            ["plx_version.dataset", "plx_version.number"],
            name=op.f("fk_plx_ingest_run_dataset_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_ingest_run")),
        sa.UniqueConstraint("dataset", "version", "build", name=op.f("uq_plx_ingest_run_dataset_version_build")),
    )
    with op.batch_alter_table("plx_ingest_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_ingest_run_state"), ["state"], unique=False)

    op.create_table(
        "plx_upload_part",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["plx_upload.id"], name=op.f("fk_plx_upload_part_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_plx_upload_part")),
    )
    op.create_table(
        "plx_version_file",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("raw_file", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset", "version"],
            ["plx_version.dataset", "plx_version.number"],
            name=op.f("fk_plx_version_file_dataset_version"),
        ),
        sa.ForeignKeyConstraint(["raw_file"], ["plx_raw_file.id"], name=op.f("fk_plx_version_file_raw_file")),
        sa.PrimaryKeyConstraint("dataset", "version", "position", name=op.f("pk_plx_version_file")),
    )
    with op.batch_alter_table("plx_version_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_version_file_raw_file"), ["raw_file"], unique=False)

    op.create_table(
        "plx_run_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", storage.tables.Moment(timezone=True), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["plx_ingest_run.id"], name=op.f("fk_plx_run_event_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_run_event")),
    )
    with op.batch_alter_table("plx_run_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_run_event_run"), ["run"], unique=False)

    op.create_table(
        "plx_table",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["plx_ingest_run.id"], name=op.f("fk_plx_table_run")),
        sa.PrimaryKeyConstraint("run", "name", name=op.f("pk_plx_table")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_table_key")),
    )


def downgrade() -> None:
    op.drop_table("plx_table")
    with op.batch_alter_table("plx_run_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_run_event_run"))

    op.drop_table("plx_run_event")
    with op.batch_alter_table("plx_version_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_version_file_raw_file"))

    op.drop_table("plx_version_file")
    op.drop_table("plx_upload_part")
    with op.batch_alter_table("plx_ingest_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_ingest_run_state"))

    op.drop_table("plx_ingest_run")
    op.drop_table("plx_version")
    with op.batch_alter_table("plx_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_upload_state"))
        batch_op.drop_index(batch_op.f("ix_plx_upload_owner"))
        batch_op.drop_index(batch_op.f("ix_plx_upload_expires_at"))
        batch_op.drop_index(batch_op.f("ix_plx_upload_dataset"))

    op.drop_table("plx_upload")
    op.drop_table("plx_revision")
    with op.batch_alter_table("plx_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_grant_grantee_dataset"))
        batch_op.drop_index(batch_op.f("ix_plx_grant_dataset_grantee"))

    op.drop_table("plx_grant")
    with op.batch_alter_table("plx_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_token_user_id"))

    op.drop_table("plx_token")
    with op.batch_alter_table("plx_dataset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_dataset_state_visibility_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_plx_dataset_owner_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_plx_dataset_created_at_id"))

    op.drop_table("plx_dataset")
    with op.batch_alter_table("plx_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_user_organisation"))

    op.drop_table("plx_user")
    op.drop_table("plx_raw_file")
    with op.batch_alter_table("plx_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_line_organisation"))

    op.drop_table("plx_line")
    with op.batch_alter_table("plx_group_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_group_member_organisation"))

    op.drop_table("plx_group_member")
    with op.batch_alter_table("plx_worker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_worker_seen_at"))

    op.drop_table("plx_worker")
    op.drop_table("plx_organisation")
    op.drop_table("plx_group")
    op.drop_table("plx_audit_seal")
    op.drop_table("plx_audit_person")
    with op.batch_alter_table("plx_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_audit_target"))
        batch_op.drop_index(batch_op.f("ix_plx_audit_at"))
        batch_op.drop_index(batch_op.f("ix_plx_audit_actor"))

    op.drop_table("plx_audit")
