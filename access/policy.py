"""The access rule, written once: who may reach what, and why. Readable without knowing the rest of the platform.

1. An organisation reaches everything of its own datasets, in every state, full view.
2. A draft is reached by nobody else.
3. A released dataset that is shown to the network is *listed* for everybody signed in.
4. A grant gives its grantee its level in its view, while it is neither revoked nor ended and the dataset is released.
5. A withdrawn dataset stays listed for those who could see that it exists; nothing more of it is open to others, and
   nothing of it is changed any more.
6. What no rule opens is closed. Whoever may not even know that a dataset exists is told that it does not.
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.access import (
    Decision,
    Exit,
    Grant,
    Grantee,
    GranteeKind,
    Level,
    Permit,
    Principal,
    Right,
    Scope,
    TokenScope,
    View,
)
from schemas.dataset import Dataset, DatasetState, Visibility
from schemas.organisation import Role, Standing

LEVEL_OF_EXIT: dict[Exit, Level] = {
    Exit.LIST: Level.LISTED,
    Exit.DETAIL: Level.LISTED,
    Exit.SUMMARY: Level.SUMMARY,
    Exit.COMPARE: Level.SUMMARY,
    Exit.PRODUCTION: Level.METADATA,
    Exit.REPORT: Level.TABLES,
    Exit.TABLE: Level.TABLES,
    Exit.SERIES: Level.TABLES,
    Exit.FILES: Level.TABLES,
    Exit.RAW: Level.RAW,
}

_WRITERS = frozenset({Role.CONTRIBUTOR, Role.STEWARD})
_STEWARDS = frozenset({Role.STEWARD})
ROLES_OF_RIGHT: dict[Right, frozenset[Role]] = {
    Right.CREATE: _WRITERS,
    Right.ADD_FILES: _WRITERS,
    Right.DESCRIBE: _WRITERS,
    Right.RETRY: _WRITERS,
    Right.ACCEPT: _WRITERS,
    Right.RELEASE: _STEWARDS,
    Right.GRANT: _STEWARDS,
    Right.WITHDRAW: _STEWARDS,
}
SCOPE_OF_RIGHT: dict[Right, TokenScope] = {
    Right.CREATE: TokenScope.UPLOAD,
    Right.ADD_FILES: TokenScope.UPLOAD,
    Right.DESCRIBE: TokenScope.UPLOAD,
    Right.RETRY: TokenScope.UPLOAD,
    Right.ACCEPT: TokenScope.UPLOAD,
    Right.RELEASE: TokenScope.MANAGE,
    Right.GRANT: TokenScope.MANAGE,
    Right.WITHDRAW: TokenScope.MANAGE,
}


def scope(principal: Principal, now: datetime) -> Scope:
    """What this principal may reach at this moment."""
    grantees = {Grantee(kind=GranteeKind.ORGANISATION, id=principal.organisation)}
    grantees |= {Grantee(kind=GranteeKind.GROUP, id=group) for group in principal.groups}
    return Scope(own=principal.organisation, network=True, grantees=frozenset(grantees), at=now)


def in_force(grant: Grant, at: datetime) -> bool:
    """True while a grant is neither revoked nor ended."""
    return grant.revoked_at is None and (grant.expires_at is None or grant.expires_at > at)


def permits(dataset: Dataset, grants: Iterable[Grant], within: Scope) -> frozenset[Permit]:
    """Every (level, view) that the scope opens on a dataset; `grants` are those on this dataset."""
    if dataset.owner == within.own:
        return frozenset({Permit(level=Level.RAW, view=View.FULL)})
    if dataset.state is DatasetState.DRAFT:
        return frozenset()
    found = set()
    if within.network and dataset.visibility is Visibility.NETWORK:
        found.add(Permit(level=Level.LISTED, view=View.FULL))
    for grant in grants:
        if grant.dataset != dataset.id or not in_force(grant, within.at):
            continue
        if Grantee(kind=grant.grantee_kind, id=grant.grantee) in within.grantees and grant.level > Level.NONE:
            withdrawn = dataset.state is DatasetState.WITHDRAWN
            found.add(Permit(level=Level.LISTED if withdrawn else grant.level, view=grant.view))
    return frozenset(found)


def decide(dataset: Dataset, grants: Iterable[Grant], within: Scope, asked: Level, view: View = View.FULL) -> Decision:
    """Whether the scope opens `asked` in `view` on the dataset, with the reason, or with what would be needed."""
    held = permits(dataset, grants, within)
    if any(permit.covers(asked, view) for permit in held):
        why = "your own organisation's" if dataset.owner == within.own else "permitted"
        return Decision(allowed=True, discoverable=True, reasons=(f"{why}: {asked.name.lower()}, {view.value} view",))
    if not held:
        return Decision(allowed=False, discoverable=False, reasons=("nothing opens this dataset",))
    best = max(permit.level for permit in held)
    needed = (
        f"You may see this dataset at level '{best.name.lower()}'; this needs '{asked.name.lower()}' in the "
        f"{view.value} view. Ask {dataset.owner_name}, who owns it, for a grant at that level."
    )
    if dataset.state is DatasetState.WITHDRAWN:
        needed = f"This dataset was withdrawn by {dataset.owner_name}; only its entry remains."
    return Decision(allowed=False, discoverable=True, reasons=(f"holds {best.name.lower()} only",), needed=needed)


def may(principal: Principal, right: Right, dataset: Dataset | None, discoverable: bool = True) -> Decision:
    """Whether the principal may exercise a right, on a dataset of their own organisation or (None) in general."""
    if dataset is not None and dataset.owner != principal.organisation:
        needed = f"Only {dataset.owner_name}, who owns this dataset, may {right.value}."
        return Decision(allowed=False, discoverable=discoverable, reasons=("another organisation's",), needed=needed)
    if dataset is not None and dataset.state is DatasetState.WITHDRAWN:
        needed = "This dataset was withdrawn; nothing of it is changed any more. Make a new one."
        return Decision(allowed=False, discoverable=True, reasons=("withdrawn",), needed=needed)
    if principal.role not in ROLES_OF_RIGHT[right]:
        roles = " or ".join(sorted(ROLES_OF_RIGHT[right]))
        needed = f"To {right.value} needs the role {roles}; yours is {principal.role.value}."
        return Decision(allowed=False, discoverable=True, reasons=(f"role {principal.role.value}",), needed=needed)
    if SCOPE_OF_RIGHT[right] not in principal.scopes:
        needed = f"To {right.value} needs a token with the scope '{SCOPE_OF_RIGHT[right].value}'."
        return Decision(allowed=False, discoverable=True, reasons=("token scope",), needed=needed)
    if right is Right.CREATE and principal.standing is not Standing.MEMBER:
        needed = "Only members of the network, who run a pilot line, may create datasets."
        return Decision(allowed=False, discoverable=True, reasons=(f"standing {principal.standing}",), needed=needed)
    return Decision(allowed=True, discoverable=True, reasons=(f"role {principal.role.value}",))
