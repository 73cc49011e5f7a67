"""Pages of registered objects and of pilot lines: plain HTML at their persistent addresses, or JSON where asked for."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse

from exchange.api.doors import Anyone, Live, ShortPath
from exchange.api.errors import documented
from exchange.api.object_html import line_page, object_page
from exchange.api.registry import ObjectPath
from exchange.members import survey
from exchange.registry import look
from schemas.errors import Denied, NotFound

router = APIRouter(tags=["pages"], responses=documented(Denied, NotFound), default_response_class=HTMLResponse)
_HEADERS = {"Cache-Control": "private, no-store", "Vary": "Accept, Authorization, Cookie"}
Accept = Annotated[str, Header(description="`application/json` for JSON in place of HTML")]


@router.get("/objects/{object}", summary="Page of a registered object")
@router.head("/objects/{object}", include_in_schema=False)
def of_object(caller: Anyone, services: Live, object: ObjectPath, accept: Accept = "text/html") -> Response:
    """What the caller may see of the object, and of the datasets that point to it."""
    found = look.one(services, caller, object)
    return _json(found.model_dump_json(exclude_none=True)) if _wants_json(accept) else _private(object_page(found))


@router.get("/lines/{line}", summary="Page of a pilot line")
@router.head("/lines/{line}", include_in_schema=False)
def of_line(caller: Anyone, services: Live, line: ShortPath, accept: Accept = "text/html") -> Response:
    """What the directory shows of the line to the caller."""
    found = survey.one(services, caller, line)
    return _json(found.model_dump_json(exclude_none=True)) if _wants_json(accept) else _private(line_page(found))


def _wants_json(accept: str) -> bool:
    """JSON where it is named and weighs at least as much as HTML (RFC 9110, 12.5.1)."""
    weights = {"application/json": 0.0, "text/html": 0.0}
    for one in accept.split(","):
        kind, *parameters = (part.strip() for part in one.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        if kind in weights:
            weights[kind] = float(weight) if weight.replace(".", "", 1).isdigit() else 0.0
    return weights["application/json"] > 0 and weights["application/json"] >= weights["text/html"]


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers=_HEADERS)


def _private(page: HTMLResponse) -> HTMLResponse:
    page.headers.update(_HEADERS)
    return page
