"""Agreements with addressees and their ends, duties of past recipients, documents, consents, how sources were held."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007_agreements"
down_revision: str | None = "0006_audit_chain"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_EMPTY = sa.text("'[]'")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plx_duty",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agreement", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.Column("deletion", sa.Boolean(), nullable=False),
        sa.Column("confirm_by", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("last_read_at", _MOMENT, nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("notified_at", _MOMENT, nullable=True),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("confirmed_by", sa.String(length=32), nullable=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["plx_agreement.id"], name=op.f("fk_plx_duty_agreement")),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_duty_organisation")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["plx_user.id"], name=op.f("fk_plx_duty_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_duty")),
        sa.UniqueConstraint("agreement", "organisation", name=op.f("uq_plx_duty_agreement_organisation")),
    )
    op.create_index(op.f("ix_plx_duty_organisation"), "plx_duty", ["organisation"], unique=False)
    op.create_index(op.f("ix_plx_duty_notified_at"), "plx_duty", ["notified_at"], unique=False)
    op.create_table(
        "plx_document",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["plx_organisation.id"], name=op.f("fk_plx_document_owner")),
        sa.ForeignKeyConstraint(["added_by"], ["plx_user.id"], name=op.f("fk_plx_document_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_document")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_document_key")),
    )
    op.create_index(op.f("ix_plx_document_about"), "plx_document", ["about"], unique=False)
    op.create_table(
        "plx_consent",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("given_by", sa.String(length=300), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["holder"], ["plx_rights_holder.id"], name=op.f("fk_plx_consent_holder")),
        sa.ForeignKeyConstraint(["recorded_by"], ["plx_user.id"], name=op.f("fk_plx_consent_recorded_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["plx_user.id"], name=op.f("fk_plx_consent_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_consent")),
    )
    op.create_index(op.f("ix_plx_consent_holder"), "plx_consent", ["holder"], unique=False)
    for table, column in _columns():
        # The reference is written with the column: SQLite cannot add a constraint to a table that is there.
        op.add_column(table, column, inline_references=True)


def downgrade() -> None:
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
    op.drop_index(op.f("ix_plx_consent_holder"), table_name="plx_consent")
    op.drop_table("plx_consent")
    op.drop_index(op.f("ix_plx_document_about"), table_name="plx_document")
    op.drop_table("plx_document")
    op.drop_index(op.f("ix_plx_duty_notified_at"), table_name="plx_duty")
    op.drop_index(op.f("ix_plx_duty_organisation"), table_name="plx_duty")
    op.drop_table("plx_duty")


def _columns() -> list[tuple[str, sa.Column[object]]]:
    """Added one by one, and taken away in the opposite order."""
    return [
        ("plx_agreement", sa.Column("addressees", sa.JSON(), server_default=_EMPTY, nullable=False)),
        ("plx_agreement", sa.Column("required_from", _MOMENT, nullable=True)),
        ("plx_agreement", _person("retired_by")),
        ("plx_agreement", sa.Column("retire_reason", sa.Text(), server_default="", nullable=False)),
        ("plx_acceptance", _person("ended_by")),
        ("plx_acceptance", sa.Column("end_reason", sa.Text(), server_default="", nullable=False)),
        ("plx_rights_holder", _person("ended_by")),
        ("plx_rights_holder", sa.Column("end_reason", sa.Text(), server_default="", nullable=False)),
        ("plx_derivation", sa.Column("direct", sa.Boolean(), server_default=sa.true(), nullable=False)),
        ("plx_derivation", sa.Column("received", sa.JSON(), server_default=_EMPTY, nullable=False)),
        ("plx_derivation", sa.Column("declared_at", _MOMENT, nullable=True)),
        ("plx_derivation", _person("declared_by")),
    ]


def _person(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=32), sa.ForeignKey("plx_user.id"), nullable=True)
