"""People and service accounts of the caller's organisation."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live, ShortPath, ShortQuery
from exchange.api.errors import documented
from exchange.members import employ
from schemas.errors import Conflict, Denied, NotFound
from schemas.member import Ended, NewNetworkRoles, NewRoles, NewService, Person

router = APIRouter(prefix="/api/v1/people", tags=["network"], responses=documented(Denied))
_change = documented(Denied, NotFound, Conflict)


@router.get("", summary="Who is of the organisation")
def staff(caller: Caller, services: Live, organisation: ShortQuery = None) -> list[Person]:
    """For its admin and its steward; the office looks into any organisation."""
    return employ.staff(services, caller, organisation)


@router.post("/services", status_code=201, summary="Make a service account", responses=_change)
def add_service(
    caller: Caller,
    services: Live,
    wanted: Annotated[NewService, Body(examples=[{"name": "Cycler hall 2", "roles": ["contributor"]}])],
) -> Person:
    """For a machine or a script of the caller's organisation; it acts by tokens alone."""
    return employ.add_service(services, caller, wanted)


@router.put("/{user}/roles", summary="Change roles", responses=_change)
def set_roles(
    caller: Caller,
    services: Live,
    user: ShortPath,
    wanted: Annotated[NewRoles, Body(examples=[{"roles": ["contributor", "signatory"]}])],
) -> Person:
    """The roles of a person in the caller's organisation, in place of those they had; an admin always remains."""
    return employ.set_roles(services, caller, user, wanted.roles)


@router.delete("/{user}/membership", status_code=204, summary="End a membership", responses=_change)
def end_membership(caller: Caller, services: Live, user: ShortPath) -> None:
    """The person, or the service account, acts for the caller's organisation no more; tokens and seats end at once."""
    employ.end_membership(services, caller, user)


@router.put("/{user}/network-roles", summary="Give roles for the network", responses=documented(Denied, NotFound))
def set_network_roles(
    caller: Caller,
    services: Live,
    user: ShortPath,
    wanted: Annotated[NewNetworkRoles, Body(examples=[{"roles": ["auditor"]}])],
) -> Person:
    """By the office, never for oneself; whoever audits is not of the office."""
    return employ.set_network_roles(services, caller, user, wanted.roles)


@router.post("/{user}/end", status_code=204, summary="End a person", responses=_change)
def end_person(
    caller: Caller,
    services: Live,
    user: ShortPath,
    given: Annotated[Ended, Body(examples=[{"reason": "The account was misused"}])],
) -> None:
    """By the office: every membership and the account itself; what the person made stays."""
    employ.end_person(services, caller, user, given.reason)
