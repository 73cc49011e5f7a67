"""Change many datasets: first a preview with a token, then the change itself, with that token, in one transaction."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from access import changes, policy
from exchange import guard
from exchange.selecting import selected
from exchange.services import Services
from exchange.sharing import changing
from exchange.sharing.bulk.foresee import foresee
from exchange.sharing.bulk.plan import RIGHT_OF_ACTION, planned
from exchange.sharing.subjects import Subject, subjects
from schemas.access import Principal
from schemas.bulk import MOST, Applied, BulkChange, ConfirmedChange, Preview
from schemas.change import Change
from schemas.errors import Conflict
from schemas.policy import Policy
from storage import catalogue, policies

VALID_S = 3600


def preview(services: Services, who: Principal, wanted: BulkChange) -> Preview:
    """What the change would do, before anything is done; for every organisation, the network and the world."""
    ids = _allowed(services, who, wanted, "preview")
    with services.sessions.read() as session:
        on = policies.of(session, ids)
        owned = [one for one in (catalogue.find(session, id) for id in ids) if one is not None]
        plan = planned(services, session, who, owned, on, wanted.action, foreseen=True)
        concerned = _subjects(services, session, on, plan)
    effects, unchanged = foresee(on, plan, concerned, services.now())
    token = _token(services, who, wanted, on, concerned, services.now())
    return Preview(token=token, datasets=tuple(ids), unchanged=unchanged, effects=effects)


def apply(services: Services, who: Principal, wanted: ConfirmedChange) -> Applied:
    """Make the change that was previewed, all of it or nothing; `Conflict` when what the preview rested on changed."""
    ids = _allowed(services, who, wanted, "apply")
    with services.sessions.begin() as session:
        owned = [guard.hold(session, id) for id in ids]
        on = policies.of(session, ids)
        plan = planned(services, session, who, owned, on, wanted.action, foreseen=False)
        made = datetime.fromtimestamp(int(wanted.token.partition("-")[0]), UTC)
        asked = BulkChange(datasets=wanted.datasets, query=wanted.query, action=wanted.action)
        token = _token(services, who, asked, on, _subjects(services, session, on, plan), made)
        fresh = 0 <= (services.now() - made).total_seconds() <= VALID_S
        if not fresh or not hmac.compare_digest(token, wanted.token):
            raise Conflict("What the preview showed has changed meanwhile, or it is not of this change: preview again.")
        changing.carry_out(services, session, plan, who.user)
    return Applied(datasets=tuple(ids))


def _allowed(services: Services, who: Principal, wanted: BulkChange, step: str) -> list[str]:
    """The chosen datasets, when the caller may do this with every one of them."""
    right = RIGHT_OF_ACTION[type(wanted.action)]
    if wanted.query is not None:
        # Whoever may not at all is refused before anything is sought.
        guard.may_at_all(services, who, right, f"bulk {step}: {wanted.action.type}")
    with services.sessions.read() as session:
        ids = selected(session, who, wanted.datasets, wanted.query, MOST)
    guard.require_all(services, who, right, ids, detail=f"bulk {step}: {wanted.action.type}")
    return ids


def _subjects(services: Services, session: Session, on: dict[str, Policy], plan: Sequence[Change]) -> list[Subject]:
    now = services.now()
    both = [*on.values(), *(changes.after(on[one.dataset], one, now) for one in plan)]
    return subjects(session, both, now)


def _token(
    services: Services,
    who: Principal,
    wanted: BulkChange,
    on: dict[str, Policy],
    concerned: Sequence[Subject],
    made: datetime,
) -> str:
    """Signs who asks, what for, every policy as it stands with the grants in force, and everybody's standing."""
    now, seconds = services.now(), int(made.timestamp())
    rests_on = {
        "made": seconds,
        "who": [who.user, who.organisation],
        "wanted": wanted.model_dump(mode="json"),
        "policies": [one.model_dump(mode="json") for one in on.values()],
        "in_force": [one.id for each in on.values() for one in each.grants if policy.in_force(one, now)],
        "embargoed": [one.dataset for one in on.values() if policy.embargoed(one, now)],
        "subjects": [
            [one.kind, one.id, [scope.model_dump(mode="json", exclude={"at"}) for scope in one.scopes]]
            for one in concerned
        ],
    }
    text = json.dumps(_ordered(rests_on), sort_keys=True)
    return f"{seconds}-{hmac.new(services.secret, b'bulk:' + text.encode(), hashlib.sha256).hexdigest()}"


def _ordered(value: object) -> object:
    """The same text for equal sets: whatever has an order of its own here is none that matters."""
    if isinstance(value, dict):
        return {name: _ordered(one) for name, one in value.items()}
    if isinstance(value, list):
        return sorted((_ordered(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value
