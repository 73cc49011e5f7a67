"""The audit: who did what to what, when, allowed or refused; what its chain says of itself; who looked, for owners."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

FORMAT = "plx-audit-1"
"""How an exported audit is written; its first line names it."""


CODED = "read:coded:"
"""How the actions begin of whoever read by a code: the owner and the auditor see of which dataset, the reader not."""


class Touched(BaseModel, frozen=True):
    """A dataset that an event is about, and who owned it then."""

    dataset: str
    owner: str


class AuditEvent(BaseModel, frozen=True):
    """One event per request; insert-only and chained, so that nothing in it may name a person.

    `actor` is a pseudonym that an erasable table resolves, `roles` are those the actor had at that moment, `touched`
    are the datasets that exist among those asked for.
    """

    at: datetime
    actor: str | None
    organisation: str | None
    roles: tuple[str, ...] = ()
    action: str
    target: str | None = None
    touched: tuple[Touched, ...] = ()
    allowed: bool
    reason: str = ""
    detail: dict[str, str | int] = {}
    reference: str = ""


class KeptEvent(AuditEvent, frozen=True):
    """An event as it is kept: with its number."""

    id: int


class Seal(BaseModel, frozen=True):
    """The end of a batch of the chain: how many events it covers, and the hash that follows from all before."""

    number: int
    at: datetime
    events: int
    previous: str
    hash: str


class Verdict(BaseModel, frozen=True):
    """What a walk along the chain found; `finding` is empty where everything is as it was sealed.

    `unsealed` events are kept but not yet chained: nothing is said of them. `anchored` is the seal that the given
    anchor belongs to.
    """

    finding: str = ""
    events: int = 0
    seals: int = 0
    head: str = ""
    sealed_at: datetime | None = None
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    anchored: int | None = None

    @property
    def sound(self) -> bool:
        """True when nothing is changed, missing or inserted."""
        return not self.finding


class Access(BaseModel, frozen=True):
    """Who looked, as the owner sees it: organisation and roles, never the person.

    Without an organisation it was whoever runs this installation (role `operator`), or somebody not signed in.
    `reason` is the rule's, such as `permitted by break-glass: raw, full view`; by `reference` the auditor finds the
    event.
    """

    at: datetime
    dataset: str
    organisation: str | None
    organisation_name: str | None
    roles: tuple[str, ...]
    action: str = Field(examples=["read:table"])
    allowed: bool
    reason: str
    reference: str


class AccessPage(BaseModel, frozen=True):
    """One page of who looked, newest first; `next` fetches the following page, null at the end."""

    items: tuple[Access, ...]
    next: str | None = None


class AuditPage(BaseModel, frozen=True):
    """One page of events, newest first; `next` fetches the following page, null at the end."""

    items: tuple[KeptEvent, ...]
    next: str | None = None


class AuditQuery(BaseModel, frozen=True):
    """Which events an auditor seeks; empty fields do not restrict. `until` is not included."""

    since: datetime | None = None
    until: datetime | None = None
    organisation: str | None = None
    dataset: str | None = None
    action: str | None = None
    actor: str | None = None
    allowed: bool | None = None
    reference: str | None = None


def _no_nul(text: str) -> str:
    if "\x00" in text or not text.strip():
        raise ValueError("must be a sentence, without NUL characters")
    return text


class Reason(BaseModel, frozen=True, extra="forbid"):
    """Why the person behind an event is to be named."""

    reason: Annotated[
        str,
        Field(min_length=10, max_length=1000, pattern=r"^[^\x00]*\S[^\x00]*$", examples=["Complaint of 3 May 2027"]),
        AfterValidator(_no_nul),
    ]


class PersonBehind(BaseModel, frozen=True):
    """The person behind an event; null where the link was erased or nobody with an account acted."""

    event: int
    user: str | None
    name: str | None
    organisation: str | None
    address: str | None
    said: str | None


class Hold(BaseModel, frozen=True):
    """Why and until when what the audit knows of a person is neither pseudonymised nor erased."""

    id: str
    user: str
    reason: str
    at: datetime
    until: datetime
