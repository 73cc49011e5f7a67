"""Bundles: one dataset or several as an archive, each a valid RO-Crate."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.api.landing import REFERENCE, Reference
from exchange.delivery.link import disposition
from exchange.publishing import bundle as bundling
from schemas.errors import Denied, NotFound

_REFUSALS = documented(Denied, NotFound)
router = APIRouter(prefix="/datasets", tags=["datasets"], responses=_REFUSALS)
several_at_once = APIRouter(prefix="/api/v1/bundles", tags=["datasets"], responses=_REFUSALS)
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization, Cookie"}
_ANSWERS: dict[int | str, dict[str, Any]] = {  # Any: as FastAPI has it
    200: {"content": {"application/zip": {}}, "description": "The archive"}
}
WithCsv = Annotated[
    bool | None, Query(description="Tables as CSV, too; left out: where they have at most a million values")
]
References = Annotated[
    list[Annotated[str, Field(pattern=REFERENCE)]],
    Query(min_length=1, max_length=100, examples=[["PLX-7Q4K-M2XD@2"]], json_schema_extra={"uniqueItems": True}),
]


@router.get(
    "/{dataset}/bundle.zip", summary="Everything as an archive", response_class=StreamingResponse, responses=_ANSWERS
)
def bundle(caller: Anyone, services: Live, dataset: Reference, csv: WithCsv = None) -> StreamingResponse:
    """An RO-Crate with the files that the caller may take, what describes them, terms, citation and checksums."""
    return _archive(*bundling.bundle(services, caller, [dataset], csv))


@several_at_once.get("", summary="Several datasets as an archive", response_class=StreamingResponse, responses=_ANSWERS)
def several(caller: Anyone, services: Live, dataset: References, csv: WithCsv = None) -> StreamingResponse:
    """A folder for each, which is an RO-Crate; all of them or, where one may not be seen, none."""
    return _archive(*bundling.bundle(services, caller, dataset, csv))


def _archive(filename: str, content: Iterator[bytes]) -> StreamingResponse:
    return StreamingResponse(content, 200, _PRIVATE | {"Content-Disposition": disposition(filename)}, "application/zip")
