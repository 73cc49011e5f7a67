"""Invitations into organisations."""

from typing import Annotated

from fastapi import APIRouter, Body, Request

from exchange import invite
from exchange.api import cookies
from exchange.api.doors import Caller, Live, OpaquePath, ShortQuery
from exchange.api.errors import documented
from exchange.sign_in.caller import of_this_site
from schemas.errors import Conflict, Denied, NotFound, TooMany
from schemas.member import GivenCode, Invitation, NewInvitation
from schemas.organisation import Membership
from schemas.signing_in import Redeemed, Welcomed

public = APIRouter(prefix="/api/v1/invitations", tags=["network"])
router = APIRouter(prefix="/api/v1/invitations", tags=["network"], responses=documented(Denied))
_REDEEM = documented(Denied, NotFound, Conflict, TooMany)
_NEW = {"email": "ada@north.example", "roles": ["contributor"], "days": 14}


@router.get("", summary="Who is invited")
def invited(caller: Caller, services: Live, organisation: ShortQuery = None) -> list[Invitation]:
    """Newest first, for the organisation's admin and steward, and the office; without codes."""
    return invite.invited(services, caller, organisation)


@router.post("", status_code=201, summary="Invite", responses=documented(Denied, NotFound, Conflict))
def ask_in(caller: Caller, services: Live, wanted: Annotated[NewInvitation, Body(examples=[_NEW])]) -> Invitation:
    """The answer holds the code this once: it lets one person in, once."""
    return invite.invite(services, caller, wanted)


@public.post("/redeem", status_code=201, summary="Accept as somebody new", responses=_REDEEM)
def redeem(
    request: Request, services: Live, given: Annotated[Redeemed, Body(examples=[{"code": "a" * 43, "name": "Ada"}])]
) -> Welcomed:
    """Makes an account; the link in the answer sets its password, or joins an identity. Needs no account yet."""
    of_this_site(services, cookies.sent(request))
    return invite.welcome(services, given.code, given.name)


@router.post("/accept", summary="Accept as who is signed in", responses=documented(Denied, NotFound))
def accept(
    caller: Caller, services: Live, given: Annotated[GivenCode, Body(examples=[{"code": "a" * 43}])]
) -> Membership:
    """The caller joins the organisation, besides those they are of already."""
    return invite.accept(services, caller, given.code)


@router.delete("/{id}", status_code=204, summary="Revoke an invitation", responses=documented(Denied, NotFound))
def revoke(caller: Caller, services: Live, id: OpaquePath, organisation: ShortQuery = None) -> None:
    """Its code works no more."""
    invite.revoke(services, caller, id, organisation)
