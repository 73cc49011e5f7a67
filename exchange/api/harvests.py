"""Harvest: the catalogue as DCAT-AP, and OAI-PMH."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response

from exchange.api.doors import Anyone, Live
from exchange.api.errors import documented
from exchange.fair import catalogue as written
from exchange.publishing import catalogue, oai
from schemas.errors import Denied, TooLarge

router = APIRouter(tags=["harvest"], responses=documented(Denied))
from_outside = APIRouter(tags=["harvest"], responses=documented(Denied))
"""Of a request to OAI-PMH the protocol itself says what is wrong with it."""
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Accept, Authorization, Cookie"}
_XML = "text/xml; charset=utf-8"
_MOST_BYTES = 16_384
_TURTLE, _JSON_LD = written.FORMS


class _Xml(Response):
    media_type = _XML


@router.get(
    "/catalogue",
    summary="Catalogue as DCAT-AP",
    response_class=Response,
    responses={200: {"content": {one.split(";")[0]: {} for one in written.FORMS}, "description": "A page of it"}},
)
@router.head("/catalogue", include_in_schema=False)
def whole(
    caller: Anyone,
    services: Live,
    request: Request,
    cursor: Annotated[str | None, Query(max_length=300, description="From the page before")] = None,
) -> Response:
    """Every dataset that the caller may know of, as far as their level opens it, newest first.

    Turtle, or JSON-LD where the header Accept asks for `application/ld+json`.
    """
    media_type = _JSON_LD if "ld+json" in request.headers.get("accept", "") else _TURTLE
    text, next = catalogue.listed(services, caller, written.FORMS[media_type], cursor)
    onward = {"Link": f'<{next}>; rel="next"'} if next else {}
    return Response(text, media_type=media_type, headers=_PRIVATE | onward)


async def _form(request: Request) -> list[tuple[str, str]]:
    sent = b""
    async for part in request.stream():
        sent += part
        if len(sent) > _MOST_BYTES:
            raise TooLarge(f"A request to OAI-PMH has at most {_MOST_BYTES} bytes.")
    return parse_qsl(sent.decode("utf-8", "replace"), keep_blank_values=True)


_VERB = Query(description="Identify, ListMetadataFormats, ListSets, ListIdentifiers, ListRecords or GetRecord")


@from_outside.get("/oai", summary="OAI-PMH 2.0", response_class=_Xml)
def asked(request: Request, caller: Anyone, services: Live, verb: Annotated[str, _VERB] = "") -> Response:
    """What the protocol says; errors of it are answers, too."""
    return _Xml(oai.answered(services, caller, request.query_params.multi_items()), headers=_PRIVATE)


@from_outside.post("/oai", summary="OAI-PMH 2.0", response_class=_Xml, responses=documented(Denied, TooLarge))
def sent(caller: Anyone, services: Live, form: Annotated[list[tuple[str, str]], Depends(_form)]) -> Response:
    """The same, with what is asked as a form in the body."""
    return _Xml(oai.answered(services, caller, form), headers=_PRIVATE)
