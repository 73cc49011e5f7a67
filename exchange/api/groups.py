"""Expert groups, consortia and other groups across the network."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live, ShortPath
from exchange.api.errors import documented
from exchange.members import gather
from schemas.access import GranteeKind
from schemas.errors import Conflict, Denied, NotFound
from schemas.member import NewGroup, ShownGroup

router = APIRouter(prefix="/api/v1/groups", tags=["network"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_NEW = {"id": "electra", "name": "Project Electra", "kind": "consortium"}


@router.get("", summary="Groups of the network")
def every(caller: Caller, services: Live) -> list[ShownGroup]:
    """By name, with their organisations, and how many people sit there for themselves."""
    return gather.every(services, caller)


@router.post("", status_code=201, summary="Make a group", responses=documented(Denied, Conflict))
def add(caller: Caller, services: Live, wanted: Annotated[NewGroup, Body(examples=[_NEW])]) -> ShownGroup:
    """By the office."""
    return gather.add(services, caller, wanted)


@router.put("/{group}/organisations/{organisation}", summary="Seat an organisation", responses=_one)
def seat_organisation(caller: Caller, services: Live, group: ShortPath, organisation: ShortPath) -> ShownGroup:
    """By the office; what the group was granted is open to its people at once."""
    return gather.seat(services, caller, group, GranteeKind.ORGANISATION, organisation)


@router.delete("/{group}/organisations/{organisation}", status_code=204, summary="Unseat one", responses=_one)
def unseat_organisation(caller: Caller, services: Live, group: ShortPath, organisation: ShortPath) -> None:
    """By the office; what the group was granted is closed to its people at once."""
    gather.unseat(services, caller, group, GranteeKind.ORGANISATION, organisation)


@router.put("/{group}/people/{user}", summary="Seat a person", responses=_one)
def seat_person(caller: Caller, services: Live, group: ShortPath, user: ShortPath) -> ShownGroup:
    """By the office: a single person, not their organisation."""
    return gather.seat(services, caller, group, GranteeKind.USER, user)


@router.delete("/{group}/people/{user}", status_code=204, summary="Unseat a person", responses=_one)
def unseat_person(caller: Caller, services: Live, group: ShortPath, user: ShortPath) -> None:
    """By the office."""
    gather.unseat(services, caller, group, GranteeKind.USER, user)
