"""Nouns of the access rule: levels, views, exits and rights, who asks, and the decision."""

from datetime import datetime
from enum import IntEnum, StrEnum

from pydantic import BaseModel

from schemas.conditions import Purpose
from schemas.organisation import NetworkRole, OrganisationState, Role, Standing


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
    PICTURE = "picture"
    CODED = "coded"
    AGGREGATE = "aggregate"
    FILES = "files"
    RAW = "raw"
    EXPLAIN = "explain"
    TERMS = "terms"
    SOURCES = "sources"
    EXPORT = "export"
    HARVEST = "harvest"
    LANDING = "landing page"
    OBJECT = "object"
    REVISIONS = "revisions"


class Right(StrEnum):
    """Rights within one's own organisation that are not on the ladder of levels, each on its own."""

    CREATE = "create drafts"
    ADD_FILES = "add files"
    DESCRIBE = "describe"
    RETRY = "retry"
    ACCEPT = "accept findings"
    PROPOSE = "propose release"
    RELEASE = "release"
    GRANT = "grant"
    WITHDRAW = "withdraw"
    BLOCK = "block"
    SET_TEMPLATES = "set templates"
    ANSWER = "answer requests"
    REQUEST = "request access"
    SEE_ACCESSES = "see who looked"
    PREVIEW = "preview as others"
    TRANSFER = "transfer ownership"
    SIGN = "accept agreements"
    MANAGE_PEOPLE = "manage people"
    SEE_PEOPLE = "see people"
    DESCRIBE_LINES = "describe lines"
    SPEAK_FOR = "change the contact address"
    HAND_IN = "hand in to rounds"
    JOIN_ROUNDS = "join rounds"
    SPEAK_IN_ROUNDS = "speak for the line in rounds"
    LEAVE_ROUNDS = "withdraw from rounds"


class NetworkRight(StrEnum):
    """Rights of the network's own roles; none of them opens data, but for break-glass, which its owner is told of."""

    ADMIT = "admit organisations"
    MANAGE_NETWORK = "manage organisations and groups"
    PUBLISH_AGREEMENTS = "publish agreements"
    READ_AUDIT = "read the audit"
    IDENTIFY_PERSONS = "identify persons in the audit"
    EDIT_VOCABULARIES = "edit vocabularies"
    BREAK_GLASS = "break the glass"
    FOUND_ROUNDS = "found rounds"


class TokenScope(StrEnum):
    """What a token may be used for, never more than its user may."""

    READ = "read"
    UPLOAD = "upload"
    MANAGE = "manage"


class GranteeKind(StrEnum):
    """To whom a grant can be given: the network is everybody signed in for an admitted organisation."""

    ORGANISATION = "organisation"
    GROUP = "group"
    USER = "user"
    NETWORK = "network"
    EVERYBODY = "everybody"


class Grantee(BaseModel, frozen=True):
    """One to whom a grant can speak; the network and everybody have no id."""

    kind: GranteeKind
    id: str = ""


class Permit(BaseModel, frozen=True):
    """One (level, view) pair that somebody holds on a dataset.

    `columns` are those of the view of chosen columns; `confidential`: the record's confidential fields, too;
    `collection` is the one in which a blinded dataset has its code.
    """

    level: Level
    view: View = View.FULL
    columns: frozenset[str] = frozenset()
    confidential: bool = False
    collection: str = ""

    def covers(self, level: Level, view: View) -> bool:
        """True when this permit opens what is asked."""
        return self.level >= level and self.view is view


class Contribution(BaseModel, frozen=True):
    """How many datasets of a kind an organisation has given to a collection: released, good, not withdrawn."""

    collection: str
    kind: str
    count: int


class Scope(BaseModel, frozen=True):
    """Everything about who asks, and when, that the rule looks at; two callers with equal scopes get equal answers.

    `own`: the organisation whose datasets are wholly open. `grantees`: all whom a grant would have to name.
    `accepted`: agreements that the organisation has accepted in force. `terms` and `terms_but_purpose`: names of the
    sets of conditions that hold, or would hold if the purpose were stated; `audiences`: numbers of the audiences of
    materialised visibility that the caller belongs to. These three repeat for SQL what the others say.
    """

    own: str | None
    organisation: str = ""
    user: str = ""
    grantees: frozenset[Grantee]
    accepted: frozenset[str] = frozenset()
    contributed: frozenset[Contribution] = frozenset()
    purpose: Purpose | None = None
    at: datetime
    terms: frozenset[str] = frozenset()
    terms_but_purpose: frozenset[str] = frozenset()
    audiences: frozenset[int] = frozenset()


class Principal(BaseModel, frozen=True):
    """Who asks: a person or service acting for one organisation, by a token or a session; or nobody in particular."""

    user: str = ""
    name: str = ""
    organisation: str = ""
    organisation_name: str = ""
    standing: Standing | None = None
    state: OrganisationState | None = None
    roles: frozenset[Role] = frozenset()
    network_roles: frozenset[NetworkRole] = frozenset()
    groups: frozenset[str] = frozenset()
    scopes: frozenset[TokenScope] = frozenset()
    token: str = ""
    session: str = ""
    service: bool = False
    purpose: Purpose | None = None


NOBODY = Principal(scopes=frozenset({TokenScope.READ}))
"""The world: whoever has not signed in."""


class Decision(BaseModel, frozen=True):
    """What the rule answers: allowed or not, whether the caller may know that it exists, why, what would be needed."""

    allowed: bool
    discoverable: bool
    reasons: tuple[str, ...] = ()
    needed: str = ""
    permits: frozenset[Permit] = frozenset()
