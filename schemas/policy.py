"""A dataset's sharing rules: grants with their conditions, embargo, blocks, seals, third parties' rights."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, model_validator

from schemas.access import Grantee, GranteeKind, Level, View
from schemas.conditions import Condition, Kept
from schemas.dataset import DatasetState, Visibility


class Grant(BaseModel, frozen=True):
    """This grantee gets this level in this view from then until then, on these conditions.

    Past its end or once revoked it has no effect. `confidential` opens the record's confidential fields from level
    metadata on; `during_embargo` holds before an embargo ends; `confirmed_for` is the latest end of an embargo at which
    the owner has confirmed that the grant may open; `break_glass` is emergency access of one person.
    In the blinded view the dataset goes by `code` in `collection`.
    `terms` is the text of what was agreed when it was given, frozen.
    """

    id: str
    dataset: str
    grantee_kind: GranteeKind
    grantee: str
    level: Level
    view: View = View.FULL
    columns: tuple[str, ...] = ()
    confidential: bool = False
    during_embargo: bool = False
    break_glass: bool = False
    conditions: tuple[Kept, ...] = ()
    collection: str = ""
    code: str = ""
    created_at: datetime
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    confirmed_for: datetime | None = None
    reason: str = ""
    request: str | None = None
    terms: dict[str, str] = {}

    @property
    def to(self) -> Grantee:
        """Whom it names."""
        return Grantee(kind=self.grantee_kind, id=self.grantee)


class Waiting(BaseModel, frozen=True):
    """An organisation that a grant names and that has not accepted what it depends on, in the version asked for."""

    organisation: str
    agreement: str
    version: int
    retired: bool = False


class GrantInEffect(Grant, frozen=True):
    """A grant as its owner sees it: `effect` is `in force`, or what keeps it from its full effect now.

    `waiting for AGREEMENT@VERSION` · `not begun` · `ended` · `revoked` · `capped by embargo` · …; of a group, `waiting`
    names who has not accepted yet while others have.
    """

    effect: str
    waiting: tuple[Waiting, ...] = ()


class Seal(BaseModel, frozen=True):
    """While a round is sealed, whatever holds a submission's bytes or cell is closed to all but these organisations."""

    round: str
    parties: frozenset[str]


class Policy(BaseModel, frozen=True):
    """Everything about one dataset that the rule looks at.

    `grants` are all on it, ended ones included; `blocks` whom its owner has shut out; `seals` those in force;
    `consented` is False while a third party with rights has not agreed.
    """

    dataset: str
    owner: str
    owner_name: str
    state: DatasetState
    visibility: Visibility
    embargo_until: datetime | None = None
    consented: bool = True
    grants: tuple[Grant, ...] = ()
    blocks: frozenset[Grantee] = frozenset()
    seals: tuple[Seal, ...] = ()


class Audience(BaseModel, frozen=True):
    """Who is meant by an entry of materialised visibility: a grantee (or an owner), on conditions, less those shut out.

    `only`: organisations of the seals in force, None when there is no seal; `glass`: emergency access of one person.
    """

    kind: Literal["owner", "organisation", "group", "user", "network", "everybody"]
    id: str = ""
    conditions: frozenset[Kept] = frozenset()
    less: frozenset[Grantee] = frozenset()
    only: frozenset[str] | None = None
    glass: bool = False


class Listed(BaseModel, frozen=True):
    """One entry of materialised visibility: an audience knows of the dataset from then until then."""

    audience: Audience
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def _written(moment: object) -> object:
    if not isinstance(moment, str | datetime):
        raise ValueError("write the moment as text with a time zone, like 2027-12-31T23:59:59Z")
    return moment


def _in_reach(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2999:
        raise ValueError("the year is out of reach")
    return moment


MomentInput = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_reach)]
"""A moment that somebody enters: with a time zone, in this millennium."""
LevelName = Literal["listed", "metadata", "summary", "tables", "raw"]
CollectionId = Annotated[str, Field(max_length=32, pattern=r"^([a-z0-9][a-z0-9-]*)?$")]
CodeInput = Annotated[str, Field(pattern=r"^([A-Z]{2,4})?$", examples=["QX"])]
ColumnName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+$")]


class GrantTerms(BaseModel, frozen=True, extra="forbid"):
    """Who gets what on which conditions, as a steward fills it in; `level` by name."""

    grantee_kind: GranteeKind = GranteeKind.ORGANISATION
    grantee: str = Field(
        default="",
        max_length=32,
        pattern="^[A-Za-z0-9_-]*$",
        description="Id of the organisation, group or person; empty for the network and for everybody",
    )
    level: LevelName = Field(examples=["tables"])
    view: View = View.FULL
    columns: tuple[ColumnName, ...] = Field(default=(), max_length=200, description="Of the view 'columns'")
    collection: CollectionId = Field(default="", description="Of the view 'blinded': in which the dataset has a code")
    code: CodeInput = Field(default="", description="Of the view 'blinded'; empty: its code, or a random one")
    confidential: bool = Field(default=False, description="The record's confidential fields, too")
    during_embargo: bool = Field(default=False, description="Valid before an embargo ends")
    conditions: tuple[Condition, ...] = Field(default=(), max_length=10)
    reason: str = Field(default="", max_length=500, pattern=r"^[^\x00]*$")

    @model_validator(mode="after")
    def _of_one_piece(self) -> "GrantTerms":
        named = self.grantee_kind not in (GranteeKind.NETWORK, GranteeKind.EVERYBODY)
        if named != bool(self.grantee):
            raise ValueError("a grantee of this kind needs an id" if named else "the network and everybody have no id")
        if (self.view is View.COLUMNS) != bool(self.columns):
            raise ValueError("`columns` are named for the view 'columns', and only for it")
        if (self.view is View.BLINDED) != bool(self.collection):
            raise ValueError("`collection` is named for the view 'blinded', and only for it")
        if self.code and not self.collection:
            raise ValueError("`code` is given for the view 'blinded' alone")
        return self


class NewGrant(GrantTerms, frozen=True, extra="forbid"):
    """What a steward fills in to share a dataset; moments with a time zone."""

    starts_at: MomentInput | None = Field(default=None, examples=["2027-01-01T00:00:00Z"])
    expires_at: MomentInput | None = Field(default=None, examples=["2027-12-31T23:59:59Z"])

    @model_validator(mode="after")
    def _in_order(self) -> "NewGrant":
        if self.starts_at and self.expires_at and self.starts_at >= self.expires_at:
            raise ValueError("`starts_at` is not before `expires_at`")
        return self
