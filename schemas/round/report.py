"""Reports of a round: an edition of them, their files, and what lines say on the draft."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.organisation import ShortId
from schemas.record.field import Part, Prose
from schemas.round.plan import Amendment


class Stage(StrEnum):
    """Where an edition stands: open for comments, or final."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CORRECTED = "corrected"


class ReportProduct(StrEnum):
    """Sets of files that are made of one evaluation, each for its own readers."""

    REPORT = "report"
    """For those who take part: all lines under codes."""
    LETTER = "letter"
    """For one line alone: its letter, its confidential sheet, its certificate."""
    SUMMARY = "summary"
    """For everybody, once the report is published."""


class CodedComment(BaseModel, frozen=True):
    """A line's comment on the draft, under its code; an appeal must be answered before the report is published."""

    id: str
    code: str
    appeal: bool
    text: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None


class Edition(BaseModel, frozen=True):
    """What a report says beyond its evaluation; with both it can be made again, byte for byte.

    `organisations`: those with an accepted cell; below five there are own values only. `corrects` is the number of the
    evaluation whose published report this one takes the place of.
    """

    stage: Stage
    made_at: datetime
    organisations: int
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    comments_until: datetime | None = None
    comments: tuple[CodedComment, ...] = ()
    plans: tuple[Amendment, ...] = ()
    description: str = ""
    correction: str = ""
    corrects: int | None = None
    published_at: datetime | None = None


class ReportFile(BaseModel, frozen=True):
    """One file of a report: of which evaluation and stage (`edition` as it stands in the file's address).

    `superseded`: a later edition took its place; the file stays where it is.
    """

    name: str
    edition: str
    evaluation: int
    stage: Stage
    media_type: str
    bytes: int
    sha256: str
    made_at: datetime
    superseded: bool = False


class ReportFiles(BaseModel, frozen=True):
    """The files of one product of a round that the caller may read, the newest edition first."""

    round: str
    product: ReportProduct
    files: tuple[ReportFile, ...] = ()


class NewComment(Part, frozen=True, extra="forbid"):
    """What a line says on the draft report; all who take part read it under the line's code."""

    line: ShortId = Field(examples=["north-1"])
    text: Prose = Field(examples=["Our value for cell 3 was measured at 23 °C."])
    appeal: bool = Field(default=False, description="The report is not published before an appeal is answered")


class Answer(Part, frozen=True, extra="forbid"):
    """What coordinator or statistician answer to a comment."""

    text: Prose = Field(examples=["The cell is left out; see the exclusions."])


class Correction(Part, frozen=True, extra="forbid"):
    """Why a published report is corrected; printed in the new one, and told to all who took part."""

    reason: Prose = Field(examples=["One line's cells had been exchanged."])
