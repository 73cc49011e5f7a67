"""Aggregates of collections."""

from typing import Annotated

from fastapi import APIRouter, Path

from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.delivery import aggregate
from schemas.aggregate import Aggregate
from schemas.errors import Conflict, Denied, NotFound

router = APIRouter(prefix="/api/v1/collections", tags=["collections"], responses=documented(Denied, NotFound, Conflict))
Id = Annotated[str, Path(max_length=32, pattern="^[a-z0-9][a-z0-9-]{0,31}$", examples=["rr-2026"])]


@router.get("/{collection}/aggregate", summary="Mean and spread over all lines")
def over_all_lines(caller: Anyone, services: Live, collection: Id) -> Aggregate:
    """One fixed set, of the whole collection or not at all, from a minimum of organisations on."""
    return aggregate.aggregate(services, caller, collection)
