"""Who was given what, on which conditions; what shuts datasets; and who may know of them, worked out for search."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class GrantRow(Row):
    """A grant; ended by its date or revoked, never deleted. `terms_id` names its set of conditions."""

    __tablename__ = "plx_grant"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))
    grantee_kind: Mapped[str] = mapped_column(String(16))
    grantee: Mapped[str] = mapped_column(Id)
    level: Mapped[int]
    view: Mapped[str] = mapped_column(String(16))
    columns: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    collection: Mapped[str] = mapped_column(Id, default="", server_default="")
    code: Mapped[str] = mapped_column(String(8), default="", server_default="")
    confidential: Mapped[bool] = mapped_column(default=False, server_default=false())
    during_embargo: Mapped[bool] = mapped_column(default=False, server_default=false())
    break_glass: Mapped[bool] = mapped_column(default=False, server_default=false())
    terms_id: Mapped[str] = mapped_column(Id, default="", server_default="")
    terms: Mapped[Json] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    request: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    confirmed_for: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "dataset", "grantee"),
        Index(None, "grantee", "dataset"),
        Index(None, "terms_id"),
        Index(None, "expires_at"),
    )


class TermsRow(Row):
    """A set of conditions, under the name that equal sets share; the empty set has none."""

    __tablename__ = "plx_terms"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conditions: Mapped[list[Json]] = mapped_column(JSON)


class BlockRow(Row):
    """Whom an owner shuts out, of one dataset or (none named) of all its own; ended, never deleted."""

    __tablename__ = "plx_block"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    dataset: Mapped[str | None] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    blocked_kind: Mapped[str] = mapped_column(String(16))
    blocked: Mapped[str] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(Id)
    __table_args__ = (Index(None, "owner", "ended_at"),)


class SealRow(Row):
    """A submission sealed in a round: bytes by their hash, or a cell by its name at the parties; until opened."""

    __tablename__ = "plx_seal"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    round: Mapped[str] = mapped_column(Id, index=True)
    submitter: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    cell: Mapped[str | None] = mapped_column(String(300), index=True)
    sealed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]


class SealPartyRow(Row):
    """An organisation to which a seal does not close: the submitter, and a test house for what it measured."""

    __tablename__ = "plx_seal_party"
    seal: Mapped[str] = mapped_column(ForeignKey("plx_seal.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), primary_key=True)


class RightsHolderRow(Row):
    """A third party with rights in a dataset: nothing of it is open to others until it has consented."""

    __tablename__ = "plx_rights_holder"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(Text)
    restriction: Mapped[str] = mapped_column(Text, default="")
    consent: Mapped[str] = mapped_column(Text, default="")
    consented_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class ConsentRow(Row):
    """A third party's consent as it was recorded: by whom it was given, in which words; withdrawn, never deleted."""

    __tablename__ = "plx_consent"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    holder: Mapped[str] = mapped_column(ForeignKey("plx_rights_holder.id"), index=True)
    given_by: Mapped[str] = mapped_column(String(300))
    given_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class DerivationRow(Row):
    """From which others a dataset was made, directly or by way of others; it inherits the strictest of their rules.

    `received` is, for a source of somebody else, on which conditions its maker held it when it was declared.
    """

    __tablename__ = "plx_derivation"
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True, index=True)
    direct: Mapped[bool] = mapped_column(default=True, server_default=true())
    received: Mapped[list[Json]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    declared_at: Mapped[datetime | None]
    declared_by: Mapped[str | None] = mapped_column(ForeignKey("plx_user.id"))


class CollectionRow(Row):
    """A named collection of datasets, to which reciprocity looks."""

    __tablename__ = "plx_collection"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class CollectedRow(Row):
    """A dataset in a collection."""

    __tablename__ = "plx_collected"
    collection: Mapped[str] = mapped_column(ForeignKey("plx_collection.id"), primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True, index=True)
    added_at: Mapped[datetime]


class AudienceRow(Row):
    """Who is meant by entries of `plx_visible`; `key` is the SHA-256 of its canonical form."""

    __tablename__ = "plx_audience"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    grantee: Mapped[str] = mapped_column(Id)
    audience: Mapped[Json]
    __table_args__ = (Index(None, "kind", "grantee"),)


class VisibleRow(Row):
    """An audience knows of a dataset, from then until then; `number` tells entries of different times apart."""

    __tablename__ = "plx_visible"
    audience: Mapped[int] = mapped_column(ForeignKey("plx_audience.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    __table_args__ = ({"sqlite_with_rowid": False},)
