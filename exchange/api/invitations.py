"""Invitations into organisations."""

from typing import Annotated

from fastapi import APIRouter, Body, Request

from exchange.api import cookies
from exchange.api.doors import Caller, Live, OpaquePath, ShortQuery
from exchange.api.errors import documented
from exchange.members import invite
from exchange.sign_in.caller import of_this_site
from schemas.errors import Conflict, Denied, NotFound, TooMany
from schemas.member import GivenCode, Invitation, NewInvitation, Redeemed, Welcome
from schemas.organisation import Membership

public = APIRouter(
    prefix="/api/v1/invitations", tags=["network"], responses=documented(Denied, NotFound, Conflict, TooMany)
)
router = APIRouter(prefix="/api/v1/invitations", tags=["network"], responses=documented(Denied))
_NEW = {"email": "ada@north.example", "roles": ["contributor"], "days": 14}


@router.get("", summary="Who is invited")
def invited(caller: Caller, services: Live, organisation: ShortQuery = None) -> list[Invitation]:
    """Newest first, for the organisation's admin and steward, and the office; without codes."""
    return invite.invited(services, caller, organisation)


@router.post("", status_code=201, summary="Invite", responses=documented(Denied, NotFound, Conflict))
def ask_in(caller: Caller, services: Live, wanted: Annotated[NewInvitation, Body(examples=[_NEW])]) -> Invitation:
    """The answer holds the code this once: it lets one person in, once."""
    return invite.invite(services, caller, wanted)


@router.post("/accept", summary="Accept as who is signed in", responses=documented(Denied, NotFound))
def accept(
    caller: Caller, services: Live, given: Annotated[GivenCode, Body(examples=[{"code": "a" * 43}])]
) -> Membership:
    """The caller joins the organisation, besides those they are of already."""
    return invite.accept(services, caller, given.code)


@public.post("/redeem", status_code=201, summary="Make an account by an invitation")
def redeem(
    request: Request,
    services: Live,
    given: Annotated[Redeemed, Body(examples=[{"code": "a" * 43, "name": "Ada Example"}])],
) -> Welcome:
    """For whoever has none yet: `link` sets a password (POST /api/v1/password) or joins a provider's identity."""
    of_this_site(services, cookies.sent(request))
    return invite.welcome(services, given.code, given.name)


@router.delete("/{id}", status_code=204, summary="Revoke an invitation", responses=documented(Denied, NotFound))
def revoke(caller: Caller, services: Live, id: OpaquePath, organisation: ShortQuery = None) -> None:
    """Its code works no more."""
    invite.revoke(services, caller, id, organisation)
