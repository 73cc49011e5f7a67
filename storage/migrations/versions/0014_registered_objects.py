"""Objects with ids of their own, versions of protocols, and which datasets point to them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014_registered_objects"
down_revision: str | None = "0013_vocabularies"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plx_registered",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["plx_organisation.id"], name=op.f("fk_plx_registered_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_registered")),
        sa.UniqueConstraint("owner", "kind", "name", name=op.f("uq_plx_registered_owner_kind_name")),
    )
    op.create_index(op.f("ix_plx_registered_visibility"), "plx_registered", ["visibility"])
    op.create_table(
        "plx_registered_revision",
        sa.Column("object", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["object"], ["plx_registered.id"], name=op.f("fk_plx_registered_revision_object")),
        sa.PrimaryKeyConstraint("object", "number", name=op.f("pk_plx_registered_revision")),
    )
    op.create_table(
        "plx_protocol_version",
        sa.Column("object", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["object"], ["plx_registered.id"], name=op.f("fk_plx_protocol_version_object")),
        sa.PrimaryKeyConstraint("object", "number", name=op.f("pk_plx_protocol_version")),
    )
    op.create_index(op.f("ix_plx_protocol_version_sha256"), "plx_protocol_version", ["sha256"])
    op.create_table(
        "plx_pointer",
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("object", sa.String(length=32), nullable=False),
        sa.Column("field_class", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_pointer_dataset")),
        sa.PrimaryKeyConstraint("dataset", "object", name=op.f("pk_plx_pointer")),
    )
    op.create_index(op.f("ix_plx_pointer_object_dataset"), "plx_pointer", ["object", "dataset"])


def downgrade() -> None:
    for table in ("pointer", "protocol_version", "registered_revision", "registered"):
        op.drop_table(f"plx_{table}")
