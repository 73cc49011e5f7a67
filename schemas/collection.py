"""A named collection of datasets, in which reciprocity counts what an organisation has given."""

from pydantic import BaseModel, Field

from schemas.access import Contribution
from schemas.organisation import Name, ShortId


class Collection(BaseModel, frozen=True):
    """Its name, for everybody; what is in it is shown to each as far as they may see it."""

    id: ShortId
    name: Name


class NewCollection(Collection, frozen=True, extra="forbid"):
    """What the network's office fills in."""

    id: ShortId = Field(examples=["rr-2026"])
    name: Name = Field(examples=["Round robin 2026"])


class Collections(BaseModel, frozen=True):
    """All collections, and what the caller's own organisation has given to each: released, read well, by kind."""

    collections: tuple[Collection, ...]
    contributed: tuple[Contribution, ...]
