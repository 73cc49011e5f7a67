"""DOIs: one for a version or for all versions of a dataset, in the states that DataCite knows."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field


class DoiState(StrEnum):
    """A draft is known here alone; a registered one resolves; a findable one is found in catalogues, too."""

    DRAFT = "draft"
    REGISTERED = "registered"
    FINDABLE = "findable"


class Doi(BaseModel, frozen=True):
    """A DOI of a dataset; without a version it stands for all of them."""

    doi: str = Field(examples=["10.5072/plx-7q4k-m2xd.v2"])
    dataset: str
    version: int | None = None
    state: DoiState
    url: str = Field(description="Where it leads")
    created_at: datetime
    changed_at: datetime


class NewDoi(BaseModel, frozen=True, extra="forbid"):
    """For which version a DOI is wanted; left out, for all versions."""

    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
