"""Nouns of signing in: providers and what their claims give, credentials, sessions, tokens to make."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from schemas.access import TokenScope
from schemas.organisation import Name, NetworkRole, Role, ShortId, Token

LONGEST_TOKEN_DAYS = 366
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1000)]
Account = Annotated[
    str, Field(min_length=1, max_length=254, pattern=r"^[^\x00-\x1f\x7f]+$", description="E-mail address or user id")
]
NextPath = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"^/([A-Za-z0-9_.~!$&'()*+,;=:@%?#-][A-Za-z0-9_.~!$&'()*+,;=:@%/?#-]*)?$",
        description="A path of this site, such as /datasets; never another site",
    ),
]
"""Where to go after signing in: one slash, then no second one, no backslash, no control character."""
TokenName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class MappingRule(BaseModel, frozen=True, extra="forbid"):
    """What a claim gives: roles in an organisation, to whoever has this value in it, or a verified address there."""

    organisation: ShortId
    roles: frozenset[Role] = Field(min_length=1)
    claim: str | None = Field(default=None, min_length=1, max_length=200)
    value: str | None = Field(default=None, min_length=1, max_length=500)
    email_domain: str | None = Field(default=None, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        by_claim = self.claim is not None and self.value is not None
        if (self.claim is None) is not (self.value is None) or by_claim is (self.email_domain is not None):
            raise ValueError("a rule needs either claim and value, or email_domain")
        return self


class IdentityProvider(BaseModel, frozen=True, extra="forbid"):
    """An OpenID provider; `create`: whoever its rules give a role gets an account at the first sign-in."""

    name: ShortId
    title: Name
    issuer: str = Field(max_length=500, pattern=r"^https?://[^\s?#]+$")
    client_id: str = Field(min_length=1, max_length=500)
    client_secret: SecretStr | None = None
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    rules: tuple[MappingRule, ...] = ()
    create: bool = False

    @field_validator("issuer")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        host = value.removeprefix("http://").split("/")[0].rsplit(":", 1)[0]
        if value.startswith("http://") and host not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError("the issuer must begin with https://")
        return value


class Credentials(BaseModel, frozen=True, extra="forbid"):
    """What a person signs in with; `organisation` for those who act for several."""

    account: Account
    password: Secret
    organisation: ShortId | None = None


class PasswordChange(BaseModel, frozen=True, extra="forbid"):
    """The old password and a new one; `revoke_tokens` ends all personal tokens besides."""

    current: Secret
    password: Secret
    revoke_tokens: bool = False


class PasswordByLink(BaseModel, frozen=True, extra="forbid"):
    """A one-time link's secret and the password to set by it."""

    link: Secret
    password: Secret
    revoke_tokens: bool = False


class ResetAsked(BaseModel, frozen=True, extra="forbid"):
    """For which account a link is wanted."""

    account: Account


class ByProvider(BaseModel, frozen=True, extra="forbid"):
    """Sign in at a provider by a one-time link, which joins the identity to its account."""

    link: Secret
    next: NextPath = "/"


class Place(BaseModel, frozen=True):
    """Where to go on at the provider."""

    location: str


class WayIn(BaseModel, frozen=True):
    """A provider to sign in with, and the address where that begins."""

    name: str
    title: str
    start: str


class WaysIn(BaseModel, frozen=True):
    """How one can sign in here."""

    password: bool
    providers: tuple[WayIn, ...] = ()


class ActsFor(BaseModel, frozen=True):
    """An organisation that a person may act for, and in which roles."""

    organisation: str
    name: str
    roles: tuple[Role, ...]


class SignedIn(BaseModel, frozen=True):
    """A session as its browser sees it; `csrf` goes into the header X-CSRF-Token of whatever changes something."""

    user: str
    name: str
    organisation: str
    organisation_name: str
    roles: tuple[Role, ...]
    network_roles: tuple[NetworkRole, ...]
    memberships: tuple[ActsFor, ...]
    csrf: str
    expires_at: datetime


class BrowserSession(BaseModel, frozen=True):
    """One of a person's own sessions."""

    id: str
    organisation: str
    how: str = Field(description="'password', 'link' or a provider's name")
    agent: str = Field(description="What the browser called itself")
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool = False


class ChosenOrganisation(BaseModel, frozen=True, extra="forbid"):
    """For which organisation a session is to act from now on."""

    organisation: ShortId


class NewToken(BaseModel, frozen=True, extra="forbid"):
    """A token to make; it acts for the organisation of the session that makes it."""

    name: TokenName
    scopes: frozenset[TokenScope] = Field(min_length=1)
    days: int = Field(default=90, ge=1, le=LONGEST_TOKEN_DAYS)


class FreshToken(Token, frozen=True):
    """A token as it is shown once."""

    token: str
