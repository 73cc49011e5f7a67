"""Notifications, mails on their way, requests for access, warnings before grants end."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009_notifications_and_requests"
down_revision: str | None = "0008_sharing"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_notification_preference",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_notification_preference_user_id")),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_plx_notification_preference")),
    )
    op.create_table(
        "plx_notification",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_notification_dataset")),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_notification_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_notification")),
    )
    op.create_index(
        op.f("ix_plx_notification_user_id_created_at_id"),
        "plx_notification",
        ["user_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "plx_access_request",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreements", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_access_request_dataset")),
        sa.ForeignKeyConstraint(["ended_by"], ["plx_user.id"], name=op.f("fk_plx_access_request_ended_by")),
        sa.ForeignKeyConstraint(["grant_id"], ["plx_grant.id"], name=op.f("fk_plx_access_request_grant_id")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_access_request_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_access_request_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_access_request")),
    )
    op.create_index(
        op.f("ix_plx_access_request_dataset_state"), "plx_access_request", ["dataset", "state"], unique=False
    )
    op.create_index(
        op.f("ix_plx_access_request_organisation_created_at"),
        "plx_access_request",
        ["organisation", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_plx_access_request_state_expires_at"), "plx_access_request", ["state", "expires_at"], unique=False
    )
    op.create_table(
        "plx_grant_warning",
        sa.Column("grant_id", sa.String(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["plx_grant.id"], name=op.f("fk_plx_grant_warning_grant_id")),
        sa.PrimaryKeyConstraint("grant_id", "days", name=op.f("pk_plx_grant_warning")),
    )
    op.create_table(
        "plx_notification_person",
        sa.Column("notification", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification"],
            ["plx_notification.id"],
            name=op.f("fk_plx_notification_person_notification"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person"], ["plx_user.id"], name=op.f("fk_plx_notification_person_person")),
        sa.PrimaryKeyConstraint("notification", name=op.f("pk_plx_notification_person")),
    )
    op.create_index(op.f("ix_plx_notification_person_person"), "plx_notification_person", ["person"], unique=False)
    op.create_table(
        "plx_mail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("notification", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notification"], ["plx_notification.id"], name=op.f("fk_plx_mail_notification")),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_mail_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_mail")),
    )
    op.create_index(op.f("ix_plx_mail_notification"), "plx_mail", ["notification"], unique=False)
    op.create_index(op.f("ix_plx_mail_user_id"), "plx_mail", ["user_id"], unique=False)
    op.create_index(op.f("ix_plx_mail_state_due_at"), "plx_mail", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_plx_mail_state_due_at"), table_name="plx_mail")
    op.drop_index(op.f("ix_plx_mail_user_id"), table_name="plx_mail")
    op.drop_index(op.f("ix_plx_mail_notification"), table_name="plx_mail")
    op.drop_table("plx_mail")
    op.drop_index(op.f("ix_plx_notification_person_person"), table_name="plx_notification_person")
    op.drop_table("plx_notification_person")
    op.drop_table("plx_grant_warning")
    op.drop_index(op.f("ix_plx_access_request_state_expires_at"), table_name="plx_access_request")
    op.drop_index(op.f("ix_plx_access_request_organisation_created_at"), table_name="plx_access_request")
    op.drop_index(op.f("ix_plx_access_request_dataset_state"), table_name="plx_access_request")
    op.drop_table("plx_access_request")
    op.drop_index(op.f("ix_plx_notification_user_id_created_at_id"), table_name="plx_notification")
    op.drop_table("plx_notification")
    op.drop_table("plx_notification_preference")
