"""Materialised visibility: who is meant to know of a dataset, as audiences; the rule of `access.policy`, turned round.

For every scope: the scope hears one of `listed_to(policy)` at its moment exactly when `decide` allows the level
`listed` in the full view.
"""

from collections.abc import Iterator

from access import conditions
from access.conditions import Met
from schemas.access import Grantee, GranteeKind, Level, Scope, View
from schemas.dataset import DatasetState, Visibility
from schemas.policy import Audience, Grant, Listed, Policy

_OF_VISIBILITY = {Visibility.NETWORK: GranteeKind.NETWORK, Visibility.WORLD: GranteeKind.EVERYBODY}


def listed_to(policy: Policy) -> frozenset[Listed]:
    """Every entry of a dataset; what begins or ends by itself carries its moments."""
    return frozenset(_entries(policy))


def hears(audience: Audience, within: Scope) -> bool:
    """True when the scope belongs to the audience now."""
    if audience.kind == "owner":
        return audience.id == within.own
    if audience.only is not None and within.organisation not in audience.only:
        return False
    shut_out = {
        Grantee(kind=GranteeKind.ORGANISATION, id=within.organisation),
        Grantee(kind=GranteeKind.USER, id=within.user),
    }
    meant = Grantee(kind=GranteeKind(audience.kind), id=audience.id) in within.grantees
    # Break-glass names one person, who may have no role that reads.
    meant = meant or (audience.kind == "user" and bool(within.user) and audience.id == within.user and audience.glass)
    return meant and not audience.less & shut_out and conditions.met(audience.conditions, within) is not Met.NOT


def _entries(policy: Policy) -> Iterator[Listed]:
    yield Listed(audience=Audience(kind="owner", id=policy.owner))
    only = frozenset.intersection(*(one.parties for one in policy.seals)) if policy.seals else None
    for grant in policy.grants:
        if grant.break_glass and grant.revoked_at is None and grant.level > Level.NONE:
            yield _timed(grant, Audience(kind="user", id=grant.grantee, only=only, glass=True))
    if policy.state is DatasetState.DRAFT or not policy.consented:
        return
    kind = _OF_VISIBILITY.get(policy.visibility)
    if kind is not None:
        yield Listed(audience=Audience(kind=kind.value, less=policy.blocks, only=only))
    for grant in policy.grants:
        shows = grant.view in (View.FULL, View.COLUMNS) and grant.level > Level.NONE
        if grant.break_glass or grant.revoked_at is not None or not shows:
            continue
        audience = Audience(
            kind=grant.grantee_kind.value,
            id=grant.grantee,
            conditions=frozenset(grant.conditions),
            less=policy.blocks,
            only=only,
        )
        yield _timed(grant, audience)


def _timed(grant: Grant, audience: Audience) -> Listed:
    return Listed(audience=audience, starts_at=grant.starts_at, ends_at=grant.expires_at)
