"""A change of many datasets at once: what is chosen, what is done, and what it would do, before it is done."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from schemas.access import GranteeKind
from schemas.block import BlockedKind, DatasetReference, Reason, SomebodysId
from schemas.change import Effect
from schemas.dataset import DatasetState, Visibility
from schemas.metadata import DatasetKind
from schemas.policy import MomentInput, NewGrant
from schemas.template import LineName

MOST = 500


class GiveAction(BaseModel, frozen=True, extra="forbid"):
    """Give the same grant on all of them."""

    type: Literal["grant"]
    grant: NewGrant


class RevokeAction(BaseModel, frozen=True, extra="forbid"):
    """Revoke every grant that names this grantee."""

    type: Literal["revoke"]
    grantee_kind: GranteeKind
    grantee: str = Field(default="", max_length=32, pattern="^[A-Za-z0-9_-]*$")


class ShowAction(BaseModel, frozen=True, extra="forbid"):
    """List them to others."""

    type: Literal["visibility"]
    visibility: Visibility


class EmbargoAction(BaseModel, frozen=True, extra="forbid"):
    """Set, move or (null) lift their embargo."""

    type: Literal["embargo"]
    until: MomentInput | None


class TemplateAction(BaseModel, frozen=True, extra="forbid"):
    """Apply a sharing template, counted from each one's release."""

    type: Literal["template"]
    template: SomebodysId


class BlockAction(BaseModel, frozen=True, extra="forbid"):
    """Shut somebody out of each of them."""

    type: Literal["block"]
    blocked_kind: BlockedKind = BlockedKind.ORGANISATION
    blocked: SomebodysId
    reason: Reason


Action = Annotated[
    GiveAction | RevokeAction | ShowAction | EmbargoAction | TemplateAction | BlockAction, Field(discriminator="type")
]


class Selection(BaseModel, frozen=True, extra="forbid"):
    """Datasets of one's own organisation by what they are; empty fields do not restrict."""

    kind: DatasetKind | None = None
    line: LineName | None = None
    state: DatasetState | None = None
    text: str = Field(default="", max_length=200, pattern=r"^[^\x00]*$", description="Sought in titles")


class BulkChange(BaseModel, frozen=True, extra="forbid"):
    """Which datasets, by id or by what they are, and what is done with them; at most 500 at once."""

    datasets: tuple[DatasetReference, ...] = Field(default=(), max_length=MOST)
    query: Selection | None = None
    action: Action

    @model_validator(mode="after")
    def _chosen_one_way(self) -> "BulkChange":
        if bool(self.datasets) == (self.query is not None):
            raise ValueError("choose datasets either by `datasets` or by `query`")
        return self


class ConfirmedChange(BulkChange, frozen=True, extra="forbid"):
    """The same again, with the token of its preview."""

    token: Annotated[str, Field(max_length=80, pattern="^[0-9]{1,12}-[0-9a-f]{64}$")]


class Preview(BaseModel, frozen=True):
    """What the change would do by the rule: for every organisation, the network in general, and the world.

    A subject that is not named gains and loses nothing. Whoever must state a purpose is taken to state it.
    """

    token: str = Field(description="Goes with the change; valid for an hour, while nothing it rests on has changed")
    datasets: tuple[str, ...]
    unchanged: int = Field(description="How many of them the change leaves as they are")
    effects: tuple[Effect, ...]


class Applied(BaseModel, frozen=True):
    """What was changed."""

    datasets: tuple[str, ...]
