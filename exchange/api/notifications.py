"""Notifications of the caller, and how they want to be told."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel

from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.telling import inbox
from schemas.errors import Denied, NotFound
from schemas.notification import NotificationPage, Preference, Preferences

router = APIRouter(prefix="/api/v1/notifications", tags=["notifications"], responses=documented(Denied))


class Marked(BaseModel, frozen=True):
    """How many notifications were unread and are read now."""

    marked: int


@router.get("", summary="What have I been told?")
def page(
    caller: Caller,
    services: Live,
    unread: Annotated[bool, Query(description="Only those not read yet")] = False,
    cursor: Annotated[str | None, Query(max_length=300, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NotificationPage:
    """The caller's notifications, unread ones first; each says what the caller may know now."""
    return inbox.page(services, caller, unread, cursor, limit)


@router.post("/read", summary="Mark all as read")
def mark_all(caller: Caller, services: Live) -> Marked:
    """Every notification of the caller is read."""
    return Marked(marked=inbox.mark_read(services, caller, None))


@router.get("/preferences", summary="How am I told?")
def preferences(caller: Caller, services: Live) -> Preferences:
    """By mail and in the list, in the list alone, or not at all; for every kind."""
    return inbox.preferences(services, caller)


@router.put("/preferences", summary="Choose how to be told")
def prefer(
    caller: Caller,
    services: Live,
    wanted: Annotated[Preference, Body(examples=[{"kind": "request-received", "channel": "mail"}])],
) -> Preferences:
    """For one kind, from now on; what concerns security cannot be switched off."""
    return inbox.prefer(services, caller, wanted)


@router.post("/{id}/read", summary="Mark as read", responses=documented(Denied, NotFound))
def mark(
    caller: Caller,
    services: Live,
    id: Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")],
) -> Marked:
    """One notification of the caller is read."""
    return Marked(marked=inbox.mark_read(services, caller, id))
