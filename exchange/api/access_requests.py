"""Requests for access: sent, taken back, answered."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.requests import answer, ask
from schemas.errors import Conflict, Denied, NotFound
from schemas.request import Approval, NewRequest, Refusal, RequestPage, RequestState, ShownRequest

router = APIRouter(prefix="/api/v1", tags=["requests"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_change = documented(Denied, NotFound, Conflict)
_Id = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$", description="Id of a request")]
_Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]
_Limit = Annotated[int, Query(ge=1, le=200)]


class Box(StrEnum):
    """Which requests: what one's organisation has asked for, or what it is asked for."""

    SENT = "sent"
    RECEIVED = "received"


@router.get("/requests", summary="Requests sent, or received")
def page(
    caller: Caller,
    services: Live,
    box: Box = Box.SENT,
    state: RequestState | None = None,
    cursor: _Cursor = None,
    limit: _Limit = 50,
) -> RequestPage:
    """`sent`: what the caller's organisation has asked for; `received`: what its stewards have to answer."""
    verb = ask.sent if box is Box.SENT else answer.received
    return verb(services, caller, state, cursor, limit)


@router.get("/requests/{id}", summary="One request", responses=_one)
def one(caller: Caller, services: Live, id: _Id) -> ShownRequest:
    """For whoever asked, and for the stewards who answer."""
    return answer.one(services, caller, id)


@router.post("/requests/{id}/withdraw", summary="Take a request back", responses=_change)
def withdraw(caller: Caller, services: Live, id: _Id) -> ShownRequest:
    """It ends, and the stewards are told."""
    return ask.withdraw(services, caller, id)


@router.post("/requests/{id}/approve", summary="Approve", responses=_change)
def approve(
    caller: Caller,
    services: Live,
    id: _Id,
    given: Annotated[Approval, Body(examples=[{"level": "tables", "expires_at": "2027-12-31T23:59:59Z"}])],
) -> ShownRequest:
    """Give what was asked for, or what is chosen instead; it becomes a grant, and the asker is told."""
    return answer.approve(services, caller, id, given)


@router.post("/requests/{id}/decline", summary="Decline", responses=_change)
def decline(
    caller: Caller,
    services: Live,
    id: _Id,
    wanted: Annotated[Refusal, Body(examples=[{"reason": "Not before the paper is out"}])],
) -> ShownRequest:
    """Give nothing and say why; the asker is told."""
    return answer.decline(services, caller, id, wanted.reason)


@router.get("/datasets/{dataset}/requests", summary="Requests on a dataset", responses=_one)
def on_dataset(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    state: RequestState | None = None,
    cursor: _Cursor = None,
    limit: _Limit = 50,
) -> RequestPage:
    """For its stewards."""
    return answer.on_dataset(services, caller, dataset, state, cursor, limit)


@router.post("/datasets/{dataset}/requests", status_code=201, summary="Ask for access", responses=_change)
def send(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    wanted: Annotated[
        NewRequest, Body(examples=[{"level": "tables", "purpose": "research", "text": "To compare formation"}])
    ],
) -> ShownRequest:
    """Ask the dataset's stewards for a level in a view, for a purpose; who asks is known from the token."""
    return ask.ask(services, caller, dataset, wanted)
