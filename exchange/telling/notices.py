"""The words of notifications: one fixed text for each kind, and one for when its dataset is hidden from the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Formatter

from schemas.notification import NotificationKind as Kind

LONGEST_FACT = 2000
GONE = "Somebody who has left"


@dataclass(frozen=True)
class Notice:
    """`text` names facts and `{dataset}`; `hidden` names none. `quote` is a free text of somebody's, put last.

    `own`: it is told even when the dataset is hidden, in the words of `hidden`; else whoever may not know of the
    dataset is not told at all. `security`: nobody can switch it off.
    """

    subject: str
    text: str
    hidden: str = "Something about a dataset that is not shown to you any more."
    quote: str = ""
    own: bool = False
    security: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """The facts without which the text cannot be made."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.text) if name) - {"dataset"}


_HIDDEN_REQUEST = "A request for access has come to an end; its dataset is not shown to you any more."
NOTICES: dict[Kind, Notice] = {
    Kind.REQUEST_RECEIVED: Notice(
        "A request for access",
        "{person} of {organisation} asks for {level} of {dataset}, for {purpose}. Answer request {request}.",
        quote="text",
    ),
    Kind.REQUEST_WAITING: Notice(
        "A request for access waits",
        "The request of {organisation} for {level} of {dataset} waits for an answer; it ends by itself on {until}.",
    ),
    Kind.REQUEST_APPROVED: Notice(
        "Your request was approved",
        "{owner} gave your organisation {level} of {dataset}, until {until}.",
        hidden=_HIDDEN_REQUEST,
        quote="reason",
        own=True,
    ),
    Kind.REQUEST_DECLINED: Notice(
        "Your request was declined",
        "{owner} declined your request for {level} of {dataset}.",
        hidden=_HIDDEN_REQUEST,
        quote="reason",
        own=True,
    ),
    Kind.REQUEST_EXPIRED: Notice(
        "Your request ended", "Your request for {level} of {dataset} ended.", _HIDDEN_REQUEST, quote="reason", own=True
    ),
    Kind.REQUEST_WITHDRAWN: Notice(
        "A request was withdrawn", "{organisation} withdrew its request for {level} of {dataset}."
    ),
    Kind.GRANT_ENDING: Notice(
        "Access ends soon", "The grant of {level} of {dataset} to {grantee} ends by itself on {until}."
    ),
    Kind.DATA_CORRECTED: Notice(
        "Data that you read were corrected",
        "{owner} corrected {dataset}, which your organisation has read: {what}.",
        hidden="Data that your organisation has read were corrected; they are not shown to you any more.",
        quote="note",
        own=True,
    ),
    Kind.DATA_WITHDRAWN: Notice(
        "Data that you read were withdrawn",
        "{owner} withdrew {dataset}, which your organisation has read.",
        hidden="Data that your organisation has read were withdrawn; they are not shown to you any more.",
        quote="note",
        own=True,
    ),
    Kind.RELEASE_PROPOSED: Notice("A release is proposed", "{person} proposes to release {dataset}.", quote="text"),
    Kind.EMBARGO_ENDING: Notice(
        "An embargo ends soon",
        "The embargo of {dataset} ends on {until}. Only what is prepared and confirmed opens then.",
    ),
    Kind.DATASET_OFFERED: Notice(
        "A dataset is offered to your organisation",
        "{organisation} offers {dataset} to your organisation. Accept or decline offer {offer}.",
        hidden="Another organisation offers a dataset to yours; see the offers to answer it.",
        quote="reason",
        own=True,
    ),
    Kind.OWNER_CHANGED: Notice("A dataset has a new owner", "{dataset} went from {before} to {owner}.", quote="reason"),
    Kind.GLASS_BROKEN: Notice(
        "Emergency access to your data",
        "{person} of {organisation} took emergency access to {dataset}, until {until}.",
        hidden="Emergency access was taken to a dataset of your organisation; ask a steward.",
        quote="reason",
        own=True,
        security=True,
    ),
    Kind.AGREEMENT_PUBLISHED: Notice(
        "An agreement has a new version",
        "The agreement '{agreement}' has a new version {version}; access that rests on it may wait until a signatory "
        "of your organisation accepts it.",
    ),
    Kind.AGREEMENT_RETIRED: Notice(
        "An agreement has ended", "The agreement '{agreement}' has ended. Duties that survive it stay.", quote="duties"
    ),
    Kind.ORGANISATION_CHANGED: Notice(
        "Your organisation in the network", "{organisation} is now {state} in the network.", quote="reason"
    ),
    Kind.ROUND_INVITATION: Notice(
        "Your line is invited to a round",
        "Your line {line} is invited to the round '{round}' ({id}). A signatory of your organisation joins for it, "
        "once the agreement '{agreement}' is accepted.",
    ),
    Kind.ROUND_OPENED: Notice(
        "A round is open",
        "The round '{round}' ({id}) is open, and your line {line} takes part under a code that the round's page shows "
        "to your organisation alone. Hand in until {until}.",
    ),
    Kind.ROUND_EXTENDED: Notice(
        "More time to hand in", "Your line {line} may hand in to the round '{round}' ({id}) until {until}."
    ),
    Kind.ROUND_DECIDED: Notice(
        "What your line handed in was judged",
        "What your line {line} handed in for the cell {cell} to the round '{round}' ({id}) is {state}.",
        quote="reason",
    ),
    Kind.ROUND_AMENDED: Notice(
        "The plan of a round was amended",
        "The evaluation plan of the round '{round}' ({id}) was amended.",
        quote="reason",
    ),
    Kind.ROUND_SHRUNK: Notice(
        "A round has become small",
        "A line withdrew from the round '{round}' ({id}); lines of {left} organisations still take part. With accepted "
        "results of fewer than {fewest} organisations everybody reads own results only.",
    ),
    Kind.ROUND_CLOSED: Notice(
        "A round is closed",
        "The round '{round}' ({id}) is closed. What is handed in from now on is shown apart and never counts.",
        quote="reason",
    ),
    Kind.ROUND_CANCELLED: Notice(
        "A round was cancelled", "The round '{round}' ({id}) was cancelled; nothing is evaluated.", quote="reason"
    ),
    Kind.ROUND_REPORTED: Notice(
        "A draft report is there",
        "The draft report of the round '{round}' ({id}) is there, with a letter for each line. Comment or appeal until "
        "{until}.",
    ),
    Kind.ROUND_COMMENTED: Notice(
        "A line has spoken on a draft report",
        "On the draft report of the round '{round}' ({id}) a line has made {what}. Answer it.",
    ),
    Kind.ROUND_ANSWERED: Notice(
        "Your comment was answered",
        "What your line said on the draft report of the round '{round}' ({id}) was answered.",
    ),
    Kind.ROUND_PUBLISHED: Notice(
        "The report of a round is published",
        "The report of the round '{round}' ({id}) is published, with a letter and a certificate for each line. "
        "What was sealed is open again to whom its owner permits.",
    ),
    Kind.ROUND_CORRECTED: Notice(
        "The report of a round was corrected",
        "The published report of the round '{round}' ({id}) was corrected: evaluation {number} takes the place of the "
        "one before. What you have taken of it is superseded.",
        quote="reason",
    ),
    Kind.ROUND_REMINDER: Notice(
        "Cells of a round are missing",
        "Of your line {line} {missing} of {cells} cells are not handed in yet to the round '{round}' ({id}). Hand in "
        "until {until}; what comes later never counts.",
    ),
    Kind.ROUND_UNBLINDING_ASKED: Notice(
        "Showing a code is asked for",
        "In the round '{round}' ({id}) it is asked to show somebody whose a code is. Custodian and office look at "
        "unblinding {unblinding} and agree to it, or end it.",
        quote="reason",
    ),
    Kind.ROUND_UNBLINDING_AGREED: Notice(
        "A code is shown to you",
        "Custodian and office of the round '{round}' ({id}) show you whose one code is: read unblinding {unblinding}. "
        "The line is told; each time that you read it is recorded.",
    ),
    Kind.ROUND_UNBLINDED: Notice(
        "Your line's code is shown to somebody",
        "Custodian and office of the round '{round}' ({id}) have agreed to show {person} of {organisation} which code "
        "is that of your line {line}.",
        quote="reason",
        security=True,
    ),
    Kind.ACCOUNT_CHANGED: Notice(
        "Something of your account changed",
        "{what} If this was not you or your admin, tell your admin at once.",
        security=True,
    ),
    Kind.INVITATION: Notice(
        "You are invited",
        "{organisation} invites you to the data exchange. Follow {link} before {until}.",
        security=True,
    ),
    Kind.PASSWORD_RESET: Notice(
        "A new password",
        "Somebody, we hope you, asked for a new password. Follow {link} before {until}; else do nothing.",
        security=True,
    ),
}


def checked(kind: Kind, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts to keep; `ValueError` when one is missing or not known: a text must not depend on luck."""
    notice = NOTICES[kind]
    if not notice.needs <= set(facts) or not set(facts) <= notice.needs | {notice.quote}:
        raise ValueError(f"{kind.value} takes the facts {sorted(notice.needs | {notice.quote} - {''})}")
    return {name: text[:LONGEST_FACT] for name, text in facts.items()}


def composed(kind: Kind, facts: Mapping[str, str], dataset: str | None, hidden: bool, person: str | None = None) -> str:
    """The text for somebody who may know of the dataset, named in `dataset` as they see it, or (hidden) may not.

    `person` is what the person is called whom it names.
    """
    notice = NOTICES[kind]
    if hidden:
        return notice.hidden
    plain = {name: _one_line(text) for name, text in (dict(facts) | {"person": person or GONE}).items()}
    text = notice.text.format_map(plain | {"dataset": _one_line(dataset or "")})
    said = _lines(facts.get(notice.quote, "")) if notice.quote else []
    return "\n".join([text, *(["", *(f"> {line}" for line in said)] if said else [])])


def when(moment: datetime | None) -> str:
    """A moment as people read it; without one: no end."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment is not None else "further notice"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _lines(text: str) -> list[str]:
    return [line for line in map(_one_line, text.splitlines()) if line]
