"""Share: grant, edit and revoke; to whom a dataset was given."""

from access import effect
from exchange import guard, visibility
from exchange.services import Services
from exchange.sharing import giving, terms
from schemas.access import Principal, Right
from schemas.errors import Denied, NotFound
from schemas.policy import Grant, GrantInEffect, NewGrant
from storage import catalogue, grants, policies


def grant(services: Services, who: Principal, dataset: str, wanted: NewGrant) -> Grant:
    """Give a level in a view, on conditions, from then until then; `Refused` names everything that is wrong with it."""
    guard.require(services, who, Right.GRANT, dataset)
    with services.sessions.begin() as session:
        made = giving.give(services, session, guard.hold(session, dataset), wanted, who.user)
        visibility.refresh(session, [dataset])
    return made


def edit(services: Services, who: Principal, dataset: str, grant: str, wanted: NewGrant) -> Grant:
    """Another grant in place of this one, which ends in the same moment."""
    guard.require(services, who, Right.GRANT, dataset, detail=f"edit {grant}")
    with services.sessions.begin() as session:
        owned = guard.hold(session, dataset)
        _not_glass(grants.on(session, [dataset]), grant)
        grants.revoke(session, dataset, grant, who.user, services.now())
        made = giving.give(services, session, owned, wanted, who.user)
        visibility.refresh(session, [dataset])
    return made


def granted(services: Services, who: Principal, dataset: str) -> list[GrantInEffect]:
    """All grants on a dataset, ended and revoked ones included, each with its effect now."""
    guard.require(services, who, Right.GRANT, dataset)
    with services.sessions.read() as session:
        on = effect.to_owner(policies.of(session, [dataset])[dataset])
        return terms.in_effect(session, on, on.grants, services.now())


def revoke(services: Services, who: Principal, dataset: str, grant: str) -> None:
    """End a grant at once."""
    guard.require(services, who, Right.GRANT, dataset, detail=f"revoke {grant}")
    with services.sessions.begin() as session:
        catalogue.lock(session, dataset)
        _not_glass(grants.on(session, [dataset]), grant)
        grants.revoke(session, dataset, grant, who.user, services.now())
        visibility.refresh(session, [dataset])


def _not_glass(given: list[Grant], grant: str) -> None:
    found = next((one for one in given if one.id == grant), None)
    if found is None:
        raise NotFound("There is no such grant on this dataset.")
    if found.break_glass:
        raise Denied("This is emergency access by the network's office: it ends by itself, or by the office.")
