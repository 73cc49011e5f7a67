"""A test of several files, and a file of several cells: what is asked for and what is proposed."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

MOST_FILES = 100
MOST_CHOICES = 200
FileId = Annotated[str, Field(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
Choice = Annotated[str, Field(min_length=1, max_length=500)]


class NewVersion(BaseModel, frozen=True, extra="forbid"):
    """Raw files that the organisation holds, in the order of the test."""

    files: tuple[FileId, ...] = Field(min_length=1, max_length=MOST_FILES)


class ProposedFile(BaseModel, frozen=True):
    """One file of a proposed test, and why it stands where it does."""

    id: str
    filename: str
    version: int = Field(description="The version in which it stands alone")
    why: str = ""


class Proposal(BaseModel, frozen=True):
    """The files of a dataset as parts of one test; `doubts` are what to look at before confirming."""

    files: tuple[ProposedFile, ...]
    left_out: tuple[ProposedFile, ...] = ()
    doubts: tuple[str, ...] = ()


class Split(BaseModel, frozen=True, extra="forbid"):
    """Which of the choices of a file become datasets of their own."""

    choices: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=MOST_CHOICES)] | Literal["all"]


class SplitOff(BaseModel, frozen=True):
    """The draft of one choice; `fresh` when it was made just now."""

    choice: str
    dataset: str
    fresh: bool
