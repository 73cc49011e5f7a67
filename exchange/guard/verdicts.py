"""What the guard answers apart from the rule itself, and how a refusal is raised."""

from schemas.access import Decision, Principal, TokenScope
from schemas.errors import Denied, ExchangeError, NotFound

ALLOWED = Decision(allowed=True, discoverable=True)
ELSEWHERE = Decision(
    allowed=False,
    discoverable=True,
    reasons=("another organisation's",),
    needed="This is for the organisation's own people alone.",
)
OTHER_CELLS = Decision(
    allowed=False,
    discoverable=True,
    reasons=("the raw file holds other cells",),
    needed="The raw file holds more than this dataset, so that its owner alone gets it whole. Take the tables, or ask "
    "the owner for the file of this cell.",
)
NO_SUCH_FORM = Decision(
    allowed=False,
    discoverable=True,
    reasons=("no such view at this exit",),
    needed="There is no such view of this. The blinded view goes by a code, and the aggregate by a collection.",
)
UNKNOWN = Decision(allowed=False, discoverable=False, reasons=("no such dataset",))


def not_reading(who: Principal) -> Decision | None:
    """The refusal of a token that may not read; None for one that may."""
    if TokenScope.READ in who.scopes:
        return None
    needed = "Reading needs a token with the scope 'read'."
    return Decision(allowed=False, discoverable=True, reasons=("token scope",), needed=needed)


def refusal_of(decision: Decision, dataset: str) -> ExchangeError:
    """`Denied` for whoever may know of it, `NotFound` for everybody else."""
    if decision.discoverable:
        return Denied(decision.needed)
    return NotFound(f"There is no dataset {dataset} that you may see.")
