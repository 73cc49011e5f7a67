"""The request under way: its reference (shown to the caller, kept in log and audit) and the caller's address."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One request."""

    reference: str = ""
    address: str = ""


asked: ContextVar[Asked] = ContextVar("asked", default=Asked())  # noqa: B039  # frozen
