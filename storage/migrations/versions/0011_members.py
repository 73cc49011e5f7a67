"""Members: states with reasons, lines with competencies, assessments, invitations, applications."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011_members"
down_revision: str | None = "0010_views"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_HISTORY = (
    "INSERT INTO plx_organisation_change (organisation, state, reason, at) "
    "SELECT id, state, 'Entered', created_at FROM plx_organisation"
)
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"


def upgrade() -> None:
    op.create_table(
        "plx_invitation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("by_office", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["plx_user.id"], name=op.f("fk_plx_invitation_accepted_by")),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_invitation_created_by")),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_invitation_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_invitation")),
        sa.UniqueConstraint("hash", name=op.f("uq_plx_invitation_hash")),
    )
    op.create_index(op.f("ix_plx_invitation_organisation"), "plx_invitation", ["organisation"], unique=False)
    op.create_table(
        "plx_line_assessment",
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("competencies", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_line_assessment_line")),
        sa.ForeignKeyConstraint(["made_by"], ["plx_user.id"], name=op.f("fk_plx_line_assessment_made_by")),
        sa.PrimaryKeyConstraint("line", "number", name=op.f("pk_plx_line_assessment")),
    )
    op.create_table(
        "plx_organisation_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["plx_user.id"], name=op.f("fk_plx_organisation_change_changed_by")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_organisation_change_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_organisation_change")),
    )
    op.create_index(
        op.f("ix_plx_organisation_change_organisation"), "plx_organisation_change", ["organisation"], unique=False
    )
    op.create_table(
        "plx_registration",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("ror", sa.String(length=64), nullable=True),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["plx_user.id"], name=op.f("fk_plx_registration_decided_by")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_registration_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_registration")),
    )
    op.create_index(op.f("ix_plx_registration_applied_at"), "plx_registration", ["applied_at"], unique=False)
    op.add_column("plx_group", sa.Column("kind", sa.String(length=32), server_default="other", nullable=False))
    op.add_column("plx_group", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("plx_line", sa.Column("competencies", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("plx_line", sa.Column("public", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("plx_line", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plx_line", sa.Column("changed_by", sa.String(length=32), nullable=True))
    op.add_column("plx_organisation", sa.Column("contact", sa.String(length=254), nullable=True))
    op.execute(_HISTORY)
    for id, ror in op.get_bind().execute(sa.text("SELECT id, ror FROM plx_organisation WHERE ror IS NOT NULL")).all():
        if not _right(ror):
            # Mistyped: no organisation has it, and it would not be read any more.
            forget = sa.text("UPDATE plx_organisation SET ror = NULL WHERE id = :id")
            op.get_bind().execute(forget, {"id": id})


def _right(ror: str) -> bool:
    """ISO 7064 MOD 97-10, as ROR makes its check digits."""
    number = 0
    for sign in ror[-9:-2]:
        number = number * 32 + _SIGNS.index(sign)
    return 98 - number * 100 % 97 == int(ror[-2:])


def downgrade() -> None:

    op.drop_column("plx_organisation", "contact")
    op.drop_column("plx_line", "changed_by")
    op.drop_column("plx_line", "changed_at")
    op.drop_column("plx_line", "public")
    op.drop_column("plx_line", "competencies")
    op.drop_column("plx_group", "description")
    op.drop_column("plx_group", "kind")
    op.drop_index(op.f("ix_plx_registration_applied_at"), table_name="plx_registration")
    op.drop_table("plx_registration")
    op.drop_index(op.f("ix_plx_organisation_change_organisation"), table_name="plx_organisation_change")
    op.drop_table("plx_organisation_change")
    op.drop_table("plx_line_assessment")
    op.drop_index(op.f("ix_plx_invitation_organisation"), table_name="plx_invitation")
    op.drop_table("plx_invitation")
