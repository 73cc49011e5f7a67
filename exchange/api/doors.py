"""What every route is handed: the world of this process and the caller."""

from difflib import get_close_matches
from typing import Annotated, cast

from fastapi import Depends, Path, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from exchange.identify import identify
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Refused, Trouble
from schemas.identifiers import DATASET_PATTERN

_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="A personal token, `plx_…`")


def _services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


Live = Annotated[Services, Depends(_services)]


def _caller(
    request: Request, services: Live, _token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    return identify(services, request.headers.get("authorization"))


Caller = Annotated[Principal, Depends(_caller)]


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
