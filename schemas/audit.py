"""An audit event: who did what to what, when, allowed or refused."""

from datetime import datetime

from pydantic import BaseModel


class AuditEvent(BaseModel, frozen=True):
    """One event per request; insert-only, actors by id, personal fields kept elsewhere and erasable."""

    at: datetime
    actor: str | None
    organisation: str | None
    action: str
    target: str | None = None
    allowed: bool
    reason: str = ""
    detail: dict[str, str | int] = {}
    reference: str = ""
