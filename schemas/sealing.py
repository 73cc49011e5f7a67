"""What is sealed when a submission is handed in to a round."""

from typing import Annotated

from pydantic import BaseModel, Field, model_validator


class NewSeal(BaseModel, frozen=True, extra="forbid"):
    """The bytes by their SHA-256, the cell by its name at the parties, or both.

    `test_houses`: organisations that measured the submission, to whom it is not closed either.
    """

    round: Annotated[str, Field(min_length=1, max_length=32)]
    submitter: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    cell: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    test_houses: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _binds_something(self) -> "NewSeal":
        if self.sha256 is None and self.cell is None:
            raise ValueError("a seal binds a SHA-256, a cell, or both")
        return self

    @property
    def parties(self) -> frozenset[str]:
        """All to whom it does not close."""
        return self.test_houses | {self.submitter}
