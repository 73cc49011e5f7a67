"""How cells that were handed in to rounds stand to what the protocol fixes for production."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Json, Row


class SubmissionConformanceRow(Row):
    """Of one submission, read when it was handed in; `keeping` and `found` are those of `KeptTo`."""

    __tablename__ = "plx_submission_conformance"
    submission: Mapped[str] = mapped_column(ForeignKey("plx_submission.id"), primary_key=True)
    keeping: Mapped[list[str]] = mapped_column(JSON)
    found: Mapped[list[Json]] = mapped_column(JSON)
    computed_at: Mapped[datetime]
