"""What a collection shows as a whole: mean and spread over its lines, never less."""

from datetime import datetime

from pydantic import BaseModel, Field


class Member(BaseModel, frozen=True):
    """One build that goes into an aggregate; a line is an owner's."""

    dataset: str
    owner: str
    line: str
    run: str


class Published(BaseModel, frozen=True):
    """An aggregate that is kept: of which datasets and builds it was made, and the key of its object."""

    collection: str
    state: str
    members: tuple[Member, ...]
    key: str
    bytes: int
    sha256: str
    made_at: datetime


class Aggregated(BaseModel, frozen=True):
    """One quantity over all lines; `cycle` is null where it is none of a cycle."""

    quantity: str = Field(examples=["discharge_capacity_ah"])
    unit: str = Field(description="UCUM code")
    cycle: int | None
    mean: float
    s: float = Field(description="Sample standard deviation of the lines' means (n - 1 in the denominator)")


class Aggregate(BaseModel, frozen=True):
    """One fixed set of aggregates over all lines of a collection, alike for everybody who gets it."""

    collection: str
    made_at: datetime = Field(description="A later state of the collection is shown when enough of it has changed")
    organisations: int
    lines: int = Field(description="Each of them counts once in every value")
    values: tuple[Aggregated, ...]
