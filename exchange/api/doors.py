"""What every route is handed: the world of this process and the caller."""

from typing import Annotated, cast

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from exchange.identify import identify
from exchange.services import Services
from schemas.access import Principal
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

DatasetId = Annotated[
    str, Path(pattern=DATASET_PATTERN, description="Dataset id", examples=["PLX-7Q4K-M2XD"], max_length=13)
]
