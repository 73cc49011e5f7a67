"""Blocks: whom the organisation shuts out."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import blocks
from schemas.block import Block, NewBlock
from schemas.errors import Conflict, Denied, NotFound

router = APIRouter(prefix="/api/v1", tags=["blocks"], responses=documented(Denied, NotFound, Conflict))
OpaqueId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]


@router.post("/blocks", status_code=201, summary="Block")
def block(
    caller: Caller,
    services: Live,
    wanted: Annotated[NewBlock, Body(examples=[{"blocked": "west", "reason": "A contract ended"}])],
) -> Block:
    """Shut an organisation or a person out of one dataset, or of all your organisation's; at once, whatever was given.

    They are not told: what they could see is not there any more.
    """
    return blocks.block(services, caller, wanted)


@router.get("/blocks", summary="Whom we block")
def blocked(caller: Caller, services: Live) -> list[Block]:
    """All blocks of your organisation, ended ones included."""
    return blocks.blocked(services, caller)


@router.get("/datasets/{dataset}/blocks", summary="Who is blocked here")
def blocked_here(caller: Caller, services: Live, dataset: DatasetId) -> list[Block]:
    """The blocks that bear on this dataset."""
    return blocks.blocked(services, caller, dataset)


@router.delete("/blocks/{id}", status_code=204, summary="End a block")
def end(caller: Caller, services: Live, id: OpaqueId) -> None:
    """What was given before holds again."""
    blocks.end(services, caller, id)
