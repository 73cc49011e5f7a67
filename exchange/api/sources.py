"""From which datasets one was made, and under which terms it is offered."""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse

from exchange.agree import offer as offers
from exchange.api.doors import Anyone, Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import derive
from schemas.derived import DeclareSources, Sources
from schemas.errors import Conflict, Denied, NotFound

router = APIRouter(prefix="/api/v1/datasets/{dataset}", tags=["sharing"], responses=documented(Denied, NotFound))
_SOURCES = {"sources": ["PLX-7Q4K-M2XD"]}


class JsonLd(JSONResponse):
    """JSON-LD."""

    media_type = "application/ld+json"


@router.get("/sources", summary="What it was made from")
def sources(caller: Anyone, services: Live, dataset: DatasetId) -> Sources:
    """As far as the caller may know of the sources; needs level metadata."""
    return derive.sources(services, caller, dataset)


@router.put("/sources", summary="Say what it was made from", responses=documented(Denied, NotFound, Conflict))
def declare(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[DeclareSources, Body(examples=[_SOURCES])]
) -> Sources:
    """It inherits the strictest of what holds for them; each must be open to the caller at level tables."""
    return derive.declare(services, caller, dataset, wanted.sources)


@router.get("/odrl", summary="The terms as ODRL", response_class=JsonLd)
def offer(caller: Anyone, services: Live, dataset: DatasetId) -> dict[str, Any]:  # Any: a JSON-LD document
    """An offer in ODRL 2.2: what is open to the caller, and what grants to them would open; nobody else's."""
    return offers.offer(services, caller, dataset)
