"""Explanations: why somebody can or cannot reach a dataset, who can, and how it looks to another organisation."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.access import Exit, GranteeKind, View
from schemas.delivery import DatasetDetail
from schemas.policy import LevelName


class ClosedBy(StrEnum):
    """What closes a dataset, or keeps a grant from opening it."""

    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    CONSENT = "consent"
    SEAL = "seal"
    BLOCK = "block"
    EMBARGO = "embargo"
    CONDITIONS = "conditions"
    END = "end"


class Opened(BaseModel, frozen=True):
    """One thing that opens a dataset: what it opens, what it comes from, and until when."""

    level: LevelName
    view: View
    columns: tuple[str, ...] = ()
    by: str = Field(examples=["own", "visibility", "grant", "break-glass"])
    until: datetime | None = None
    sentence: str


class Closed(BaseModel, frozen=True):
    """One thing that closes a dataset, or that a grant waits for, as far as the reader may know."""

    by: ClosedBy
    until: datetime | None = None
    sentence: str


class Wanted(BaseModel, frozen=True):
    """Whether a level is open in a view; if not, what there is to do."""

    level: LevelName
    view: View
    allowed: bool
    steps: tuple[str, ...] = ()


class ExitAccess(BaseModel, frozen=True):
    """Whether one way out is open, and in which views."""

    exit: Exit
    needs: LevelName
    allowed: bool
    views: tuple[View, ...] = ()


class Explanation(BaseModel, frozen=True):
    """Why the reader can, or cannot, reach a dataset; `sentence` says it in one."""

    dataset: str
    sentence: str
    opened: tuple[Opened, ...]
    closed: tuple[Closed, ...] = ()
    wanted: Wanted


class Access(Explanation, frozen=True):
    """The explanation, and every way out."""

    exits: tuple[ExitAccess, ...]


class Preview(BaseModel, frozen=True):
    """A dataset as an organisation's viewers get it; where it does not exist for them nothing of it is there."""

    dataset: str
    organisation: str
    organisation_name: str
    sentence: str
    exits: tuple[ExitAccess, ...]
    detail: DatasetDetail | None = None
    access: Explanation | None = None


class Ruling(BaseModel, frozen=True):
    """One rule that its owner has set on a dataset: to whom, what, until when, and what it does now."""

    by: str = Field(examples=["visibility", "grant", "break-glass", "block"])
    grant: str | None = None
    grantee_kind: GranteeKind
    grantee: str
    grantee_name: str
    level: LevelName | None = None
    view: View | None = None
    starts_at: datetime | None = None
    until: datetime | None = None
    effect: str


class Holder(BaseModel, frozen=True):
    """What the viewers of an organisation, one person, or the world reach now."""

    kind: GranteeKind
    id: str
    name: str
    sentence: str
    opened: tuple[Opened, ...]


class WhoCan(BaseModel, frozen=True):
    """Who can reach a dataset, for its owner: the rules, and what they come to for everybody in the network."""

    dataset: str
    closed: tuple[Closed, ...]
    rules: tuple[Ruling, ...]
    holders: tuple[Holder, ...]
