"""Nouns of the access rule: levels, views, who asks, what is asked, and the decision."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field

from schemas.organisation import Role, Standing


class Level(IntEnum):
    """Ordered read levels: each opens what stands before it."""

    NONE = 0
    LISTED = 1
    METADATA = 2
    SUMMARY = 3
    TABLES = 4
    RAW = 5


class View(StrEnum):
    """In which form the data are shown; views have no order among each other."""

    FULL = "full"
    COLUMNS = "columns"
    BLINDED = "blinded"
    AGGREGATE = "aggregate"


class Exit(StrEnum):
    """Every way by which a caller learns something of a dataset."""

    LIST = "list"
    DETAIL = "detail"
    REPORT = "report"
    SUMMARY = "summary"
    COMPARE = "compare"
    PRODUCTION = "production"
    TABLE = "table"
    SERIES = "series"
    FILES = "files"
    RAW = "raw"


class Right(StrEnum):
    """Rights that are not on the ladder of levels, each on its own."""

    CREATE = "create drafts"
    ADD_FILES = "add files"
    DESCRIBE = "describe"
    RELEASE = "release"
    GRANT = "grant"
    WITHDRAW = "withdraw"
    RETRY = "retry"
    ACCEPT = "accept findings"


class TokenScope(StrEnum):
    """What a token may be used for, never more than its user may."""

    READ = "read"
    UPLOAD = "upload"
    MANAGE = "manage"


class Permit(BaseModel, frozen=True):
    """One (level, view) pair that somebody holds on a dataset."""

    level: Level
    view: View = View.FULL

    def covers(self, level: Level, view: View) -> bool:
        """True when this permit opens what is asked."""
        return self.level >= level and self.view is view


class Grantee(BaseModel, frozen=True):
    """One organisation or group to whom a grant can speak."""

    kind: "GranteeKind"
    id: str


class Scope(BaseModel, frozen=True):
    """What a principal may reach at a moment, as the rule's clauses; `access.policy` and `storage.visible` render it.

    `own`: datasets of this organisation, every level, in every state. `network`: released datasets shown to the
    network are listed. `grantees`: grants to any of these, on released datasets, neither revoked nor ended at `at`.
    """

    own: str
    network: bool
    grantees: frozenset[Grantee]
    at: datetime


class Principal(BaseModel, frozen=True):
    """Who asks: a user, acting for one organisation, by a token with scopes."""

    user: str
    name: str
    organisation: str
    organisation_name: str
    standing: Standing
    role: Role
    groups: frozenset[str] = frozenset()
    scopes: frozenset[TokenScope] = frozenset()
    token: str = ""


class GranteeKind(StrEnum):
    """To whom a grant can be given."""

    ORGANISATION = "organisation"
    GROUP = "group"


class Grant(BaseModel, frozen=True):
    """This grantee gets this level in this view until then; past its end or once revoked it has no effect."""

    id: str
    dataset: str
    grantee_kind: GranteeKind
    grantee: str
    level: Level
    view: View = View.FULL
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def _written(moment: object) -> object:
    if not isinstance(moment, str | datetime):
        raise ValueError("write the moment as text with a time zone, like 2027-12-31T23:59:59Z")
    return moment


def _in_reach(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2999:
        raise ValueError("the year is out of reach")
    return moment


class NewGrant(BaseModel, frozen=True, extra="forbid"):
    """What a steward fills in to share a dataset; `level` by name, `expires_at` with a time zone."""

    grantee_kind: GranteeKind = GranteeKind.ORGANISATION
    grantee: str = Field(
        min_length=1, max_length=32, pattern="^[A-Za-z0-9_-]+$", description="Id of the organisation or group"
    )
    level: Literal["listed", "metadata", "summary", "tables", "raw"] = Field(examples=["tables"])
    view: View = View.FULL
    expires_at: Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_reach)] | None = Field(
        default=None, examples=["2027-12-31T23:59:59Z"]
    )


class Decision(BaseModel, frozen=True):
    """What the rule answers: allowed or not, whether the caller may know that it exists, why, what would be needed."""

    allowed: bool
    discoverable: bool
    reasons: tuple[str, ...] = ()
    needed: str = ""
