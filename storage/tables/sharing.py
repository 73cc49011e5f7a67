"""Standing templates of sharing, proposals to release, offers to hand a dataset over."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class SharingTemplateRow(Row):
    """How an organisation shares what it releases; `content` as `schemas.template` has it. Retired, never deleted."""

    __tablename__ = "plx_sharing_template"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    content: Mapped[Json] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str | None] = mapped_column(Id)


class ProposalRow(Row):
    """A contributor proposes to release a dataset; a steward approves or declines."""

    __tablename__ = "plx_proposal"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    version: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Id)
    answer: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index(None, "organisation", "state"),)


class TransferRow(Row):
    """An offer to hand a dataset to another organisation; `keep_grants`: what was given stays."""

    __tablename__ = "plx_transfer"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    giver: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    taker: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    keep_grants: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    offered_at: Mapped[datetime]
    offered_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Id)
