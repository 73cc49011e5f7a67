"""What every route is handed: the world of this process and the caller."""

import contextlib
from difflib import get_close_matches
from typing import Annotated, cast

from fastapi import Depends, Header, Path, Query, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import WithJsonSchema

from exchange.api import cookies
from exchange.api.document import TOKEN, TOKEN_OR_NONE
from exchange.identify import identify
from exchange.services import Services
from exchange.sign_in.caller import of_session
from schemas.access import NOBODY, Principal
from schemas.conditions import Purpose
from schemas.errors import Refused, Trouble, Unauthenticated
from schemas.identifiers import DATASET_PATTERN

_bearer = HTTPBearer(auto_error=False, scheme_name=TOKEN, description="A personal token, `plx_…`")
_bearer_or_none = HTTPBearer(auto_error=False, scheme_name=TOKEN_OR_NONE)


def _services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


Live = Annotated[Services, Depends(_services)]


_Token = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
_TokenOrNone = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer_or_none)]
_Purpose = Annotated[
    Purpose | None,
    Header(description="For what the data are used, where a grant asks for it"),
    # A header is left out, it is never null.
    WithJsonSchema({"type": "string", "enum": list(Purpose)}),
]


def _caller(request: Request, services: Live, _token: _Token, purpose: _Purpose = None) -> Principal:
    authorization, cookie = request.headers.get("authorization"), cookies.found(request, services, cookies.SESSION)
    if authorization is None and cookie:
        who = of_session(services, cookie, cookies.sent(request))
    else:  # With both the token alone counts: no other site's page can send it.
        who = identify(services, authorization)
    return who.model_copy(update={"purpose": purpose})


def _anyone(request: Request, services: Live, _token: _TokenOrNone, purpose: _Purpose = None) -> Principal:
    if request.headers.get("authorization") is None:
        nobody = NOBODY.model_copy(update={"purpose": purpose})
        if not cookies.found(request, services, cookies.SESSION):
            return nobody
        with contextlib.suppress(Unauthenticated):  # Whose session has ended is the world again.
            return _caller(request, services, _token, purpose)
        return nobody
    return _caller(request, services, _token, purpose)


Caller = Annotated[Principal, Depends(_caller)]
"""Whoever is signed in; others are refused."""
Anyone = Annotated[Principal, Depends(_anyone)]
"""Whoever asks: somebody signed in, or the world, which gets what is open to everybody."""


def known_parameters(request: Request) -> None:
    """`Refused` for a query parameter that the route does not have: a misspelt one must not be ignored."""
    route = request.scope.get("route")
    known = {field.alias for field in route.dependant.query_params} if isinstance(route, APIRoute) else None
    unknown = [] if known is None else [name for name in request.query_params if name not in known]
    if known is None or not unknown:
        return
    troubles = []
    for name in unknown:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(sorted(known)) or 'none'}"
        troubles.append(Trouble(pointer=f"/query/{name[:60]}", message="is no parameter of this address", hint=hint))
    raise Refused("There are query parameters that this address does not have.", errors=tuple(troubles))


DatasetId = Annotated[
    str, Path(pattern=DATASET_PATTERN, description="Dataset id", examples=["PLX-7Q4K-M2XD"], max_length=13)
]

ShortPath = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=32, description="An id such as north-1", examples=["north-1"])
]
ShortQuery = Annotated[
    str | None,
    Query(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=32, description="Id of an organisation; without it the caller's"),
]
OpaquePath = Annotated[str, Path(pattern=r"^[0-9a-z]+$", max_length=32)]
