"""An agreement between the network's parties: its kinds, versions and terms, and acceptances with their evidence."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from schemas.conditions import Purpose
from schemas.organisation import ShortId
from schemas.policy import MomentInput
from schemas.record.field import Text

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps every character but this."""
Words = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
LegalText = Annotated[str, Field(min_length=1, max_length=200_000, pattern=NO_NUL)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _day(written: object) -> object:
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII) is None:
        raise ValueError("write the day like 2027-12-31")
    if not isinstance(written, str | date):
        raise ValueError("write the day as text like 2027-12-31")
    return written


Day = Annotated[date, BeforeValidator(_day)]


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


class Onward(StrEnum):
    """Whether what was received, or what was made from it, may be given to others."""

    FORBIDDEN = "forbidden"
    SAME_TERMS = "same-terms"
    FREE = "free"


class Terms(BaseModel, frozen=True, extra="forbid"):
    """What a text says, in terms that the platform can keep; the text itself is what binds.

    No purposes: any. `derived_results` left out: as `onward_sharing`. Past `ends_on` no access rests on the version.
    """

    parties: tuple[Text, ...] = Field(default=(), max_length=50)
    starts_on: Day | None = None
    ends_on: Day | None = Field(default=None, description="Last day on which it holds", examples=["2029-12-31"])
    governing_law: Text | None = None
    venue: Text | None = None
    purposes: tuple[Purpose, ...] = Field(default=(), max_length=5)
    onward_sharing: Onward = Onward.FORBIDDEN
    derived_results: Onward | None = None
    intellectual_property: Words = ""
    publication_review_days: int | None = Field(default=None, ge=0, le=365)
    confidentiality_months: int | None = Field(default=None, ge=0, le=1200, description="After its end")
    surviving_duties: tuple[Words, ...] = Field(default=(), max_length=20, description="What binds beyond its end")
    deletion_days: int | None = Field(default=None, ge=0, le=3650, description="To delete what was received, from then")

    @property
    def of_derived(self) -> Onward:
        """Whether what was made from received data may be given on."""
        return self.derived_results or self.onward_sharing


class AgreementVersion(BaseModel, frozen=True):
    """One text, never changed, under the SHA-256 of its UTF-8 bytes."""

    number: int
    sha256: str
    published_at: datetime
    starts_on: date | None = None
    ends_on: date | None = None


class AgreementText(AgreementVersion, frozen=True):
    """A version with its words and terms."""

    agreement: str
    text: str
    terms: Terms


class Agreement(BaseModel, frozen=True):
    """An agreement; `example` marks a text that is to be replaced by counsel; retired, no access rests on it.

    `addressees` are the organisations that alone may read and accept it; none named: whoever takes part. From
    `required_from` on whoever has not accepted it takes no part.
    """

    id: ShortId
    kind: AgreementKind
    title: str
    on_new_version: OnNewVersion
    grace_days: int = Field(default=0, ge=0, le=3650)
    example: bool = False
    addressees: tuple[str, ...] = ()
    required_from: datetime | None = None
    retired_at: datetime | None = None
    versions: tuple[AgreementVersion, ...] = ()

    def newest(self) -> AgreementVersion:
        """The version that is asked for now; there always is one."""
        return self.versions[-1]


class NewText(BaseModel, frozen=True, extra="forbid"):
    """A text to publish as the newest version; `on_new_version` and `grace_days`, where given, change the rule."""

    text: LegalText
    terms: Terms = Terms()
    on_new_version: OnNewVersion | None = None
    grace_days: int | None = Field(default=None, ge=0, le=3650)


class NewAgreement(BaseModel, frozen=True, extra="forbid"):
    """An agreement to publish with its first text."""

    id: ShortId
    kind: AgreementKind
    title: Annotated[Text, Field(max_length=200)]
    on_new_version: OnNewVersion = OnNewVersion.SUSPEND
    grace_days: int = Field(default=0, ge=0, le=3650, description="Of the rule 'grace'")
    example: bool = Field(default=False, description="An example, for counsel to replace")
    addressees: tuple[ShortId, ...] = Field(default=(), max_length=50)
    text: LegalText
    terms: Terms = Terms()

    @model_validator(mode="after")
    def _grace_has_days(self) -> "NewAgreement":
        if self.on_new_version is OnNewVersion.GRACE and self.grace_days == 0:
            raise ValueError("the rule 'grace' needs `grace_days`")
        return self


class Required(BaseModel, frozen=True, extra="forbid"):
    """An agreement that has to be accepted before something: in force, or in that version or a later one besides."""

    agreement: ShortId
    version: int | None = Field(default=None, ge=1)


class Acceptance(BaseModel, frozen=True):
    """An organisation accepted a version, through a person entitled to; kept for ever.

    `evidence`: the person's name, function and basis of authority as they were then, and the hash of the text shown.
    """

    id: str
    agreement: str
    version: int
    organisation: str
    accepted_by: str
    accepted_at: datetime
    evidence: dict[str, str] = {}
    ended_at: datetime | None = None
    end_reason: str = ""


class Require(BaseModel, frozen=True, extra="forbid"):
    """From when on taking part needs the agreement; null: never."""

    required_from: MomentInput | None = Field(examples=["2027-01-01T00:00:00Z"])


class Accept(BaseModel, frozen=True, extra="forbid"):
    """What a signatory says: which text was read (its number and hash), in which function, on which authority."""

    version: int = Field(ge=1, le=2**31 - 1)
    sha256: Sha256 = Field(description="Of the text that was shown")
    function: Text = Field(examples=["Head of the institute"])
    basis: Text = Field(description="Why this person may bind the organisation", examples=["Statutes, § 26"])


class Reasoned(BaseModel, frozen=True, extra="forbid"):
    """Why something is ended."""

    reason: Text


class Standing(BaseModel, frozen=True):
    """How an organisation stands to an agreement: what it accepted last, whether access may rest on it, what is asked.

    `asked` is the version to accept now; `until` when the older acceptance ends by itself; `grants` how many grants to
    the organisation depend on it.
    """

    organisation: str
    accepted: int | None = None
    in_force: bool = False
    asked: int | None = None
    until: datetime | None = None
    grants: int = 0


class AgreementShown(Agreement, frozen=True):
    """An agreement with how the caller's organisation stands to it."""

    standing: Standing | None = None


class Duty(BaseModel, frozen=True):
    """What a past recipient is still bound to after an agreement was retired, its words frozen at that moment.

    `read`: by the audit it read what it was given, last at `last_read_at`; `confirm_by` where deletion is due.
    """

    id: str
    agreement: str
    version: int
    organisation: str
    duties: tuple[str, ...]
    deletion: bool
    confirm_by: datetime | None = None
    reason: str = ""
    reads: int = 0
    last_read_at: datetime | None = None
    asked_at: datetime
    notified_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    statement: str = ""


class Confirm(BaseModel, frozen=True, extra="forbid"):
    """What a signatory confirms on behalf of a past recipient."""

    statement: Text = Field(examples=["All copies were deleted on 2027-03-01, backups included."])


class Retired(BaseModel, frozen=True):
    """An agreement that has ended, and what its past recipients are still bound to."""

    agreement: Agreement
    duties: tuple[Duty, ...]


class Document(BaseModel, frozen=True):
    """A file kept as evidence, such as a countersigned agreement; never replaced."""

    id: str
    about: str
    filename: str
    bytes: int
    sha256: str
    added_at: datetime
