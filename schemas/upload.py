"""An upload: only transport, it ends by attaching a raw file to a draft."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field


class UploadState(StrEnum):
    """`received` and the two ends are final; what follows a received upload are the states of its ingest run."""

    UPLOADING = "uploading"
    VERIFYING = "verifying"
    RECEIVED = "received"
    REJECTED = "rejected"
    TERMINATED = "terminated"


class Upload(BaseModel, frozen=True):
    """Where an upload stands; `offset` bytes of `length` are kept, whatever happens to the connection."""

    id: str
    dataset: str
    filename: str
    length: int
    offset: int
    state: UploadState
    sha256: str | None = Field(default=None, description="Declared at creation, or found when verified")
    reason: str = ""
    created_at: datetime
    expires_at: datetime
    version: int | None = Field(default=None, description="The dataset's version that this file became")
    run: str | None = Field(default=None, description="The ingest run started for it")
    attached: bool = Field(default=False, description="True when the organisation already held these bytes")
