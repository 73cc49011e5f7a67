"""Who reads what of a round, and who does what in it. Readable without knowing the rest of the platform.

1. That an opened round exists is known to everybody. Its record is for those with a role in it, the lines that are
   invited, and the network's office; drafts are known to these alone.
2. Until a round is closed everybody reads own results only. Coordinator and statistician see the status of each cell
   under codes: received, versions, checks, names of failed rules; never a value.
3. After closing coordinator and statistician read the results under codes, and from the draft report on every line
   that takes part does, too. The public summary is for all once the report is published.
4. With fewer than five organisations nobody reads anything but own results, whatever their role: what remains would
   tell a single line's values.
5. A line's own submissions, letter and code are for its own organisation alone. Whose code is whose is read by the
   custodian alone; anybody else is shown it by custodian and office together.
6. Custodian and statistician have no line in the round. A coordinator may have one if that is declared.
7. Whoever reads the network's audit, which names who hands in and comments when, reads nothing under codes in a coded
   round but the public summary, and neither coordinates nor does its statistics.
8. Where one house tests the cells that lines make, its people hand in for the lines what it measured. A test house
   has no line in the round; it is told no code, and nothing of how a cell was made. Whoever coordinates or does the
   statistics acts for none: they would know whose a value is.
"""

from typing import Final

from schemas.access import Decision, Right
from schemas.round.rights import RoundProduct, RoundRight, RoundSituation, RoundStanding
from schemas.round.round import UNSEALED, Identity, RoundRole, RoundState

FEWEST: Final = 5
"""Organisations below which there are own results only."""
REPORTED: Final = frozenset({RoundState.COMMENTING, RoundState.PUBLISHED, RoundState.CORRECTED})
APART: Final = frozenset({RoundRole.CUSTODIAN, RoundRole.STATISTICIAN})
"""Whoever has such a role acts for no organisation with a line in the round."""
PUBLISHED: Final = frozenset({RoundState.PUBLISHED, RoundState.CORRECTED})
UNTOLD: Final = frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN})
"""Whoever has such a role knows lines by their codes alone, and does not read the audit."""
_INVITING: Final = frozenset({RoundRole.COORDINATOR, RoundRole.CUSTODIAN})
_RUNNING: Final = UNTOLD | _INVITING
_BLIND: Final = frozenset({RoundProduct.RESULTS, RoundProduct.REPORT, RoundProduct.SUMMARY})

ROLES_OF_ROUND_RIGHT: Final[dict[RoundRight, frozenset[RoundRole]]] = {
    RoundRight.DESCRIBE: frozenset({RoundRole.COORDINATOR}),
    RoundRight.INVITE: frozenset({RoundRole.COORDINATOR}),
    RoundRight.OPEN: frozenset({RoundRole.COORDINATOR}),
    RoundRight.EXTEND: frozenset({RoundRole.COORDINATOR}),
    RoundRight.AMEND: frozenset({RoundRole.COORDINATOR}),
    RoundRight.CLOSE: frozenset({RoundRole.COORDINATOR}),
    RoundRight.CANCEL: frozenset({RoundRole.COORDINATOR}),
    RoundRight.DECIDE: frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN}),
    RoundRight.SHIP: frozenset({RoundRole.CUSTODIAN}),
    RoundRight.CHECK_CELLS: frozenset({RoundRole.CUSTODIAN, RoundRole.STATISTICIAN}),
    RoundRight.EXCLUDE: frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN}),
    RoundRight.EVALUATE: frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN}),
    RoundRight.REPORT: frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN}),
    RoundRight.ANSWER: frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN}),
    RoundRight.PUBLISH: frozenset({RoundRole.COORDINATOR}),
    RoundRight.ASK_UNBLINDING: frozenset({RoundRole.COORDINATOR, RoundRole.STATISTICIAN, RoundRole.CUSTODIAN}),
    RoundRight.AGREE_AS_CUSTODIAN: frozenset({RoundRole.CUSTODIAN}),
    RoundRight.DECLARE: frozenset({RoundRole.COORDINATOR}),
}
"""Rights that a role in the round gives; the others are the lines' own, or the office's."""
LINES_OWN: Final[dict[RoundRight, Right]] = {
    RoundRight.JOIN: Right.JOIN_ROUNDS,
    RoundRight.WAIVE: Right.JOIN_ROUNDS,
    RoundRight.LEAVE: Right.LEAVE_ROUNDS,
    RoundRight.COMMENT: Right.SPEAK_IN_ROUNDS,
    RoundRight.HAND_IN: Right.HAND_IN,
    RoundRight.RECEIVE_CELLS: Right.HAND_IN,
}
"""What a line's own people do in a round, and the right that they need in their organisation for it."""
OFFICES: Final = frozenset({RoundRight.AGREE_AS_OFFICE, RoundRight.CANCEL, RoundRight.CITE})
"""What the network's office does, too."""


def may_read(product: RoundProduct, standing: RoundStanding, on: RoundSituation) -> Decision:
    """Whether somebody of this standing may read a product of a round in this situation."""
    known = (on.opened and on.state is not RoundState.DRAFT) or _inside(standing)
    if not known:
        return Decision(allowed=False, discoverable=False, reasons=("a draft that is not theirs",))
    if product is RoundProduct.NOTICE:
        return _yes("rounds are known")
    if product is RoundProduct.RECORD:
        return _yes("part of the round") if _inside(standing) else _no("not part of the round", _PART)
    if product in (RoundProduct.OWN, RoundProduct.LETTER):
        return _yes("own") if standing.joined else _no("no line in the round", _OWN)
    if product in (RoundProduct.MAPPING, RoundProduct.CUSTODY):
        custodian = RoundRole.CUSTODIAN in standing.roles
        needed = _CUSTODIAN if product is RoundProduct.MAPPING else _SHIPPER
        return _yes("custodian") if custodian else _no("not the custodian", needed)
    if product is RoundProduct.UNBLINDED:
        return _yes("shown by custodian and office") if standing.unblinded else NOT_SHOWN
    if product is RoundProduct.LINES:
        return _yes("invites") if standing.office or standing.roles & _INVITING else _no("no such role", _INVITER)
    if product is RoundProduct.HISTORY:
        return _yes("runs the round") if standing.office or standing.roles & _RUNNING else _no("no such role", _RUNNER)
    if product is RoundProduct.CHECKS:
        return _yes("runs the round") if standing.roles & _RUNNING else _no("no such role", _RUNS)
    if product is RoundProduct.STATUS:
        return _yes("runs the round") if standing.roles & UNTOLD else _no("no such role", _COORDINATOR)
    return _blind(product, standing, on)


def measures_for_lines(standing: RoundStanding, one_house: bool) -> bool:
    """Whether somebody acts for a test house of a round in which such houses test the cells of all lines."""
    measures = RoundRole.TEST_HOUSE in standing.roles and not standing.roles & UNTOLD
    return one_house and measures and not standing.lines


def may(right: RoundRight, standing: RoundStanding, one_house: bool = False) -> Decision:
    """Whether somebody of this standing may do something in a round at all; the state is the verb's to check.

    `one_house`: what is to be done is done by test houses, too, in this round.
    """
    roles = ROLES_OF_ROUND_RIGHT.get(right, frozenset())
    if standing.roles & roles:
        return _yes(f"role {', '.join(sorted(standing.roles & roles))}")
    if right in OFFICES and standing.office:
        return _yes("the network's office")
    if right in LINES_OWN and standing.lines:
        return _yes("own line")
    if right is RoundRight.HAND_IN and measures_for_lines(standing, one_house):
        return _yes("the round's test house")
    if not _inside(standing):
        return Decision(allowed=False, discoverable=True, reasons=("no part in the round",), needed=_PART)
    if roles:
        named = " or ".join(sorted(roles))
        return _no("no such role in the round", f"To {right.value} is for the round's {named} alone.")
    if right in OFFICES:
        return _no("not the network's office", f"To {right.value} is for the network's office alone.")
    return _no("no line in the round", f"To {right.value} is for a line that takes part, by its own people.")


def _blind(product: RoundProduct, standing: RoundStanding, on: RoundSituation) -> Decision:
    if on.state is RoundState.CANCELLED or on.state not in UNSEALED:
        return _no("sealed", "Until the round is closed everybody reads own results only.")
    if on.organisations < FEWEST:
        return _no("too few lines", _FEW)
    if product is RoundProduct.SUMMARY:
        return _yes("published") if on.state in PUBLISHED else _no("not published", "The report is not published yet.")
    if standing.auditor and on.identity is Identity.CODED:
        return _no("reads the audit", _AUDITS)
    if standing.roles & UNTOLD:
        return _yes("runs the round")
    if not standing.joined:
        return _no("no line in the round", _OWN)
    return _yes("takes part") if on.state in REPORTED else _no("no report yet", "The draft report is not made yet.")


def _inside(standing: RoundStanding) -> bool:
    return standing.office or bool(standing.roles) or bool(standing.lines)


def _yes(reason: str) -> Decision:
    return Decision(allowed=True, discoverable=True, reasons=(reason,))


def _no(reason: str, needed: str) -> Decision:
    return Decision(allowed=False, discoverable=True, reasons=(reason,), needed=needed)


NOT_SHOWN: Final = _no(
    "not shown to them",
    "Whose code is whose is shown to the one person for whom custodian and office agree to it, until it ends.",
)
"""The answer for what is open to somebody else, or to nobody, or is not there."""
_PART: Final = "This is for those who take part in the round or have a role in it."
_OWN: Final = "This is for lines that take part in the round; a signatory joins for a line that is invited."
_CUSTODIAN: Final = "Only the round's custodian reads whose code is whose; ask custodian and office for unblinding."
_SHIPPER: Final = (
    "Cells of all lines are followed by the round's custodian alone; a line reads what is recorded of its own."
)
_COORDINATOR: Final = "This is for the round's coordinator and statistician."
_INVITER: Final = "This is for the round's coordinator and custodian, and for the network's office."
_RUNS: Final = "This is for those who run the round."
_RUNNER: Final = "This is for those who run the round, and for the network's office."
_AUDITS: Final = (
    "You read the network's audit, which tells who hands in and comments when: somebody else of your organisation "
    "reads results under codes."
)
_FEW: Final = (
    f"Fewer than {FEWEST} organisations have an accepted cell in this round: everybody reads own results only."
)
