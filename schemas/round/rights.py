"""What can be read of a round, and what can be done in it: the questions that the rule of rounds answers."""

from enum import StrEnum

from pydantic import BaseModel

from schemas.round.round import Identity, RoundRole, RoundState


class RoundProduct(StrEnum):
    """Everything that leaves a round."""

    NOTICE = "notice"
    """That the round exists."""
    RECORD = "record"
    """Its protocol, KPIs, plan, dates and rules."""
    STATUS = "status"
    """Line × cell under codes: received, versions, checks passed, names of failed rules."""
    OWN = "own results"
    """A line's own submissions, receipts, KPIs and code."""
    RESULTS = "results"
    """All lines under codes: values, statistics, scores, curves, exclusions, comments."""
    REPORT = "participants' report"
    LETTER = "private letter"
    """One line's own letter, sheet and certificate."""
    SUMMARY = "public summary"
    MAPPING = "codes"
    """Whose code is whose."""
    UNBLINDED = "unblinded code"
    """Whose one code is, for the one person whom custodian and office show it."""
    CUSTODY = "custody"
    """Cells on their way, by line."""
    CHECKS = "checks of cells"
    """Whether cells were alike and stayed so."""
    LINES = "lines by name"
    """Who is invited; no code, and nothing of what they do once the round is open."""
    HISTORY = "history"
    """What happened, when; no person, no line, no code."""


class RoundRight(StrEnum):
    """Everything that is done in a round."""

    DESCRIBE = "describe the round"
    INVITE = "invite lines"
    OPEN = "open the round"
    EXTEND = "extend a line's time"
    AMEND = "amend the plan"
    CLOSE = "close the round"
    CANCEL = "cancel the round"
    DECLARE = "declare a conflict"
    JOIN = "join the round"
    LEAVE = "withdraw from the round"
    WAIVE = "waive being coded"
    HAND_IN = "hand in"
    DECIDE = "accept or reject submissions"
    SHIP = "record custody"
    RECEIVE_CELLS = "confirm cells"
    CHECK_CELLS = "check homogeneity and stability"
    EXCLUDE = "leave out results"
    EVALUATE = "evaluate"
    REPORT = "make the report"
    COMMENT = "comment on the draft report"
    ANSWER = "answer comments"
    PUBLISH = "publish the report"
    ASK_UNBLINDING = "ask for unblinding"
    AGREE_AS_CUSTODIAN = "agree to unblinding as custodian"
    AGREE_AS_OFFICE = "agree to unblinding as office"
    CITE = "register a DOI of the summary"


class RoundStanding(BaseModel, frozen=True):
    """How somebody stands to a round: the roles they hold, and the own organisation's lines in it.

    `lines`: invited or joined; `joined` those that take part, withdrawn ones included; `office`: of the network.
    `unblinded`: what custodian and office show this person; `auditor`: reads the network's audit.
    """

    roles: frozenset[RoundRole] = frozenset()
    office: bool = False
    lines: frozenset[str] = frozenset()
    joined: frozenset[str] = frozenset()
    unblinded: frozenset[str] = frozenset()
    auditor: bool = False


class RoundSituation(BaseModel, frozen=True):
    """What of a round the rule looks at; `organisations` counts those with an accepted cell before exclusions.

    `opened`: it was open once; one that was cancelled as a draft stays unknown.
    """

    state: RoundState
    opened: bool = True
    identity: Identity = Identity.CODED
    organisations: int = 0
