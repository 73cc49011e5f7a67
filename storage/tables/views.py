"""Tables made anew for a view, aggregates of collections, and the codes that stand for datasets."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Json, Row


class ViewRow(Row):
    """An object made of one build for a view: a table with the allowed columns alone, or its picture.

    `columns_hash` is the SHA-256 of the allowed columns and of how it is made. The build's tables may go first; the
    sweep takes this after.
    """

    __tablename__ = "plx_view"
    run: Mapped[str] = mapped_column(Id, primary_key=True)
    table: Mapped[str] = mapped_column("table_name", String(32), primary_key=True)
    view: Mapped[str] = mapped_column("view_name", String(16), primary_key=True)
    columns_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    columns: Mapped[Json]
    made_at: Mapped[datetime]


class CodeRow(Row):
    """The letters by which a dataset goes in the blinded view of a collection."""

    __tablename__ = "plx_code"
    collection: Mapped[str] = mapped_column(ForeignKey("plx_collection.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"))
    made_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("collection", "dataset"), Index(None, "dataset"))


class AggregateRow(Row):
    """What was published of a collection in one state; never changed, since the next one is held against it."""

    __tablename__ = "plx_aggregate"
    collection: Mapped[str] = mapped_column(ForeignKey("plx_collection.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    members: Mapped[Json]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
