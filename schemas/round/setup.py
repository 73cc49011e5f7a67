"""What is said in setting up and running a round: its people, lines, cells, dates, amendments; and what is answered."""

from datetime import datetime

from pydantic import BaseModel, Field, model_validator

from schemas.organisation import ShortId
from schemas.policy import MomentInput
from schemas.record.field import Part, Prose, Text
from schemas.round.plan import EvaluationPlan
from schemas.round.round import CellName, Code, RoundShown


class RoundPeople(Part, frozen=True, extra="forbid"):
    """Who runs a round, all at once: users, and as test houses organisations; without a custodian it is the office."""

    coordinator: ShortId
    custodian: ShortId | None = None
    statistician: ShortId | None = None
    test_houses: tuple[ShortId, ...] = Field(default=(), max_length=10)


class Declare(Part, frozen=True, extra="forbid"):
    """What a coordinator who acts for a participating organisation says of it; the report prints it."""

    statement: Prose = Field(examples=["I work for North Line, which takes part."])


class InviteLines(Part, frozen=True, extra="forbid"):
    """Lines that are asked to take part."""

    lines: tuple[ShortId, ...] = Field(min_length=1, max_length=100)


class Join(Part, frozen=True, extra="forbid"):
    """What a signatory says: in which function, on which authority; kept as evidence."""

    function: Text = Field(examples=["Head of the institute"])
    basis: Text = Field(description="Why this person may bind the organisation", examples=["Statutes, § 26"])


class Because(Part, frozen=True, extra="forbid"):
    """Why something is done."""

    reason: Prose


class CloseRound(Part, frozen=True, extra="forbid"):
    """Closing: a reason is needed before every line's last moment has passed or every cell was handed in."""

    reason: Prose | None = None


class Extend(Part, frozen=True, extra="forbid"):
    """A later last moment for one line, which goes by its code."""

    code: Code
    closes_at: MomentInput
    reason: Prose


class Amend(Part, frozen=True, extra="forbid"):
    """A plan in place of the one in force; number, moment and reason are printed in the report."""

    plan: EvaluationPlan
    reason: Prose


class NameCells(Part, frozen=True, extra="forbid"):
    """Names of cells of a line: serials as they stand on the cells."""

    names: tuple[CellName, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _each_once(self) -> "NameCells":
        if twice := sorted({one for one in self.names if self.names.count(one) > 1}):
            raise ValueError(f"each cell has a name of its own; twice: {', '.join(twice)}")
        return self


class ReplaceCell(Part, frozen=True, extra="forbid"):
    """A dead cell goes, another comes in its place."""

    name: CellName
    by: CellName
    reason: Prose = Field(examples=["Tab torn off in unpacking"])


class Opened(BaseModel, frozen=True):
    """A round that was opened: how many lines of how many organisations take part, and what that means."""

    round: RoundShown
    lines: int
    organisations: int
    dropped: int = Field(description="Lines that were invited and had not joined")
    warnings: tuple[str, ...] = ()


class RoundEvent(BaseModel, frozen=True):
    """One line of a round's history: no person, no line, no code."""

    at: datetime
    what: str
    detail: str = ""


class InvitedLine(BaseModel, frozen=True):
    """A line by its name, for whoever invites; once the round is open its steps are told no more."""

    line: str
    organisation: str
    name: str
    invited_at: datetime | None = None
    joined_at: datetime | None = None
    waived_at: datetime | None = None
    withdrawn_at: datetime | None = None
