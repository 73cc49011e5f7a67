"""Round robins: rounds, their people, lines, cells, submissions, values, exclusions, evaluations, reports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017_rounds"
down_revision: str | None = "0016_stamps"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plx_round",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("closes_at", _MOMENT, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("evaluated_at", _MOMENT, nullable=True),
        sa.Column("reported_at", _MOMENT, nullable=True),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["plx_user.id"], name=op.f("fk_plx_round_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round")),
    )
    op.create_index(op.f("ix_plx_round_closes_at"), "plx_round", ["closes_at"], unique=False)
    op.create_index(op.f("ix_plx_round_state"), "plx_round", ["state"], unique=False)
    op.create_table(
        "plx_evaluation",
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_evaluation_round")),
        sa.PrimaryKeyConstraint("round", "number", name=op.f("pk_plx_evaluation")),
        sa.UniqueConstraint("key", name=op.f("uq_plx_evaluation_key")),
    )
    op.create_table(
        "plx_participant",
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("invited_at", _MOMENT, nullable=False),
        sa.Column("invited_by", sa.String(length=32), nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=True),
        sa.Column("joined_by", sa.String(length=32), nullable=True),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.Column("withdrawal", sa.Text(), server_default="", nullable=False),
        sa.Column("waived_at", _MOMENT, nullable=True),
        sa.Column("waived_by", sa.String(length=32), nullable=True),
        sa.Column("closes_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_participant_line")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_participant_organisation")
        ),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_participant_round")),
        sa.PrimaryKeyConstraint("round", "line", name=op.f("pk_plx_participant")),
        sa.UniqueConstraint("round", "code", name=op.f("uq_plx_participant_round_code")),
    )
    op.create_index(op.f("ix_plx_participant_organisation"), "plx_participant", ["organisation"], unique=False)
    op.create_table(
        "plx_report",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("evaluation", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_report_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_report")),
    )
    op.create_index(op.f("ix_plx_report_round_evaluation"), "plx_report", ["round", "evaluation"], unique=False)
    op.create_table(
        "plx_round_cell",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("replaced_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_round_cell_line")),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_cell_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round_cell")),
        sa.UniqueConstraint("round", "line", "name", name=op.f("uq_plx_round_cell_round_line_name")),
        sa.UniqueConstraint("round", "line", "number", name=op.f("uq_plx_round_cell_round_line_number")),
    )
    op.create_table(
        "plx_round_check",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("kpi", sa.String(length=32), nullable=False),
        sa.Column("check_name", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_check_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round_check")),
    )
    op.create_index(op.f("ix_plx_round_check_round"), "plx_round_check", ["round"], unique=False)
    op.create_table(
        "plx_round_comment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("appeal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_user", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_round_comment_line")),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_comment_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round_comment")),
    )
    op.create_index(op.f("ix_plx_round_comment_round"), "plx_round_comment", ["round"], unique=False)
    op.create_table(
        "plx_round_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_user", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_event_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round_event")),
    )
    op.create_index(op.f("ix_plx_round_event_round_at"), "plx_round_event", ["round", "at"], unique=False)
    op.create_table(
        "plx_round_exclusion",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("kpi", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_user", sa.String(length=32), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_round_exclusion_line")),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_exclusion_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_round_exclusion")),
    )
    op.create_index(op.f("ix_plx_round_exclusion_round"), "plx_round_exclusion", ["round"], unique=False)
    op.create_table(
        "plx_round_plan",
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by_user", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_plan_round")),
        sa.PrimaryKeyConstraint("round", "number", name=op.f("pk_plx_round_plan")),
    )
    op.create_table(
        "plx_round_role",
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("declared_at", _MOMENT, nullable=True),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("given_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_round_role_round")),
        sa.PrimaryKeyConstraint("round", "role", "holder", name=op.f("pk_plx_round_role")),
    )
    op.create_table(
        "plx_unblinding",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("to_user", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("custodian_at", _MOMENT, nullable=True),
        sa.Column("custodian_by", sa.String(length=32), nullable=True),
        sa.Column("office_at", _MOMENT, nullable=True),
        sa.Column("office_by", sa.String(length=32), nullable=True),
        sa.Column("shown_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_unblinding_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_unblinding")),
    )
    op.create_index(op.f("ix_plx_unblinding_round"), "plx_unblinding", ["round"], unique=False)
    op.create_table(
        "plx_custody",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("cell", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["cell"], ["plx_round_cell.id"], name=op.f("fk_plx_custody_cell")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_custody")),
    )
    op.create_index(op.f("ix_plx_custody_cell"), "plx_custody", ["cell"], unique=False)
    op.create_table(
        "plx_submission",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.String(length=32), nullable=False),
        sa.Column("line", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=False),
        sa.Column("cell", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failed_rules", sa.JSON(), nullable=False),
        sa.Column("decided_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("received_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["cell"], ["plx_round_cell.id"], name=op.f("fk_plx_submission_cell")),
        sa.ForeignKeyConstraint(["dataset"], ["plx_dataset.id"], name=op.f("fk_plx_submission_dataset")),
        sa.ForeignKeyConstraint(["line"], ["plx_line.id"], name=op.f("fk_plx_submission_line")),
        sa.ForeignKeyConstraint(["organisation"], ["plx_organisation.id"], name=op.f("fk_plx_submission_organisation")),
        sa.ForeignKeyConstraint(["round"], ["plx_round.id"], name=op.f("fk_plx_submission_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_submission")),
        sa.UniqueConstraint("cell", "number", name=op.f("uq_plx_submission_cell_number")),
    )
    op.create_index(op.f("ix_plx_submission_dataset"), "plx_submission", ["dataset"], unique=False)
    op.create_index(op.f("ix_plx_submission_round_line"), "plx_submission", ["round", "line"], unique=False)
    op.create_table(
        "plx_submission_value",
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("kpi", sa.String(length=32), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("computed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["plx_submission.id"], name=op.f("fk_plx_submission_value_submission")),
        sa.PrimaryKeyConstraint("submission", "plan", "kpi", name=op.f("pk_plx_submission_value")),
    )


def downgrade() -> None:
    op.drop_table("plx_submission_value")
    op.drop_table("plx_submission")
    op.drop_table("plx_custody")
    op.drop_table("plx_unblinding")
    op.drop_table("plx_round_role")
    op.drop_table("plx_round_plan")
    op.drop_table("plx_round_exclusion")
    op.drop_table("plx_round_event")
    op.drop_table("plx_round_comment")
    op.drop_table("plx_round_check")
    op.drop_table("plx_round_cell")
    op.drop_table("plx_report")
    op.drop_table("plx_participant")
    op.drop_table("plx_evaluation")
    op.drop_table("plx_round")
