"""Break the glass: emergency access of one person of the office, for hours, with a reason; the owner is told at once.

It opens no seal of a round, whatever the reason.
"""

from datetime import timedelta

from access import policy, scopes
from exchange import guard, visibility
from exchange.services import Services
from exchange.telling import notices, notify
from schemas.access import GranteeKind, Level, NetworkRight, Principal
from schemas.break_glass import BreakGlass
from schemas.errors import Conflict, NotFound
from schemas.notification import Holders, NotificationKind
from schemas.organisation import Role
from schemas.policy import Grant
from storage import catalogue, grants, policies


def break_glass(services: Services, who: Principal, dataset: str, wanted: BreakGlass) -> Grant:
    """Everything of a dataset, for the caller alone, until it ends by itself; `Conflict` where a seal forbids it."""
    _require(services, who, dataset, f"{wanted.hours} hours", wanted.reason)
    now = services.now()
    made = Grant(
        id=services.new_id(),
        dataset=dataset,
        grantee_kind=GranteeKind.USER,
        grantee=who.user,
        level=Level.RAW,
        break_glass=True,
        created_at=now,
        expires_at=now + timedelta(hours=wanted.hours),
        reason=wanted.reason,
    )
    with services.sessions.begin() as session:
        owner = catalogue.lock(session, dataset).owner
        on = policies.find(session, dataset)
        if on is not None and policy.sealed(on, scopes.scope(who, now)):
            raise Conflict("A sealed round closes this dataset until it opens; no emergency access opens it before.")
        grants.add(session, made, who.user)
        visibility.refresh(session, [dataset])
        facts = {
            "person": who.user,
            "organisation": who.organisation_name,
            "until": notices.when(made.expires_at),
            "reason": wanted.reason,
        }
        to = Holders(organisation=owner, roles=frozenset({Role.STEWARD, Role.ADMIN}))
        notify.notify(services, session, to=to, kind=NotificationKind.GLASS_BROKEN, about=dataset, facts=facts)
    return made


def end(services: Services, who: Principal, dataset: str, grant: str) -> None:
    """End emergency access before its time; by the office."""
    _require(services, who, dataset, f"end {grant}", "")
    with services.sessions.begin() as session:
        found = next((one for one in grants.on(session, [dataset]) if one.id == grant), None)
        if found is None or not found.break_glass:
            raise NotFound("There is no such emergency access.")
        grants.revoke(session, dataset, grant, who.user, services.now())
        visibility.refresh(session, [dataset])


def _require(services: Services, who: Principal, dataset: str, detail: str, reason: str) -> None:
    with services.sessions.read() as session:
        found = catalogue.find(session, dataset)
    touched = () if found is None else (found,)
    guard.require_in_network(services, who, NetworkRight.BREAK_GLASS, dataset, detail, said=reason, touched=touched)
