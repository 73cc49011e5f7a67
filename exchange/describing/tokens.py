"""Tokens of previews: signed, so that a change is applied as it was shown or not at all."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from exchange.describing.plan import Planned
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict

VALID = timedelta(hours=1)


def signed(services: Services, who: Principal, wanted: object, plan: Iterable[Planned]) -> str:
    """The token of a preview made now: it names who asks, what for, and every dataset in its revision."""
    return _token(services, who, wanted, plan, int(services.now().timestamp()))


def check(services: Services, who: Principal, wanted: object, plan: Iterable[Planned], token: str) -> None:
    """`Conflict` when the token is not of this change as it stands now, or older than an hour."""
    made = int(token.partition("-")[0])
    age = services.now() - datetime.fromtimestamp(made, UTC)
    right = _token(services, who, wanted, plan, made)
    if not timedelta() <= age <= VALID or not hmac.compare_digest(right, token):
        raise Conflict("What the preview showed has changed meanwhile, or it is not of this change: preview again.")


def _token(services: Services, who: Principal, wanted: object, plan: Iterable[Planned], made: int) -> str:
    facts = [made, who.user, who.organisation, wanted, [one.rests_on for one in plan]]
    text = json.dumps(facts, sort_keys=True)
    return f"{made}-{hmac.new(services.secret, b'describe:' + text.encode(), hashlib.sha256).hexdigest()}"
