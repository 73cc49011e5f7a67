"""Comparisons of lines."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from exchange.api.builds import Named
from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.delivery import compare
from schemas.access import View
from schemas.comparison import Comparison
from schemas.errors import Denied, NotFound
from schemas.identifiers import DATASET_PATTERN

router = APIRouter(prefix="/api/v1/comparison", tags=["comparison"], responses=documented(Denied, NotFound))


@router.get("", summary="Lines side by side")
def comparison(
    caller: Anyone,
    services: Live,
    dataset: Annotated[
        list[Annotated[str, Field(pattern=DATASET_PATTERN)]],
        Query(min_length=1, max_length=200, examples=[["PLX-7Q4K-M2XD"]], json_schema_extra={"uniqueItems": True}),
    ],
    view: Named = "full",
) -> Comparison:
    """Discharge capacity per cycle and first-cycle efficiency, cell by cell, with mean and spread per line."""
    return compare.compare(services, caller, dataset, View(view))
