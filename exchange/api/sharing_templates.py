"""Sharing templates: how an organisation shares what it releases."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.blocks import OpaqueId
from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.sharing import standing
from schemas.errors import Conflict, Denied, NotFound
from schemas.template import NewSharingTemplate, SharingTemplate

router = APIRouter(
    prefix="/api/v1/sharing-templates", tags=["sharing templates"], responses=documented(Denied, NotFound, Conflict)
)
_EXAMPLE = {
    "name": "Members see tables after six months",
    "kinds": ["round-robin-test", "cell-test"],
    "visibility": "network",
    "grants": [{"grantee_kind": "network", "level": "tables", "begins_after": {"months": 6}}],
    "contributors_may_release": True,
}


@router.post("", status_code=201, summary="Settle a template")
def settle(
    caller: Caller, services: Live, wanted: Annotated[NewSharingTemplate, Body(examples=[_EXAMPLE])]
) -> SharingTemplate:
    """From now on it is applied to the first release of what it fits, unless it is not `automatic`."""
    return standing.settle(services, caller, wanted)


@router.get("", summary="Templates of my organisation")
def settled(caller: Caller, services: Live) -> list[SharingTemplate]:
    """All of them, retired ones included."""
    return standing.settled(services, caller)


@router.delete("/{id}", status_code=204, summary="Retire a template")
def retire(caller: Caller, services: Live, id: OpaqueId) -> None:
    """It is applied no more; what it gave stays."""
    standing.retire(services, caller, id)
