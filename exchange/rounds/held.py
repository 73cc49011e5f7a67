"""One round within a transaction, held in a state in which something may be done."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from schemas.errors import Conflict
from schemas.round.round import UNSEALED, Round, RoundState
from storage import rounds

BEFORE_OPENING = (RoundState.DRAFT,)
WHILE_OPEN = (RoundState.OPEN,)
BEFORE_CLOSING = (RoundState.DRAFT, RoundState.OPEN)
BEFORE_EVALUATION = (RoundState.OPEN, RoundState.CLOSED)
HAS_CODES = (RoundState.OPEN, *(one for one in RoundState if one in UNSEALED))
"""From opening on."""
BEFORE_REPORTING = (RoundState.DRAFT, RoundState.OPEN, RoundState.CLOSED, RoundState.EVALUATED)
BEFORE_PUBLISHING = (
    RoundState.DRAFT,
    RoundState.OPEN,
    RoundState.CLOSED,
    RoundState.EVALUATED,
    RoundState.COMMENTING,
)


def held(session: Session, round: str, states: Collection[RoundState], what: str) -> Round:
    """The round, its row held until commit; `Conflict` when it is in none of these states. The guard has found it."""
    one = rounds.find(session, round, lock=True)
    assert one is not None
    return standing(one, states, what)


def standing(one: Round, states: Collection[RoundState], what: str) -> Round:
    """The round, when it is in one of these states; else `Conflict`. To refuse before work that is long."""
    if one.state not in states:
        named = " or ".join(state.value for state in states)
        raise Conflict(f"The round {one.id} is {one.state.value}; {what} only while it is {named}.")
    return one
