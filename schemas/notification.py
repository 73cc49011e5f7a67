"""A notification: what kind, for whom, and as its reader may see it now."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from schemas.organisation import Role


class NotificationKind(StrEnum):
    """What people are told of."""

    REQUEST_RECEIVED = "request-received"
    REQUEST_WAITING = "request-waiting"
    REQUEST_APPROVED = "request-approved"
    REQUEST_DECLINED = "request-declined"
    REQUEST_EXPIRED = "request-expired"
    REQUEST_WITHDRAWN = "request-withdrawn"
    GRANT_ENDING = "grant-ending"
    DATA_CORRECTED = "data-corrected"
    DATA_WITHDRAWN = "data-withdrawn"
    RELEASE_PROPOSED = "release-proposed"
    EMBARGO_ENDING = "embargo-ending"
    DATASET_OFFERED = "dataset-offered"
    OWNER_CHANGED = "owner-changed"
    GLASS_BROKEN = "glass-broken"
    AGREEMENT_PUBLISHED = "agreement-published"
    AGREEMENT_RETIRED = "agreement-retired"
    ORGANISATION_CHANGED = "organisation-changed"
    ROUND_INVITATION = "round-invitation"
    ROUND_OPENED = "round-opened"
    ROUND_EXTENDED = "round-extended"
    ROUND_DECIDED = "round-decided"
    ROUND_AMENDED = "round-amended"
    ROUND_SHRUNK = "round-shrunk"
    ROUND_CLOSED = "round-closed"
    ROUND_CANCELLED = "round-cancelled"
    ROUND_REPORTED = "round-reported"
    ROUND_COMMENTED = "round-commented"
    ROUND_ANSWERED = "round-answered"
    ROUND_PUBLISHED = "round-published"
    ROUND_CORRECTED = "round-corrected"
    ROUND_REMINDER = "round-reminder"
    ROUND_UNBLINDING_ASKED = "round-unblinding-asked"
    ROUND_UNBLINDING_AGREED = "round-unblinding-agreed"
    ROUND_UNBLINDED = "round-unblinded"
    ACCOUNT_CHANGED = "account-changed"
    INVITATION = "invitation"
    PASSWORD_RESET = "password-reset"


class Channel(StrEnum):
    """By which way a person is told: by mail and in the list, in the list alone, or not at all."""

    MAIL = "mail"
    LIST = "list"
    NONE = "none"


class Person(BaseModel, frozen=True):
    """A recipient: one person, for one of their organisations; without one it is about their account."""

    user: str
    organisation: str = ""


class Holders(BaseModel, frozen=True):
    """Recipients: everybody who holds one of these roles in an organisation."""

    organisation: str
    roles: frozenset[Role]


class Address(BaseModel, frozen=True):
    """A recipient without an account: an address that gets a mail and nothing else."""

    email: str


To = Person | Holders | Address


class Kept(BaseModel, frozen=True):
    """What is kept of a notification: facts, never a text, which is made when it is read; `person` is whom it names."""

    id: str
    user: str
    organisation: str
    kind: NotificationKind
    dataset: str | None
    facts: dict[str, str]
    person: str | None = None
    created_at: datetime
    read_at: datetime | None = None


class Notification(BaseModel, frozen=True):
    """One notification as its reader may see it now; `dataset` is null where it is hidden, or where there is none."""

    id: str
    kind: NotificationKind
    subject: str
    text: str
    dataset: str | None
    created_at: datetime
    read_at: datetime | None


class NotificationPage(BaseModel, frozen=True):
    """One page, unread ones first, newest first in each part; `next` fetches the following page."""

    items: tuple[Notification, ...]
    unread: int
    next: str | None = None


class Preference(BaseModel, frozen=True, extra="forbid"):
    """How a person wants to be told of one kind."""

    kind: NotificationKind
    channel: Channel


class Preferences(BaseModel, frozen=True):
    """How a person is told of every kind; `always` are those that cannot be switched off."""

    chosen: tuple[Preference, ...]
    always: tuple[NotificationKind, ...] = Field(description="Security: always by mail and in the list")


class Mail(BaseModel, frozen=True):
    """A mail, ready to be sent: plain text to one address."""

    id: str
    to: str
    subject: str
    text: str


class Due(BaseModel, frozen=True):
    """A mail that is to be written and sent now: of a notification, or (none) to an address with facts of its own."""

    id: str
    told: Kept | None
    kind: NotificationKind
    address: str
    facts: dict[str, str]
    attempts: int
