"""Changes of many datasets at once, with a preview."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.sharing import bulk as many
from schemas.bulk import Applied, BulkChange, ConfirmedChange, Preview
from schemas.errors import Conflict, Denied, NotFound

router = APIRouter(prefix="/api/v1/bulk", tags=["bulk"], responses=documented(Denied, NotFound, Conflict))
_CHANGE = {
    "query": {"kind": "round-robin-test", "state": "released"},
    "action": {"type": "grant", "grant": {"grantee_kind": "group", "grantee": "eg5", "level": "tables"}},
}


@router.post("/preview", summary="Who would gain and lose what")
def preview(caller: Caller, services: Live, wanted: Annotated[BulkChange, Body(examples=[_CHANGE])]) -> Preview:
    """Computed by the access rule for every organisation, the network and the world. Nothing is changed."""
    return many.preview(services, caller, wanted)


@router.post("/apply", summary="Make a previewed change")
def apply(
    caller: Caller,
    services: Live,
    wanted: Annotated[ConfirmedChange, Body(examples=[_CHANGE | {"token": f"1-{0:064x}"}])],
) -> Applied:
    """All of it or nothing; refused when what the preview showed has changed meanwhile."""
    return many.apply(services, caller, wanted)
