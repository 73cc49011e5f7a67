"""Who takes part: organisations, their lines, their people, and the groups across the network."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from schemas import countries
from schemas.identifiers import Orcid, Ror
from schemas.time_zones import time_zones


def _without_control_characters(name: str) -> str:
    if any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in name) or name != name.strip():
        raise ValueError("control characters, or spaces at an end")
    return name


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("no IANA time zone")
    return name


# The descriptions are also what an operator reads after "must be" when a value does not fit.
ShortId = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,31}$",
        description="1 to 32 small letters, digits and hyphens, a letter or digit first",
    ),
]
"""An id that people choose and type."""
Name = Annotated[
    str,
    Field(min_length=1, max_length=200, description="1 to 200 characters on one line, without spaces at its ends"),
    AfterValidator(_without_control_characters),
]
Country = Annotated[
    str,
    Field(
        description="two capital letters of ISO 3166, such as DE, or empty",
        json_schema_extra={"enum": ["", *countries.countries()]},
    ),
    AfterValidator(countries.known),
]
Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        description="an e-mail address",
    ),
]
Zone = Annotated[
    str,
    Field(max_length=64, description="an IANA time zone, such as Europe/Berlin or UTC"),
    AfterValidator(_known_zone),
]


class Standing(StrEnum):
    """What an organisation is to the network."""

    OFFICE = "office"
    MEMBER = "member"
    PARTNER = "partner"


class OrganisationState(StrEnum):
    """Where an organisation is on its way through the network; only an admitted one takes part."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    LEFT = "left"


IN_THE_NETWORK = (OrganisationState.ADMITTED, OrganisationState.SUSPENDED)
"""Whoever acts for such an organisation is shown who else takes part."""


class Role(StrEnum):
    """What a person may do for an organisation; one person can hold several."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    STEWARD = "steward"
    SIGNATORY = "signatory"
    ADMIN = "admin"


class NetworkRole(StrEnum):
    """What a person may do for the network; none of these carries a data level."""

    OFFICE = "office"
    AUDITOR = "auditor"
    VOCABULARY_EDITOR = "vocabulary-editor"


class Organisation(BaseModel, frozen=True):
    """A legal member or partner of the network; `ror` is its ROR id if it has one, `contact` whom others write to."""

    id: ShortId
    name: Name
    standing: Standing
    country: Country = ""
    ror: Ror | None = Field(default=None, description="a ROR id, such as https://ror.org/02mhbdp94")
    state: OrganisationState = OrganisationState.ADMITTED
    contact: Email | None = Field(default=None, description="an address such as data@example.org")


class OrganisationChange(BaseModel, frozen=True):
    """An organisation came into a state; why and through whom is for itself and the office."""

    state: OrganisationState
    at: datetime
    reason: str | None = None
    by: str | None = None


class Line(BaseModel, frozen=True):
    """A pilot line: a facility of a member."""

    id: ShortId
    organisation: ShortId
    name: Name
    time_zone: Zone


class GroupKind(StrEnum):
    """What a group is for."""

    EXPERT_GROUP = "expert-group"
    CONSORTIUM = "consortium"
    OTHER = "other"


class Group(BaseModel, frozen=True):
    """A named set across the network: an expert group, a consortium; of organisations, and of single people."""

    id: ShortId
    name: Name
    kind: GroupKind = GroupKind.OTHER
    description: str = Field(default="", max_length=1000)
    organisations: tuple[ShortId, ...] = ()
    users: tuple[ShortId, ...] = ()


class User(BaseModel, frozen=True):
    """A person, or a service that works for one; `organisation` is whose admin keeps the account."""

    id: ShortId
    organisation: ShortId
    name: Name
    email: Email | None = Field(default=None, description="an address such as ada@example.org")
    orcid: Orcid | None = Field(default=None, description="an ORCID, such as 0000-0002-1825-0097")
    service: bool = False


class Membership(BaseModel, frozen=True):
    """For which organisation a person may act, and in which roles."""

    user: ShortId
    organisation: ShortId
    roles: frozenset[Role]


class Token(BaseModel, frozen=True):
    """What is known of a person's token; neither the token nor its hash. `prefix` is how it begins."""

    id: str
    user: str
    organisation: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    prefix: str = ""
