"""Words about rounds: invited, opened, judged, closed, reported, unblinded."""

from typing import Final

from exchange.telling.notice import Notice
from schemas.notification import NotificationKind as Kind

OF_ROUNDS: Final[dict[Kind, Notice]] = {
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
}
