"""Emergency access by the network's office."""

from typing import Annotated

from pydantic import BaseModel, Field


class BreakGlass(BaseModel, frozen=True, extra="forbid"):
    """Why, in a sentence that the owner reads, and for how many hours."""

    reason: Annotated[str, Field(min_length=20, max_length=500, pattern=r"^[^\x00]*$")]
    hours: int = Field(default=4, ge=1, le=24)
