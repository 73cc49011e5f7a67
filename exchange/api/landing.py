"""Persistent addresses of datasets: exports in the formats of others, and the files behind stable addresses."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.delivery.link import disposition
from exchange.publishing import forms, take
from schemas.errors import Denied, NotFound

router = APIRouter(prefix="/datasets", tags=["datasets"], responses=documented(Denied, NotFound))
Reference = Annotated[
    str,
    Path(
        pattern=r"^PLX-[0-9A-HJKMNP-TV-Y]{4}-[0-9A-HJKMNP-TV-Y]{4}(@[1-9][0-9]{0,8})?$",
        examples=["PLX-7Q4K-M2XD@2"],
        description="A dataset, or one version of it",
    ),
]
FormName = Annotated[str, Path(pattern="^[a-z][a-z0-9.-]{0,39}$", examples=["json"])]
FileName = Annotated[str, Path(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_.-]+$")]
FileId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Accept, Authorization, Cookie"}


@router.get("/{dataset}/as/{form}", summary="Export in a format")
@router.head("/{dataset}/as/{form}", include_in_schema=False)
def export(caller: Anyone, services: Live, dataset: Reference, form: FormName) -> Response:
    """What the caller may see of the dataset, in this format."""
    found, text = forms.exported(services, caller, dataset, form)
    return Response(text, media_type=found.media_type, headers=_PRIVATE)


@router.get(
    "/{dataset}/files/{name}",
    status_code=307,
    summary="A table as Parquet or CSV",
    response_class=RedirectResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "The table as CSV"}},
)
@router.head("/{dataset}/files/{name}", include_in_schema=False)
def table(request: Request, caller: Anyone, services: Live, dataset: Reference, name: FileName) -> Response:
    """`timeseries.parquet` leads to a short-lived link to the file, `timeseries.csv` is the table itself."""
    if not name.endswith(take.CSV):
        return RedirectResponse(take.table(services, caller, dataset, name).url, 307, _PRIVATE)
    filename, content = take.csv(services, caller, dataset, name)
    headers = _PRIVATE | {"Content-Disposition": disposition(filename)}
    # Nothing is made of the table for somebody who asks for the headers alone.
    return StreamingResponse(iter(()) if request.method == "HEAD" else content, 200, headers, "text/csv; charset=utf-8")


@router.get("/{dataset}/raw/{file}", status_code=307, summary="A raw file", response_class=RedirectResponse)
@router.head("/{dataset}/raw/{file}", include_in_schema=False)
def raw(caller: Anyone, services: Live, dataset: Reference, file: FileId) -> RedirectResponse:
    """To a short-lived link to the file as it was uploaded."""
    return RedirectResponse(take.raw(services, caller, dataset, file).url, 307, _PRIVATE)
