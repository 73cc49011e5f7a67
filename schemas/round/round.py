"""A round, its states and dates, its people, and the lines that take part."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from schemas.organisation import Name, ShortId
from schemas.policy import MomentInput
from schemas.protocol import Target
from schemas.record.field import Part, Prose, Text
from schemas.round.plan import Amendment, EvaluationPlan

CODE_PATTERN = r"^[A-HJ-NP-Z]{2,8}$"
Code = Annotated[str, Field(pattern=CODE_PATTERN, examples=["QX"])]
"""Random letters by which a line goes in one round."""
CellName = Annotated[Text, Field(max_length=100)]


class RoundKind(StrEnum):
    """What is compared."""

    MEASUREMENT = "measurement"
    """The same cells, or sisters, are tested by all: the effect of the laboratory."""
    MANUFACTURING = "manufacturing"
    """Each line makes cells from common material: the effect of the line."""


class Testing(StrEnum):
    """Who tests the cells of a manufacturing round."""

    ONE_HOUSE = "one-house"
    EACH_LINE = "each-line"
    """The effects of making and of testing are confounded, and the report says so."""


class Items(StrEnum):
    """Which cells a measurement round has."""

    SISTERS = "sisters"
    CIRCULATED = "circulated"
    """The same cells go round: crossed with lines, and they age on the way."""


class RoundState(StrEnum):
    """Where a round stands; each follows the one before, but for corrected, which is published again."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    EVALUATED = "evaluated"
    COMMENTING = "draft-report"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"


UNSEALED = frozenset(
    {RoundState.CLOSED, RoundState.EVALUATED, RoundState.COMMENTING, RoundState.PUBLISHED, RoundState.CORRECTED}
)
"""States in which nothing more is handed in to count."""


class Identity(StrEnum):
    """Whether lines go by codes; open only when every line has waived in writing."""

    CODED = "coded"
    OPEN = "open"


class RoundRole(StrEnum):
    """What a person does in one round; a test house is an organisation."""

    COORDINATOR = "coordinator"
    CUSTODIAN = "custodian"
    STATISTICIAN = "statistician"
    TEST_HOUSE = "test house"


class ProtocolOfRound(Part, frozen=True, extra="forbid"):
    """The protocol that is run, in one version; `object` is the registered one; `targets` of production, if any."""

    name: Text = Field(examples=["EG5 capacity check"])
    version: Text = Field(examples=["1.0"])
    object: Annotated[str, Field(pattern=r"^PRO-[0-9A-Z]{4}-[0-9A-Z]{4}$")] | None = None
    targets: tuple[Target, ...] = Field(default=(), max_length=200)


class RoundRecord(Part, frozen=True, extra="forbid"):
    """What a coordinator says of a round; it may change while the round is a draft.

    `agreement`: its rules, to be accepted by every organisation that joins. `comment_days`: how long a draft report is
    open for comments and appeals.
    """

    title: Name = Field(examples=["Round robin 2026: capacity of NMC pouch cells"])
    description: Prose | None = None
    kind: RoundKind = RoundKind.MEASUREMENT
    items: Items = Items.SISTERS
    testing: Testing = Testing.EACH_LINE
    protocol: ProtocolOfRound
    cells_per_line: int = Field(ge=1, le=200)
    agreement: ShortId | None = None
    identity: Identity = Identity.CODED
    closes_at: MomentInput = Field(description="Last moment to hand in, with offset")
    comment_days: int = Field(default=14, ge=0, le=365)
    plan: EvaluationPlan

    @model_validator(mode="after")
    def _fits_the_kind(self) -> "RoundRecord":
        if self.kind is RoundKind.MANUFACTURING and self.items is Items.CIRCULATED:
            raise ValueError("in a manufacturing round no cells circulate: each line makes its own")
        return self

    @model_validator(mode="after")
    def _tells_no_design(self) -> "RoundRecord":
        if why := self.tells_design(self.plan) or self.pairs_no_cells(self.plan):
            raise ValueError(why)
        return self

    def pairs_no_cells(self, plan: EvaluationPlan) -> str:
        """Why this plan asks for pairs of cells that the round does not have."""
        if self.items is Items.CIRCULATED or not any(one.cells for one in plan.youden):
            return ""
        return "a Youden pair of cells is of cells that go round all lines; here each line has its own: pair two KPIs"

    def tells_design(self, plan: EvaluationPlan) -> str:
        """Why this plan (the record's own, or an amendment) would show under a code whose cells they are.

        In a coded round in which each line makes cells, capacity, energy and resistance as they are tell the design of
        a cell, and so the line. Where all lines test the same cells they tell nothing.
        """
        if self.kind is not RoundKind.MANUFACTURING or self.identity is not Identity.CODED:
            return ""
        absolute = [f"{one.kpi.id} ({one.kpi.unit})" for one in plan.kpis if not one.kpi.normalised]
        absolute += [f"the curve {one.label}" for one in plan.curves if not one.normalised]
        if not absolute:
            return ""
        return (
            f"{', '.join(absolute)}: in a coded manufacturing round what is not normalised would tell whose cell "
            "it is; normalise by active mass, area, cell mass or volume, or choose a ratio"
        )

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the protocol fixes for production, where the lines produce."""
        return self.protocol.targets if self.kind is RoundKind.MANUFACTURING else ()

    @property
    def one_house(self) -> bool:
        """True where test houses measure what the lines make."""
        return self.kind is RoundKind.MANUFACTURING and self.testing is Testing.ONE_HOUSE

    @property
    def confounded(self) -> bool:
        """True where making and testing cannot be told apart."""
        return self.kind is RoundKind.MANUFACTURING and self.testing is Testing.EACH_LINE


class NewRound(RoundRecord, frozen=True, extra="forbid"):
    """What the network's office founds a round with; its people are users, without a custodian it is the office."""

    id: ShortId = Field(examples=["rr-2026"])
    coordinator: ShortId
    custodian: ShortId | None = None
    statistician: ShortId | None = None


class Conflict(BaseModel, frozen=True):
    """Somebody of a participating line has a role in the round, declares it, and the report prints it.

    It stays when the role goes to somebody else, at `ended_at`.
    """

    role: RoundRole
    organisation: str
    statement: str
    declared_at: datetime
    ended_at: datetime | None = None


class Round(BaseModel, frozen=True):
    """A round as it stands; `plans` are the first plan and its amendments, the last one is in force."""

    id: str
    record: RoundRecord
    state: RoundState
    plans: tuple[Amendment, ...] = ()
    created_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    evaluated_at: datetime | None = None
    reported_at: datetime | None = None
    published_at: datetime | None = None

    @property
    def plan(self) -> EvaluationPlan:
        """The plan in force."""
        return self.plans[-1].plan if self.plans else self.record.plan


class Participant(BaseModel, frozen=True):
    """A line in a round. `code` is known to the line itself and to the custodian alone.

    `closes_at` is the line's own last moment, where it was given longer. `waived_at`: it lets itself be named.
    `evidence`: who joined and who waived for it, in which function, on which basis, under which text.
    """

    round: str
    line: str
    organisation: str
    code: str
    invited_at: datetime
    joined_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal: str = ""
    waived_at: datetime | None = None
    closes_at: datetime | None = None
    evidence: dict[str, dict[str, str]] = {}

    @property
    def taking_part(self) -> bool:
        """True for a line that joined and did not withdraw."""
        return self.joined_at is not None and self.withdrawn_at is None


class Cell(BaseModel, frozen=True):
    """A place for one cell of a line: its name at the line, what it replaced, why it is out of use."""

    id: str
    round: str
    line: str
    number: int
    name: str
    replaced_by: str | None = None
    reason: str = ""


class RoundNotice(BaseModel, frozen=True):
    """What everybody may know of a round that was opened: that it exists."""

    id: str
    title: str
    kind: RoundKind
    state: RoundState
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    published_at: datetime | None = None


class OwnStanding(BaseModel, frozen=True):
    """One of the caller's own lines in a round, with its code (from opening on) and its last moment."""

    line: str
    code: str
    joined_at: datetime | None = None
    withdrawn_at: datetime | None = None
    waived_at: datetime | None = None
    closes_at: datetime


class RoundShown(BaseModel, frozen=True):
    """A round as one caller sees it: the notice for all; the record for those who take part or have a role.

    `roles` are the caller's own; `people`, who has which role, is for those who have one, and for the office.
    """

    notice: RoundNotice
    record: RoundRecord | None = None
    plans: tuple[Amendment, ...] = ()
    roles: tuple[RoundRole, ...] = ()
    people: dict[RoundRole, tuple[str, ...]] = {}
    own: tuple[OwnStanding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
