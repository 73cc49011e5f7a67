"""Datasets, grants and principals of the access tests, with only what a test wants to say about them."""

from datetime import UTC, datetime, timedelta

from schemas.access import Grant, GranteeKind, Level, Principal, TokenScope, View
from schemas.dataset import Dataset, DatasetState, Visibility
from schemas.metadata import Metadata
from schemas.organisation import Role, Standing

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def dataset(
    state: DatasetState = DatasetState.RELEASED,
    visibility: Visibility = Visibility.ORGANISATION,
    owner: str = "north",
) -> Dataset:
    return Dataset(
        id="PLX-0000-0000",
        owner=owner,
        owner_name=f"{owner.title()} Line",
        state=state,
        visibility=visibility,
        created_at=NOW - 10 * DAY,
        revision=1,
        metadata=Metadata(),
    )


def grant(
    level: Level,
    grantee: str = "west",
    kind: GranteeKind = GranteeKind.ORGANISATION,
    view: View = View.FULL,
    expires_at: datetime | None = None,
    revoked_at: datetime | None = None,
) -> Grant:
    return Grant(
        id="g1",
        dataset="PLX-0000-0000",
        grantee_kind=kind,
        grantee=grantee,
        level=level,
        view=view,
        created_at=NOW - 5 * DAY,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )


def principal(
    organisation: str = "west",
    role: Role = Role.STEWARD,
    standing: Standing = Standing.MEMBER,
    groups: frozenset[str] = frozenset(),
    scopes: frozenset[TokenScope] = frozenset(TokenScope),
) -> Principal:
    return Principal(
        user=f"{organisation}-{role.value}",
        name="Somebody",
        organisation=organisation,
        organisation_name=f"{organisation.title()} Line",
        standing=standing,
        role=role,
        groups=groups,
        scopes=scopes,
    )
