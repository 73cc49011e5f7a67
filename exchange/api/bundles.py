"""Bundles: one dataset or several with their files as an archive that is made while it is sent."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.api.landing import PRIVATE, REFERENCE, Reference
from exchange.delivery.link import disposition
from exchange.publishing import bundle as bundling
from schemas.errors import Denied, NotFound

router = APIRouter(tags=["datasets"], responses=documented(Denied, NotFound))
WithCsv = Annotated[
    bool | None, Query(description="Tables as CSV, too; left out: where they have at most a million values")
]


@router.get(
    "/datasets/{dataset}/bundle.zip",
    summary="Everything as an archive",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "The archive"}},
)
def bundle(caller: Anyone, services: Live, dataset: Reference, csv: WithCsv = None) -> StreamingResponse:
    """An RO-Crate with the files that the caller may take, what describes them, terms, citation and checksums."""
    return archive(*bundling.bundle(services, caller, [dataset], csv))


@router.get(
    "/api/v1/bundles",
    summary="Several datasets as an archive",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "The archive"}},
)
def several(
    caller: Anyone,
    services: Live,
    dataset: Annotated[
        list[Annotated[str, Field(pattern=REFERENCE)]],
        Query(min_length=1, max_length=100, examples=[["PLX-7Q4K-M2XD@2"]], json_schema_extra={"uniqueItems": True}),
    ],
    csv: WithCsv = None,
) -> StreamingResponse:
    """A folder for each, which is an RO-Crate; all of them or, where one may not be seen, none."""
    return archive(*bundling.bundle(services, caller, dataset, csv))


def archive(filename: str, content: Iterator[bytes]) -> StreamingResponse:
    """An archive that is sent while it is made."""
    headers = PRIVATE | {"Content-Disposition": disposition(filename)}
    return StreamingResponse(content, 200, headers, "application/zip")
