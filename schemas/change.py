"""A change of one dataset's policy, and what it does to what somebody holds."""

from datetime import datetime

from pydantic import BaseModel, Field, field_serializer

from schemas.access import Grantee, GranteeKind, Level, View
from schemas.block import Block
from schemas.dataset import Visibility
from schemas.policy import Grant, MomentInput


class Embargo(BaseModel, frozen=True, extra="forbid"):
    """Until then nobody else gets more than the record; null lifts it."""

    until: MomentInput | None = Field(examples=["2027-06-30T00:00:00Z"])


class NewlyBlocked(BaseModel, frozen=True):
    """A block that a change sets."""

    block: Block

    @property
    def shut_out(self) -> Grantee:
        """Whom it names."""
        return Grantee(kind=GranteeKind(self.block.blocked_kind.value), id=self.block.blocked)


class Change(BaseModel, frozen=True):
    """What becomes of one dataset's policy: new grants, ended ones, visibility, embargo, a block."""

    dataset: str
    grants: tuple[Grant, ...] = ()
    revoked: frozenset[str] = frozenset()
    visibility: Visibility | None = None
    embargo: Embargo | None = None
    block: NewlyBlocked | None = None


class Holding(BaseModel, frozen=True):
    """What somebody holds in one view: the level, confidential fields, chosen columns."""

    level: Level
    confidential: bool = False
    columns: tuple[str, ...] = ()

    @field_serializer("level", when_used="json")
    def _by_name(self, level: Level) -> str:
        return level.name.lower()

    def exceeds(self, other: "Holding") -> bool:
        """True when it opens anything that the other does not."""
        more_columns = bool(set(self.columns) - set(other.columns)) and bool(other.columns)
        return self.level > other.level or (self.confidential and not other.confidential) or more_columns


class Shift(BaseModel, frozen=True):
    """One view before and after."""

    view: View
    before: Holding
    after: Holding


class Effect(BaseModel, frozen=True):
    """What a change does to one subject from a moment on, and on how many datasets alike."""

    kind: GranteeKind
    id: str = ""
    name: str = ""
    through: tuple[str, ...] = Field(default=(), description="Groups by which it is meant")
    since: datetime | None = Field(description="The moment from which; null: at once")
    datasets: int
    gains: tuple[Shift, ...] = ()
    loses: tuple[Shift, ...] = ()
