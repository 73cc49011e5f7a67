"""What ties production to tests: the tests of cells made of an object, and the values of what a cell was made from."""

from datetime import datetime

from pydantic import BaseModel, Field

from schemas.metadata import DatasetKind
from schemas.production import ObjectKind, ProducedObject


class CellTest(BaseModel, frozen=True):
    """A test of a cell, as far as the level `metadata` opens it."""

    dataset: str = Field(examples=["PLX-7Q4K-M2XD"])
    title: str | None
    kind: DatasetKind
    cell: str


class ObjectTests(BaseModel, frozen=True):
    """The cells that were made of an object (or the cell itself), and their tests that the caller may see."""

    owner: str
    object: ProducedObject
    cells: tuple[str, ...]
    tests: tuple[CellTest, ...]


class ProductionValue(BaseModel, frozen=True):
    """One recorded value; `reference` is the build that holds it."""

    reference: str = Field(examples=["PLX-7Q4K-M2XD@1.b1"])
    run: str
    object: str
    object_kind: ObjectKind
    process_step: str
    parameter: str
    side: str | None = None
    part: str | None = None
    value: float | None = None
    text: str | None = None
    unit: str = Field(description="UCUM code")
    recorded: str = Field(examples=["actual", "set-point"])
    time: datetime | None = None
    machine: str | None = None
    method: str | None = None


class ProductionValues(BaseModel, frozen=True):
    """What is recorded of an object and of everything it was made from, in the order of the runs."""

    owner: str
    objects: tuple[ProducedObject, ...]
    start: int
    values: tuple[ProductionValue, ...]
    total: int
    next: int | None = Field(default=None, description="`start` of the following page")
