"""Tokens: one's own, and those of the organisation's service accounts."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.sign_in import tokens
from schemas.errors import Denied, NotFound, TooMany
from schemas.organisation import Token
from schemas.signing_in import FreshToken, NewToken

router = APIRouter(prefix="/api/v1", tags=["tokens"], responses=documented(Denied, NotFound, TooMany))
_EXAMPLE = {"name": "Cycler bench 3", "scopes": ["read", "upload"], "days": 90}
TokenId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
Service = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", description="Id of a service account")]
Wanted = Annotated[NewToken, Body(examples=[_EXAMPLE])]


@router.get("/tokens", summary="My tokens")
def mine(caller: Caller, services: Live) -> list[Token]:
    """Oldest first, ended ones included; how each begins, never the token."""
    return tokens.mine(services, caller)


@router.post("/tokens", status_code=201, summary="Make a token")
def create(caller: Caller, services: Live, wanted: Wanted) -> FreshToken:
    """It is shown this once, acts for the organisation of the session, and may do no more than the session."""
    return tokens.create(services, caller, wanted)


@router.delete("/tokens/{token}", status_code=204, summary="Revoke a token")
def revoke(caller: Caller, services: Live, token: TokenId) -> None:
    """It ends at once."""
    tokens.revoke(services, caller, token)


@router.get("/service-accounts/{service}/tokens", summary="Tokens of a service account")
def of_service(caller: Caller, services: Live, service: Service) -> list[Token]:
    """Of one's own organisation; needs its role admin."""
    return tokens.of_service(services, caller, service)


@router.post("/service-accounts/{service}/tokens", status_code=201, summary="Make a token for a service account")
def create_for_service(caller: Caller, services: Live, service: Service, wanted: Wanted) -> FreshToken:
    """It is shown this once and acts for one's own organisation; needs its role admin."""
    return tokens.create_for_service(services, caller, service, wanted)


@router.delete("/service-accounts/{service}/tokens/{token}", status_code=204, summary="Revoke a service's token")
def revoke_of_service(caller: Caller, services: Live, service: Service, token: TokenId) -> None:
    """It ends at once."""
    tokens.revoke_of_service(services, caller, service, token)
