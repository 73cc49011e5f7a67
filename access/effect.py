"""What a grant is worth now, in a few words for whoever gave it; the rule of `access.policy`, told for one grant."""

from collections.abc import Sequence
from datetime import datetime

from access import policy
from schemas.access import Grantee, GranteeKind, Level
from schemas.dataset import DatasetState
from schemas.policy import Grant, Policy, Waiting


def of(grant: Grant, on: Policy, at: datetime, waiting: Sequence[Waiting] = (), retired: str | None = None) -> str:
    """The first thing that keeps it from its full effect, in the order in which the rule looks, or `in force`.

    `waiting`: agreements that whoever the grant names has not accepted, none of them; `retired`: an agreement that it
    depends on and that has ended.
    """
    if grant.revoked_at is not None:
        return "revoked"
    if grant.expires_at is not None and grant.expires_at <= at:
        return "ended"
    return _shut(grant, on) or _waits(grant, on, at, waiting, retired) or "in force"


def _shut(grant: Grant, on: Policy) -> str:
    organisation = grant.grantee if grant.grantee_kind is GranteeKind.ORGANISATION else None
    if any(organisation not in one.parties for one in on.seals):
        return "closed by a sealed round"
    if grant.break_glass:
        return ""
    if Grantee(kind=grant.grantee_kind, id=grant.grantee) in on.blocks:
        return "blocked"
    if on.state is DatasetState.DRAFT:
        return "waiting for release"
    if not on.consented:
        return "waiting for the consent of a third party"
    return "capped by withdrawal" if on.state is DatasetState.WITHDRAWN else ""


def _waits(grant: Grant, on: Policy, at: datetime, waiting: Sequence[Waiting], retired: str | None) -> str:
    if grant.starts_at is not None and grant.starts_at > at:
        return "not begun"
    if retired is not None:
        return f"ended with the agreement {retired}"
    if waiting:
        return f"waiting for {waiting[0].agreement}@{waiting[0].version}"
    if grant.break_glass or grant.level <= Level.METADATA or not policy.waits(grant, on, at):
        return ""
    return "capped by embargo" if policy.embargoed(on, at) else "waiting to be confirmed after the embargo"


def to_owner(on: Policy) -> Policy:
    """The policy as far as its owner may know it: a seal of others would tell that they hold the same."""
    return on.model_copy(update={"seals": tuple(one for one in on.seals if on.owner in one.parties)})
