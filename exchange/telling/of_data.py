"""Words about datasets: requests for access, grants, corrections, offers, emergency access."""

from typing import Final

from exchange.telling.notice import Notice
from schemas.notification import NotificationKind as Kind

_HIDDEN_REQUEST = "A request for access has come to an end; its dataset is not shown to you any more."
OF_DATA: Final[dict[Kind, Notice]] = {
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
}
