"""Objects with ids of their own, their revisions, published versions of protocols, and which datasets point to them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class RegisteredRow(Row):
    """A registered object."""

    __tablename__ = "plx_registered"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"))
    name: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(16))
    visibility: Mapped[str] = mapped_column(String(16), index=True)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)
    __table_args__ = (UniqueConstraint("owner", "kind", "name"),)


class RegisteredRevisionRow(Row):
    """One revision of an object's record."""

    __tablename__ = "plx_registered_revision"
    object: Mapped[str] = mapped_column(ForeignKey("plx_registered.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    schema_version: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(300))
    record: Mapped[Json] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(Id)


class ProtocolVersionRow(Row):
    """A published version of a protocol; never changed."""

    __tablename__ = "plx_protocol_version"
    object: Mapped[str] = mapped_column(ForeignKey("plx_registered.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    schema_version: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[Json] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(Id)


class PointerRow(Row):
    """A dataset whose present record points to an object; `field_class` is the widest class of the fields that do."""

    __tablename__ = "plx_pointer"
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    object: Mapped[str] = mapped_column(Id, primary_key=True)
    field_class: Mapped[str] = mapped_column(String(16))
    __table_args__ = (Index(None, "object", "dataset"),)
