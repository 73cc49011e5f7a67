"""Applications of organisations that want to take part."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live, OpaquePath
from exchange.api.errors import documented
from exchange.members import register
from schemas.errors import Conflict, Denied, NotFound, TooMany
from schemas.registration import (
    Admission,
    Approved,
    Declined,
    NewRegistration,
    Received,
    Registration,
    RegistrationState,
)

public = APIRouter(prefix="/api/v1/registrations", tags=["network"])
router = APIRouter(prefix="/api/v1/registrations", tags=["network"], responses=documented(Denied))
_change = documented(Denied, NotFound, Conflict)
_NEW = {
    "name": "East Cell Institute",
    "country": "PL",
    "standing": "member",
    "contact_name": "Ada Example",
    "contact_email": "ada@east.example",
    "statement": "We run a pilot line for pouch cells and would like to join the round robin.",
}


@public.post("", status_code=201, summary="Apply", responses=documented(TooMany))
def apply(services: Live, wanted: Annotated[NewRegistration, Body(examples=[_NEW])]) -> Received:
    """An organisation applies; the office answers by mail. Needs no account."""
    return Received(id=register.apply(services, wanted))


@router.get("", summary="Who has applied")
def applied(caller: Caller, services: Live, state: RegistrationState | None = None) -> list[Registration]:
    """For the office, oldest first."""
    return register.applied(services, caller, state)


@router.post("/{id}/approve", summary="Approve", responses=_change)
def approve(
    caller: Caller,
    services: Live,
    id: OpaquePath,
    given: Annotated[Admission, Body(examples=[{"organisation": "east", "reason": "Admitted by the assembly"}])],
) -> Approved:
    """Admits the organisation under this id and invites its contact as first admin; the code is in the answer."""
    return register.approve(services, caller, id, given)


@router.post("/{id}/decline", summary="Decline", responses=_change)
def decline(
    caller: Caller,
    services: Live,
    id: OpaquePath,
    given: Annotated[Declined, Body(examples=[{"reason": "No pilot line yet"}])],
) -> Registration:
    """With the reason."""
    return register.decline(services, caller, id, given.reason)
