"""What of production a build tells: things and the genealogy between them."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Row


class ObjectRow(Row):
    """A thing of production that a build tells of; its name is unique within its kind and run."""

    __tablename__ = "plx_object"
    run: Mapped[str] = mapped_column(ForeignKey("plx_ingest_run.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    __table_args__ = (Index(None, "kind", "name"),)


class DescentRow(Row):
    """One edge of a build's genealogy: the source went into the product."""

    __tablename__ = "plx_descent"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    run: Mapped[str] = mapped_column(ForeignKey("plx_ingest_run.id"))
    source_kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(200))
    step: Mapped[str] = mapped_column(String(32))
    product_kind: Mapped[str] = mapped_column(String(16))
    product: Mapped[str] = mapped_column(String(200))
    __table_args__ = (
        Index(None, "run", "source_kind", "source"),
        Index(None, "run", "product_kind", "product"),
    )
