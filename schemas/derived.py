"""What a dataset was made from, and what that binds its maker to."""

from typing import Annotated

from pydantic import BaseModel, Field

from schemas.conditions import Kept
from schemas.identifiers import DATASET_PATTERN

SourceId = Annotated[str, Field(pattern=DATASET_PATTERN, max_length=13, examples=["PLX-7Q4K-M2XD"])]


class Received(BaseModel, frozen=True):
    """By which grant a source of another owner was held when it was declared, frozen.

    `agreements` holds the version in which the maker's organisation had accepted each agreement of the conditions.
    """

    source: str
    owner: str
    grant: str
    conditions: tuple[Kept, ...] = ()
    agreements: dict[str, int] = {}


class Forbids(BaseModel, frozen=True):
    """Why something that was made from a source may not be given on; no agreement where two sources contradict."""

    source: str
    agreement: str = ""
    version: int = 0


class Inherited(BaseModel, frozen=True):
    """What every grant on a derived dataset has to carry, and what forbids any."""

    conditions: tuple[Kept, ...] = ()
    forbidden: tuple[Forbids, ...] = ()


class DeclareSources(BaseModel, frozen=True, extra="forbid"):
    """The datasets from which one was made; each must be open to the caller at level tables, in some view."""

    sources: tuple[SourceId, ...] = Field(max_length=50)


class Source(BaseModel, frozen=True):
    """A dataset from which another was made; `direct` unless by way of another source."""

    dataset: str
    direct: bool


class Sources(BaseModel, frozen=True):
    """Sources that the caller may know of, and for the owner what they bind to.

    `narrowed` and `revoked` are the dataset's grants that a declaration made stricter or ended.
    """

    dataset: str
    sources: tuple[Source, ...]
    inherited: Inherited | None = None
    narrowed: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
