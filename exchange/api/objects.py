"""Objects of production: the tests of cells made of them, and what was recorded of what they were made from."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from exchange.api.doors import Anyone, Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.delivery import trace
from schemas.errors import Denied, NotFound
from schemas.production import ObjectKind, ProducedObject
from schemas.trace import ObjectTests, ProductionValues

router = APIRouter(prefix="/api/v1", tags=["production"], responses=documented(Denied, NotFound))
Name = Annotated[
    str,
    Query(
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f]+$",
        description="As the line writes it",
        examples=["R-2026-014"],
    ),
]
Owner = Annotated[
    Annotated[str, Field(max_length=32, pattern="^[A-Za-z0-9_-]+$")] | None,
    Query(description="Organisation whose object it is; empty: your own"),
]
Start = Annotated[int, Query(ge=0, le=2**53, description="First value, from 0")]
Limit = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/objects/tests", summary="Tests of cells made of an object")
def tests(caller: Caller, services: Live, kind: ObjectKind, name: Name, owner: Owner = None) -> ObjectTests:
    """Every cell that came of a lot, batch, roll or electrode, and its tests, as far as you may see both."""
    return trace.tests(services, caller, owner, ProducedObject(kind=kind, name=name))


@router.get("/objects/parameters", summary="What is recorded of an object")
def parameters(
    caller: Caller,
    services: Live,
    kind: ObjectKind,
    name: Name,
    owner: Owner = None,
    start: Start = 0,
    limit: Limit = 1000,
) -> ProductionValues:
    """Its values and those of everything that it was made from, as far as you may read their tables."""
    return trace.values(services, caller, owner, ProducedObject(kind=kind, name=name), start, limit)


@router.get("/datasets/{dataset}/production", summary="How the cell of a test was made")
def production(
    caller: Anyone, services: Live, dataset: DatasetId, start: Start = 0, limit: Limit = 1000
) -> ProductionValues:
    """The recorded values of the dataset's cell and of everything that it was made from."""
    return trace.of_dataset(services, caller, dataset, start, limit)
