"""An agreement between the network's parties: its kinds, versions, and acceptances with their evidence."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.organisation import ShortId


class AgreementKind(StrEnum):
    """The kinds that the network has on paper."""

    TERMS_OF_USE = "terms-of-use"
    DECLARATION_OF_ADHERENCE = "declaration-of-adherence"
    DATA_EXCHANGE_INTERNAL = "data-exchange-internal"
    DATA_EXCHANGE_EXTERNAL = "data-exchange-external"
    NON_DISCLOSURE = "non-disclosure"
    MATERIAL_TRANSFER = "material-transfer"
    ROUND_RULES = "round-rules"


class OnNewVersion(StrEnum):
    """What becomes of acceptances of the version before when a new one is published."""

    KEEP = "keep"
    """They stay in force."""
    GRACE = "grace"
    """They stay in force for `grace_days`."""
    SUSPEND = "suspend"
    """Access that rests on them waits until the new version is accepted."""


class AgreementVersion(BaseModel, frozen=True):
    """One text, never changed, under the SHA-256 of its UTF-8 bytes."""

    number: int
    sha256: str
    published_at: datetime


class Agreement(BaseModel, frozen=True):
    """An agreement; `example` marks a text that is to be replaced by counsel; retired, no access rests on it."""

    id: ShortId
    kind: AgreementKind
    title: str
    on_new_version: OnNewVersion
    grace_days: int = Field(default=0, ge=0, le=3650)
    example: bool = False
    retired_at: datetime | None = None
    versions: tuple[AgreementVersion, ...] = ()


class Acceptance(BaseModel, frozen=True):
    """An organisation accepted a version, through a person entitled to; kept for ever."""

    id: str
    agreement: str
    version: int
    organisation: str
    accepted_by: str
    accepted_at: datetime
    evidence: dict[str, str] = {}
    ended_at: datetime | None = None
