"""Words about agreements, organisations and accounts."""

from typing import Final

from exchange.telling.notice import Notice
from schemas.notification import NotificationKind as Kind

OF_PEOPLE: Final[dict[Kind, Notice]] = {
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
