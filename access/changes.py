"""What a change of policies would do, by the rule: who holds more afterwards, who holds less. Pure."""

from collections.abc import Iterable
from datetime import datetime

from access import policy as rule
from schemas.access import Grantee, GranteeKind, Level, Scope, View
from schemas.change import Change, Holding, Shift
from schemas.dataset import Visibility
from schemas.policy import Policy

NOTHING = Holding(level=Level.NONE)
_SHOWN_TO = {Visibility.NETWORK: GranteeKind.NETWORK, Visibility.WORLD: GranteeKind.EVERYBODY}


def after(policy: Policy, change: Change, now: datetime) -> Policy:
    """The policy of the change's dataset as it stands once the change is made."""
    kept = (
        one.model_copy(update={"revoked_at": now}) if one.id in change.revoked and one.revoked_at is None else one
        for one in policy.grants
    )
    return policy.model_copy(
        update={
            "grants": (*kept, *change.grants),
            "visibility": change.visibility or policy.visibility,
            "embargo_until": change.embargo.until if change.embargo else policy.embargo_until,
            "blocks": policy.blocks | {change.block.shut_out} if change.block else policy.blocks,
        }
    )


def moments(policies: Iterable[Policy], now: datetime) -> list[datetime]:
    """Now, and every later moment at which one of these policies opens or closes something by itself."""
    later = (
        moment
        for one in policies
        for moment in (
            one.embargo_until,
            *(grant.starts_at for grant in one.grants if grant.revoked_at is None),
            *(grant.expires_at for grant in one.grants if grant.revoked_at is None),
        )
    )
    return [now, *sorted({one for one in later if one is not None and one > now})]


def holdings(policy: Policy, scopes: Iterable[Scope]) -> dict[View, Holding]:
    """The most that somebody who has one of these scopes at will holds in each view."""
    held: dict[View, Holding] = {}
    for permit in {one for within in scopes for one in rule.permits(policy, within)}:
        before = held.get(permit.view, NOTHING)
        held[permit.view] = Holding(
            level=max(before.level, permit.level),
            confidential=before.confidential or permit.confidential,
            columns=tuple(sorted({*before.columns, *permit.columns})),
        )
    return held


def shifts(before: dict[View, Holding], then: dict[View, Holding]) -> tuple[Shift, ...]:
    """Every view in which the holding is not what it was."""
    return tuple(
        Shift(view=view, before=before.get(view, NOTHING), after=then.get(view, NOTHING))
        for view in View
        if before.get(view, NOTHING) != then.get(view, NOTHING)
    )


def told_apart(policy: Policy, grantees: frozenset[Grantee]) -> bool:
    """False when somebody who is all of these grantees was given the dataset blinded and otherwise, too.

    Whatever stands counts, begun or not, on whatever conditions: a code must not meet its identity later either.
    """
    given = [one for one in policy.grants if one.to in grantees and one.revoked_at is None and not one.break_glass]
    blinded = any(one.view is View.BLINDED for one in given)
    shown = policy.visibility in _SHOWN_TO and Grantee(kind=_SHOWN_TO[policy.visibility]) in grantees
    return not (blinded and (shown or any(one.view in (View.FULL, View.COLUMNS) for one in given)))
