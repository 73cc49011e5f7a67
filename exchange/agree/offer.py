"""Offer: under which terms a dataset is open, as the caller's own level sees it, for a connector to read."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from access import policy
from exchange import guard, reach
from exchange.fair import odrl
from exchange.fair.odrl import Asset, Offered
from exchange.services import Services
from schemas.access import Exit, GranteeKind, Level, Principal, Scope
from schemas.agreement import AgreementText
from schemas.conditions import AgreementAccepted, PurposeStated, Reciprocity, Unknown
from schemas.dataset import Dataset, DatasetState
from schemas.policy import Grant, Policy
from storage import agreements, people, policies


def offer(services: Services, who: Principal, dataset: str) -> odrl.Json:
    """The offer as ODRL: what the caller holds, and what grants that name them would open; of nobody else's."""
    return shown(services, who, guard.allow(services, who, Exit.TERMS, dataset))


def shown(services: Services, who: Principal, found: Dataset) -> odrl.Json:
    """The same of a dataset that the guard has let out to the caller already."""
    with services.sessions.read() as session:
        within = reach.asking(session, who, services.now())
        on = policy.by_id(policies.of(session, [found.id])[found.id])
        offered = list(_offered(session, on, within))
        asset = _asset(services, session, found, on, within)
    return odrl.offer(asset, offered)


def _offered(session: Session, on: Policy, within: Scope) -> Iterator[Offered]:
    """Openings that come from no grant, then the grants to the caller: of a dataset that is shut there are none."""
    for one in policy.openings(on, within):
        if one.by != "grant" or on.state is DatasetState.WITHDRAWN:
            yield Offered(one.permit.level, one.permit.view, recipient=_caller(within), until=one.until)
    if on.owner == within.own or on.state is not DatasetState.RELEASED:
        return
    shut = policy.sealed(on, within) or policy.blocked(on, within) or not on.consented
    for grant in () if shut else on.grants:
        named = grant.to in within.grantees and not grant.break_glass and policy.in_force(grant, within.at)
        if named and not any(isinstance(one, Unknown) for one in grant.conditions):
            yield _by_grant(session, grant, on, within)


def _by_grant(session: Session, grant: Grant, on: Policy, within: Scope) -> Offered:
    texts: list[AgreementText] = []
    for one in grant.conditions:
        found = agreements.find(session, one.agreement) if isinstance(one, AgreementAccepted) else None
        if found is not None:
            texts.append(agreements.text(session, found.id, found.newest().number))
    stated = [one for one in grant.conditions if isinstance(one, PurposeStated)]
    waits = policy.waits(grant, on, within.at)
    # What the owner has not confirmed does not open by itself when an embargo ends, so it is not offered.
    opens_then = on.embargo_until is not None and (grant.confirmed_for or grant.created_at) >= on.embargo_until
    return Offered(
        level=min(grant.level, Level.METADATA) if waits and not opens_then else grant.level,
        view=grant.view,
        columns=grant.columns,
        recipient=None if grant.grantee_kind is GranteeKind.EVERYBODY else _caller(within),
        until=grant.expires_at,
        embargo_until=on.embargo_until if waits else None,
        purposes=stated[0].purposes if stated else (),
        agreements=tuple(texts),
        reciprocity=tuple(one for one in grant.conditions if isinstance(one, Reciprocity)),
    )


def _caller(within: Scope) -> str | None:
    return f"urn:plx:organisation:{within.organisation}" if within.organisation else None


def _asset(services: Services, session: Session, found: Dataset, on: Policy, within: Scope) -> Asset:
    owner = people.organisation(session, found.owner)
    licence = found.metadata.licence
    open_record = guard.level_of(on, within) >= Level.METADATA
    return Asset(
        api=f"{services.settings.base_url.rstrip('/')}/api/v1",
        dataset=found.id,
        assigner=owner.ror or f"urn:plx:organisation:{owner.id}",
        licence=f"https://spdx.org/licenses/{licence}" if licence and open_record else None,
    )
