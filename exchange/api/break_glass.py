"""Emergency access by the network's office."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.blocks import OpaqueId
from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import break_glass
from schemas.break_glass import BreakGlass
from schemas.errors import Conflict, Denied, NotFound
from schemas.policy import Grant

router = APIRouter(
    prefix="/api/v1/datasets/{dataset}/break-glass", tags=["network"], responses=documented(Denied, NotFound, Conflict)
)
_WHY = {"reason": "Thermal event reported for this cell type; safety group asked", "hours": 4}


@router.post("", status_code=201, summary="Break the glass")
def open_(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[BreakGlass, Body(examples=[_WHY])]
) -> Grant:
    """Everything of the dataset, for you alone and for some hours; its owner is told at once, with your reason."""
    return break_glass.break_glass(services, caller, dataset, wanted)


@router.delete("/{id}", status_code=204, summary="End emergency access")
def end(caller: Caller, services: Live, dataset: DatasetId, id: OpaqueId) -> None:
    """Before it ends by itself."""
    break_glass.end(services, caller, dataset, id)
