"""Persistent addresses of datasets: landing page, exports in the formats of others, files behind stable addresses."""

import base64
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from exchange.api import landing_page
from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.delivery.link import disposition
from exchange.fair import signposting
from exchange.publishing import forms, take
from exchange.publishing.gather import gathered
from exchange.publishing.negotiate import HTML, chosen
from schemas.access import Exit
from schemas.delivery import Link
from schemas.errors import Denied, NotAcceptable, NotFound

router = APIRouter(prefix="/datasets", tags=["datasets"], responses=documented(Denied, NotFound))
REFERENCE = r"^PLX-[0-9A-HJKMNP-TV-Y]{4}-[0-9A-HJKMNP-TV-Y]{4}(@[1-9][0-9]{0,8})?$"
Reference = Annotated[
    str,
    Path(
        pattern=REFERENCE,
        examples=["PLX-7Q4K-M2XD@2"],
        description="A dataset, or one version of it",
    ),
]
FormName = Annotated[str, Path(pattern="^[a-z][a-z0-9.-]{0,39}$", examples=["json"])]
FileName = Annotated[str, Path(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_.-]+$")]
FileId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Accept, Authorization, Cookie"}
_CSV = "text/csv; charset=utf-8"
_EVERY_TYPE: dict[str, dict[str, str]] = {HTML: {}, **{one.media_type: {} for one in forms.FORMS.values()}}


@router.get(
    "/{dataset}",
    summary="Landing page",
    response_class=HTMLResponse,
    responses=documented(Denied, NotFound, NotAcceptable)
    | {200: {"content": _EVERY_TYPE, "description": "The page, or the format that Accept asks for"}},
)
@router.head("/{dataset}", include_in_schema=False)
def page(caller: Anyone, services: Live, dataset: Reference, request: Request) -> Response:
    """What the caller may see of the dataset: as a page, or in the format that the header Accept asks for."""
    form = chosen(request.headers.get("accept", ""))
    shown = gathered(services, caller, dataset, Exit.LANDING)
    headers = PRIVATE | {"Link": signposting.header(shown, forms.formats(shown))}
    if form is not None:
        return Response(forms.written(services, caller, shown, form), media_type=form.media_type, headers=headers)
    return HTMLResponse(landing_page.html(shown), headers=headers | {"Content-Security-Policy": landing_page.POLICY})


@router.get("/{dataset}/as/{form}", summary="Export in a format")
@router.head("/{dataset}/as/{form}", include_in_schema=False)
def export(caller: Anyone, services: Live, dataset: Reference, form: FormName) -> Response:
    """What the caller may see of the dataset, in this format."""
    found, shown, text = forms.exported(services, caller, dataset, form)
    return Response(text, media_type=found.media_type, headers=PRIVATE | {"Link": signposting.of_metadata(shown)})


@router.get(
    "/{dataset}/files/{name}",
    status_code=307,
    summary="A table as Parquet or CSV",
    response_class=RedirectResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "The table as CSV"}},
)
def table(caller: Anyone, services: Live, dataset: Reference, name: FileName) -> Response:
    """`timeseries.parquet` leads to a short-lived link to the file, `timeseries.csv` is the table itself."""
    headers = _of_file(services, dataset)
    if not name.endswith(take.CSV):
        return RedirectResponse(take.table(services, caller, dataset, name).url, 307, headers)
    filename, content = take.csv(services, caller, dataset, name)
    return StreamingResponse(content, 200, headers | _named(filename), _CSV)


@router.head("/{dataset}/files/{name}", include_in_schema=False)
def about_table(caller: Anyone, services: Live, dataset: Reference, name: FileName) -> Response:
    """Type, size and hash of the file, for whoever may take it; of CSV, made as it is sent, the type alone."""
    headers = _of_file(services, dataset)
    if not name.endswith(take.CSV):
        return _about(take.table(services, caller, dataset, name), headers)
    filename, _ = take.csv(services, caller, dataset, name)
    return StreamingResponse(iter(()), 200, headers | _named(filename), _CSV)


@router.get("/{dataset}/raw/{file}", status_code=307, summary="A raw file", response_class=RedirectResponse)
def raw(caller: Anyone, services: Live, dataset: Reference, file: FileId) -> RedirectResponse:
    """To a short-lived link to the file as it was uploaded."""
    return RedirectResponse(take.raw(services, caller, dataset, file).url, 307, _of_file(services, dataset))


@router.head("/{dataset}/raw/{file}", include_in_schema=False)
def about_raw(caller: Anyone, services: Live, dataset: Reference, file: FileId) -> Response:
    """Type, size and hash of the file, for whoever may take it."""
    return _about(take.raw(services, caller, dataset, file), _of_file(services, dataset))


def _named(filename: str) -> dict[str, str]:
    return {"Content-Disposition": disposition(filename)}


def _of_file(services: Live, dataset: str) -> dict[str, str]:
    landing = f"{services.settings.base_url.rstrip('/')}/datasets/{dataset}"
    return PRIVATE | {"Link": signposting.of_file(landing)}


def _about(found: Link, headers: dict[str, str]) -> Response:
    """A signed link refuses HEAD, so that what HEAD is asked for is told here (digest: RFC 9530)."""
    digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    said = {"Content-Length": str(found.bytes), "ETag": f'"{found.sha256}"', "Repr-Digest": f"sha-256=:{digest}:"}
    return Response(media_type=found.media_type, headers=headers | said)
