"""Round robins: the round and its history, people, lines, cells, submissions, values, exclusions, what comes of it."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class RoundRow(Row):
    """A round; `record` as `schemas.round.round.RoundRecord` has it, its moments as they came."""

    __tablename__ = "plx_round"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record: Mapped[Json] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    closes_at: Mapped[datetime] = mapped_column(index=True)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    evaluated_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class RoundEventRow(Row):
    """What happened in a round, in order: a change of state, of dates, of people; insert-only, no values."""

    __tablename__ = "plx_round_event"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column("by_user", Id)
    what: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index(None, "round", "at"),)


class RoundPlanRow(Row):
    """The frozen plan (number 0) and its amendments."""

    __tablename__ = "plx_round_plan"
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[Json] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column("by_user", Id)


class RoundRoleRow(Row):
    """Who does what in a round: a person, or (test house) an organisation."""

    __tablename__ = "plx_round_role"
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    holder: Mapped[str] = mapped_column(Id, primary_key=True)
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(Id)


class RoundConflictRow(Row):
    """A conflict of interest of who had a role; it stays when the role goes to somebody else (`ended_at`)."""

    __tablename__ = "plx_round_conflict"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    organisation: Mapped[str | None] = mapped_column(Id)
    statement: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    declared_by: Mapped[str] = mapped_column(Id)
    ended_at: Mapped[datetime | None]


class ParticipantRow(Row):
    """A line in a round, with the letters it goes by there."""

    __tablename__ = "plx_participant"
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), primary_key=True)
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    invited_at: Mapped[datetime]
    invited_by: Mapped[str] = mapped_column(Id)
    joined_at: Mapped[datetime | None]
    joined_by: Mapped[str | None] = mapped_column(Id)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(Id)
    withdrawal: Mapped[str] = mapped_column(Text, default="", server_default="")
    waived_at: Mapped[datetime | None]
    waived_by: Mapped[str | None] = mapped_column(Id)
    closes_at: Mapped[datetime | None]
    evidence: Mapped[Json] = mapped_column(JSON, default=dict, server_default="{}")
    __table_args__ = (UniqueConstraint("round", "code"),)


class RoundCellRow(Row):
    """A cell of a line in a round; a dead one is replaced by another, and both stay."""

    __tablename__ = "plx_round_cell"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"))
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    replaced_by: Mapped[str | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    made_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("round", "line", "name"), UniqueConstraint("round", "line", "number"))


class CustodyRow(Row):
    """What was recorded of a cell on its way: sent, received, measured on arrival, returned, disposed of."""

    __tablename__ = "plx_custody"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    cell: Mapped[str] = mapped_column(ForeignKey("plx_round_cell.id"), index=True)
    what: Mapped[str] = mapped_column(String(32))
    facts: Mapped[Json] = mapped_column(JSON)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Id)


class RoundCheckRow(Row):
    """A check of the cells before they went out or after they came back: homogeneity or stability, with its data."""

    __tablename__ = "plx_round_check"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), index=True)
    kpi: Mapped[str] = mapped_column(String(32))
    check: Mapped[str] = mapped_column("check_name", String(16))
    data: Mapped[Json] = mapped_column(JSON)
    result: Mapped[Json] = mapped_column(JSON)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Id)


class SubmissionRow(Row):
    """A version of a dataset handed in for a cell; insert-only but for its state."""

    __tablename__ = "plx_submission"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"))
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"))
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    cell: Mapped[str] = mapped_column(ForeignKey("plx_round_cell.id"))
    number: Mapped[int]
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    version: Mapped[int]
    run: Mapped[str] = mapped_column(Id)
    build: Mapped[int]
    sha256: Mapped[list[str]] = mapped_column(JSON)
    late: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(16))
    failed_rules: Mapped[list[str]] = mapped_column(JSON)
    uncertainties: Mapped[list[Json]] = mapped_column(JSON, default=list, server_default="[]")
    budgets: Mapped[list[Json]] = mapped_column(JSON, default=list, server_default="[]")
    batch: Mapped[str] = mapped_column(Text, default="", server_default="")
    decided_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Id)
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(Id)
    __table_args__ = (UniqueConstraint("cell", "number"), Index(None, "round", "line"))


class SubmissionValueRow(Row):
    """One KPI of a submission, computed when it was handed in; `plan` is the number of the plan it was chosen by."""

    __tablename__ = "plx_submission_value"
    submission: Mapped[str] = mapped_column(ForeignKey("plx_submission.id"), primary_key=True)
    plan: Mapped[int] = mapped_column(primary_key=True)
    kpi: Mapped[str] = mapped_column(String(32), primary_key=True)
    definition: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(32))
    value: Mapped[float | None] = mapped_column(Float(53))
    reason: Mapped[str] = mapped_column(Text)
    rows: Mapped[list[list[int]]] = mapped_column(JSON)
    parameters: Mapped[Json] = mapped_column(JSON)
    computed_at: Mapped[datetime]


class RoundExclusionRow(Row):
    """A person leaves out a line's results for a KPI, or one cell's, for a reason; ended, never deleted."""

    __tablename__ = "plx_round_exclusion"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), index=True)
    kpi: Mapped[str] = mapped_column(String(32))
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"))
    cell: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column("by_user", Id)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(Id)


class EvaluationRow(Row):
    """One evaluation of a round, its content kept as an object under its hash; never changed."""

    __tablename__ = "plx_evaluation"
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    inputs: Mapped[Json] = mapped_column(JSON)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Id)


class ReportRow(Row):
    """A file of a report of an evaluation: product, form and, for a letter, the line it is for."""

    __tablename__ = "plx_report"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"))
    evaluation: Mapped[int]
    stage: Mapped[str] = mapped_column(String(16))
    product: Mapped[str] = mapped_column(String(32))
    line: Mapped[str | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    __table_args__ = (Index(None, "round", "evaluation"),)


class RoundCommentRow(Row):
    """A line's comment or appeal on the draft report, under its code; and the answer."""

    __tablename__ = "plx_round_comment"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), index=True)
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"))
    appeal: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column("by_user", Id)
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Id)


class UnblindingRow(Row):
    """Showing whose a code is to somebody else: asked for with a reason, agreed to by custodian and office, told."""

    __tablename__ = "plx_unblinding"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    to: Mapped[str] = mapped_column("to_user", Id)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(Id)
    custodian_at: Mapped[datetime | None]
    custodian_by: Mapped[str | None] = mapped_column(Id)
    office_at: Mapped[datetime | None]
    office_by: Mapped[str | None] = mapped_column(Id)
    shown_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RoundReminderRow(Row):
    """That a line was reminded of missing cells, so many days before this last moment of its; once each."""

    __tablename__ = "plx_round_reminder"
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), primary_key=True)
    line: Mapped[str] = mapped_column(ForeignKey("plx_line.id"), primary_key=True)
    until: Mapped[datetime] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
