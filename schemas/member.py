"""Who comes, who stays and who goes: people with their memberships, invitations, applications."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from schemas.identifiers import Ror
from schemas.organisation import (
    Country,
    Email,
    Group,
    GroupKind,
    Name,
    NetworkRole,
    Organisation,
    OrganisationState,
    Role,
    ShortId,
    Standing,
)

Reason = Annotated[
    str, Field(min_length=3, max_length=1000, pattern=r"^[^\x00]*\S[^\x00]*$", description="Why, in a sentence")
]
Roles = Annotated[frozenset[Role], Field(min_length=1, max_length=len(Role))]
Code = Annotated[str, Field(min_length=20, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]


class Person(BaseModel, frozen=True):
    """Somebody of an organisation, for its admin, its steward and the office: what they need to know and no more."""

    id: str
    name: str
    email: str | None
    service: bool
    active: bool
    home: bool = Field(description="The account is kept by this organisation")
    organisation: str
    roles: tuple[Role, ...]
    network_roles: tuple[NetworkRole, ...] = ()


class NewRoles(BaseModel, frozen=True, extra="forbid"):
    """The roles of a person in the organisation, in place of those they had."""

    roles: Roles


class NewNetworkRoles(BaseModel, frozen=True, extra="forbid"):
    """The roles of a person for the network, in place of those they had."""

    roles: Annotated[frozenset[NetworkRole], Field(max_length=len(NetworkRole))]


ServiceRole = Literal["viewer", "contributor", "steward"]


class NewService(BaseModel, frozen=True, extra="forbid"):
    """An account for a machine or a script: it acts by tokens alone, signs nothing and manages nobody."""

    name: Name
    roles: Annotated[frozenset[ServiceRole], Field(min_length=1, max_length=3)]


class NewInvitation(BaseModel, frozen=True, extra="forbid"):
    """Whom to invite, in which roles, for how many days; the office names the organisation, an admin their own."""

    email: Email
    roles: Roles
    organisation: ShortId | None = None
    days: int = Field(default=14, ge=1, le=60)


class InvitationState(StrEnum):
    """Only an open invitation can be accepted."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Invitation(BaseModel, frozen=True):
    """An invitation; its code is kept as a hash alone, so that `code` is there only when it is made."""

    id: str
    organisation: str
    email: str
    roles: tuple[Role, ...]
    by_office: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    state: InvitationState
    code: str | None = None


class GivenCode(BaseModel, frozen=True, extra="forbid"):
    """The code of an invitation, accepted by whoever is signed in."""

    code: Code


class Redeemed(BaseModel, frozen=True, extra="forbid"):
    """The code of an invitation, and the name of the person who has it, for whom an account is made."""

    code: Code
    name: Name


class Welcome(BaseModel, frozen=True):
    """The new account; the link's secret sets its password, or joins an identity of a provider, once and soon."""

    user: str
    organisation: str
    link: str


class NewOrganisation(BaseModel, frozen=True, extra="forbid"):
    """An organisation that the office enters by itself; it has applied and is admitted by a step of its own."""

    id: ShortId
    name: Name
    standing: Standing
    country: Country = ""
    ror: Ror | None = None
    contact: Email | None = None
    reason: Reason


class OrganisationFacts(BaseModel, frozen=True, extra="forbid"):
    """What can be corrected of an organisation; what is left out stays. Its own admin may change the contact alone."""

    name: Name | None = None
    standing: Standing | None = None
    country: Country | None = None
    ror: Ror | None = None
    contact: Email | None = None


class Ended(BaseModel, frozen=True, extra="forbid"):
    """Why a person is let in no more."""

    reason: Reason


class NewState(BaseModel, frozen=True, extra="forbid"):
    """Into which state an organisation comes, and why; one that leaves may have its other released data withdrawn."""

    state: OrganisationState
    reason: Reason
    withdraw_rest: bool = False


class NewGroup(BaseModel, frozen=True, extra="forbid"):
    """A group, without members yet."""

    id: ShortId
    name: Name
    kind: GroupKind = GroupKind.OTHER
    description: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class ShownGroup(BaseModel, frozen=True):
    """A group as everybody signed in sees it: its organisations, and how many single people, without their names."""

    id: str
    name: str
    kind: GroupKind
    description: str
    organisations: tuple[str, ...]
    people: int
    users: tuple[str, ...] | None = Field(default=None, description="For the office alone")

    @classmethod
    def of(cls, group: Group, whole: bool) -> "ShownGroup":
        """The group; `whole`: with the ids of its single people."""
        facts = group.model_dump(exclude={"users"})
        return cls(**facts, people=len(group.users), users=group.users if whole else None)


class ShownOrganisation(Organisation, frozen=True):
    """An organisation with how many pilot lines it has."""

    lines: int = 0
