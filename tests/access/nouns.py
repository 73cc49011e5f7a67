"""Policies, grants and principals of the access tests, with only what a test wants to say about them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.access import Grantee, GranteeKind, Level, Principal, TokenScope, View
from schemas.conditions import Purpose
from schemas.dataset import DatasetState, Visibility
from schemas.organisation import NetworkRole, OrganisationState, Role, Standing
from schemas.policy import Grant, Policy, Seal

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def policy(
    *grants: Grant,
    state: DatasetState = DatasetState.RELEASED,
    visibility: Visibility = Visibility.ORGANISATION,
    owner: str = "north",
    embargo_until: datetime | None = None,
    consented: bool = True,
    blocks: frozenset[Grantee] = frozenset(),
    seals: tuple[Seal, ...] = (),
) -> Policy:
    return Policy(
        dataset="PLX-0000-0000",
        owner=owner,
        owner_name=f"{owner.title()} Line",
        state=state,
        visibility=visibility,
        embargo_until=embargo_until,
        consented=consented,
        grants=grants,
        blocks=blocks,
        seals=seals,
    )


def grant(
    level: Level,
    grantee: str = "west",
    kind: GranteeKind = GranteeKind.ORGANISATION,
    view: View = View.FULL,
    **more: Any,  # Any: any other field of a grant
) -> Grant:
    return Grant(
        id="g1",
        dataset="PLX-0000-0000",
        grantee_kind=kind,
        grantee=grantee,
        level=level,
        view=view,
        created_at=NOW - 5 * DAY,
        **more,
    )


def principal(
    organisation: str = "west",
    role: Role | frozenset[Role] = Role.STEWARD,
    standing: Standing = Standing.MEMBER,
    groups: frozenset[str] = frozenset(),
    scopes: frozenset[TokenScope] = frozenset(TokenScope),
    state: OrganisationState = OrganisationState.ADMITTED,
    network_roles: frozenset[NetworkRole] = frozenset(),
    purpose: Purpose | None = None,
) -> Principal:
    roles = frozenset({role}) if isinstance(role, Role) else role
    return Principal(
        user=f"{organisation}-somebody",
        name="Somebody",
        organisation=organisation,
        organisation_name=f"{organisation.title()} Line",
        standing=standing,
        state=state,
        roles=roles,
        network_roles=network_roles,
        groups=groups,
        scopes=scopes,
        purpose=purpose,
    )
