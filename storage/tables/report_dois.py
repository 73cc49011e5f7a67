"""DOIs of public summaries of rounds."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Row


class ReportDoiRow(Row):
    """A DOI for a version, or for all versions (`version` 0); a draft is known here alone."""

    __tablename__ = "plx_report_doi"
    round: Mapped[str] = mapped_column(ForeignKey("plx_round.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    doi: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
