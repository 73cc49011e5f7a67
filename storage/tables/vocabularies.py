"""What was changed of vocabularies here, and the words of records that are no terms yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class TermChangeRow(Row):
    """One change of a vocabulary; insert-only. The number counts within it, so that two at once do not both go in."""

    __tablename__ = "plx_term_change"
    vocabulary: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    fields: Mapped[Json]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column("changed_by", ForeignKey("plx_user.id"))
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))


class TermProposalRow(Row):
    """A word of an organisation's records that is no term; each has its own row, so that none learns of others."""

    __tablename__ = "plx_term_proposal"
    __table_args__ = (UniqueConstraint("vocabulary", "folded", "organisation"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    vocabulary: Mapped[str] = mapped_column(Id)
    folded: Mapped[str] = mapped_column(String(600))
    text: Mapped[str] = mapped_column(String(300))
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    proposed_at: Mapped[datetime]
    term: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")


class TermUseRow(Row):
    """A dataset whose newest record has the word of a proposal."""

    __tablename__ = "plx_term_use"
    proposal: Mapped[str] = mapped_column(ForeignKey("plx_term_proposal.id"), primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True, index=True)
