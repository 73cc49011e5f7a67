"""Uploads under way."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Id, Row


class UploadRow(Row):
    """An upload under way; everything another instance needs to take the next chunk."""

    __tablename__ = "plx_upload"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), index=True)
    owner: Mapped[str] = mapped_column(ForeignKey("plx_organisation.id"), index=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("plx_user.id"))
    filename: Mapped[str] = mapped_column(String(255))
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column("received", BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(16), index=True)
    declared_sha256: Mapped[str | None] = mapped_column(String(64))
    sha256: Mapped[str | None] = mapped_column(String(64))
    file: Mapped[str] = mapped_column("file_id", Id)
    multipart: Mapped[str | None] = mapped_column("multipart_id", Text)
    tail: Mapped[str | None] = mapped_column("tail_key", String(200))
    tail_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    attached: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int | None]
    run: Mapped[str | None] = mapped_column("run_id", Id)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UploadPartRow(Row):
    """One object-store part of an upload."""

    __tablename__ = "plx_upload_part"
    upload: Mapped[str] = mapped_column("upload_id", ForeignKey("plx_upload.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    etag: Mapped[str] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(BigInteger)
