"""Who may exercise which right: by role, by token, by standing, and on one's own organisation's datasets alone."""

from collections.abc import Sequence

from access.roles import ROLES_OF_NETWORK_RIGHT, ROLES_OF_RIGHT, SCOPE_OF_RIGHT, WITHOUT_TAKING_PART
from schemas.access import Decision, NetworkRight, Principal, Right, TokenScope
from schemas.dataset import DatasetState
from schemas.organisation import OrganisationState, Standing
from schemas.policy import Policy

_ALWAYS = frozenset({Right.SEE_ACCESSES, Right.PREVIEW})
"""Rights that change nothing: a withdrawn dataset has them, too."""


def may(
    principal: Principal,
    right: Right,
    on: Policy | None,
    discoverable: bool = True,
    owed: Sequence[str] = (),
    standing: bool = False,
) -> Decision:
    """Whether the principal may exercise a right, on a dataset of their own organisation or (None) in general.

    `owed`: agreements that taking part needs and that their organisation has not accepted; it may close, not open.
    `standing`: a steward has settled by a template how such data are released; then whoever may propose a release may
    release.
    """
    decision = _may(principal, right, on, discoverable, owed)
    if right is Right.RELEASE and standing and not decision.allowed:
        return _may(principal, Right.PROPOSE, on, discoverable, owed)
    return decision


def may_in_network(principal: Principal, right: NetworkRight) -> Decision:
    """Whether the principal may exercise a right of the network's own roles."""
    roles = ROLES_OF_NETWORK_RIGHT[right]
    if not principal.network_roles & roles or principal.state is not OrganisationState.ADMITTED:
        return _refused("network role", f"To {right.value} needs the network's role {_listed(roles)}.")
    if TokenScope.MANAGE not in principal.scopes:
        return _refused("token scope", f"To {right.value} needs a token with the scope 'manage'.")
    return Decision(allowed=True, discoverable=True, reasons=(f"network roles {_listed(principal.network_roles)}",))


def _may(principal: Principal, right: Right, on: Policy | None, discoverable: bool, owed: Sequence[str]) -> Decision:
    if on is not None and on.owner != principal.organisation:
        needed = f"Only {on.owner_name}, who owns this dataset, may {right.value}."
        return Decision(allowed=False, discoverable=discoverable, reasons=("another organisation's",), needed=needed)
    if on is not None and on.state is DatasetState.WITHDRAWN and right not in _ALWAYS:
        return _refused("withdrawn", "This dataset was withdrawn; nothing of it is changed any more. Make a new one.")
    if not principal.roles & ROLES_OF_RIGHT[right]:
        needed = f"To {right.value} needs the role {_listed(ROLES_OF_RIGHT[right])}; yours: {_listed(principal.roles)}."
        return _refused(f"roles {_listed(principal.roles)}", needed)
    if SCOPE_OF_RIGHT[right] not in principal.scopes:
        needed = f"To {right.value} needs a token with the scope '{SCOPE_OF_RIGHT[right].value}'."
        return _refused("token scope", needed)
    if right is Right.SIGN:
        return _signing(principal)
    if principal.state is not OrganisationState.ADMITTED:
        state = principal.state.value if principal.state else "unknown"
        needed = f"Your organisation is {state}; only admitted ones may {right.value}. Ask the network's office."
        return _refused(f"organisation {state}", needed)
    if owed and right not in WITHOUT_TAKING_PART:
        needed = f"First a signatory of your organisation must accept: {', '.join(owed)} (see the agreements)."
        return _refused("required agreements not accepted", needed)
    if right is Right.CREATE and principal.standing is not Standing.MEMBER:
        needed = "Only members of the network, who run a pilot line, may create datasets."
        return _refused(f"standing {principal.standing}", needed)
    return Decision(allowed=True, discoverable=True, reasons=(f"roles {_listed(principal.roles)}",))


def _signing(principal: Principal) -> Decision:
    """A person binds their organisation, whatever its state: one that has applied, or left, must be able to, too."""
    if principal.service:
        return _refused("a service account", "Only a person can sign for an organisation, not a service account.")
    return Decision(allowed=True, discoverable=True, reasons=(f"roles {_listed(principal.roles)}",))


def _refused(reason: str, needed: str) -> Decision:
    return Decision(allowed=False, discoverable=True, reasons=(reason,), needed=needed)


def _listed(roles: frozenset[str]) -> str:
    return " or ".join(sorted(roles)) or "none"
