"""The access rule, written once: who may reach what, and why. Readable without knowing the rest of the platform.

1. The people of an organisation who read for it (viewers, contributors, stewards) reach everything of its own
   datasets, in every state, in full.
2. While a round is sealed, whatever holds a submission's bytes or cell is closed to every organisation but the one
   that owns it and the parties of that submission. Nothing that follows opens it.
3. Emergency access opens a dataset to one person of the office until it ends; the owner is told at once.
4. Whom the owner has blocked gets nothing, whatever else was given.
5. A draft is reached by nobody else; nor is anything as long as a third party with rights has not consented.
6. A released dataset is listed to those its owner shows it to: the network (everybody signed in for an admitted
   organisation) or the world.
7. A grant gives its grantee its level in its view from its beginning to its end, while it is not revoked and all its
   conditions are met. Chosen columns come with the record; blinded and aggregate views come without it, and no view
   but the full one opens raw files. Whoever reads a dataset's summary or more under its own id gets no blinded view
   of it: the values would tell which code is whose.
8. Use for a purpose: a grant for certain purposes opens more than the record only to whoever states one of them.
9. Before an embargo ends nobody else gets more than the record, but by grants that are valid during it. After its end
   a grant that was given before opens more only if the owner has confirmed it for that end.
10. A withdrawn dataset stays listed for those who could see that it exists; nothing more of it is open to others, and
    nothing of it is changed any more.
11. Grants add up. What no rule opens is closed. Whoever may not even know that a dataset exists is told that it does
    not; by its id it is known in the full view and that of chosen columns alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from access import conditions
from access.conditions import Met
from access.exits import NAMED, VIEWS_OF_LEVEL
from schemas.access import Decision, Grantee, GranteeKind, Level, Permit, Scope, View
from schemas.dataset import DatasetState, Visibility
from schemas.policy import Grant, Policy

_NETWORK = Grantee(kind=GranteeKind.NETWORK)
_WORLD = Grantee(kind=GranteeKind.EVERYBODY)


@dataclass(frozen=True)
class Opening:
    """One permit and what it comes from: `own`, `visibility`, `grant` or `break-glass`; `until` where it ends."""

    permit: Permit
    by: str
    grant: Grant | None = None

    @property
    def until(self) -> datetime | None:
        """When it ends by itself."""
        return self.grant.expires_at if self.grant else None


def openings(policy: Policy, within: Scope) -> tuple[Opening, ...]:
    """Every permit that the scope holds on a dataset, each with what it comes from."""
    if policy.owner == within.own:
        return (Opening(Permit(level=Level.RAW, confidential=True), "own"),)
    if sealed(policy, within):
        return ()
    glass = tuple(_glass(policy, within))
    if blocked(policy, within) or policy.state is DatasetState.DRAFT or not policy.consented:
        return glass
    every = (*glass, *_shown(policy, within), *_granted(policy, within))
    if any(one.permit.view in NAMED and one.permit.level >= Level.SUMMARY for one in every):
        return tuple(one for one in every if one.permit.view is not View.BLINDED)
    return every


def by_id(policy: Policy) -> Policy:
    """What of a policy may be told to others under the dataset's id: nothing of grants in views that have none."""
    return policy.model_copy(update={"grants": tuple(one for one in policy.grants if one.view in NAMED)})


def permits(policy: Policy, within: Scope) -> frozenset[Permit]:
    """Every (level, view) that the scope opens on a dataset."""
    return frozenset(one.permit for one in openings(policy, within))


def decide(policy: Policy, within: Scope, asked: Level, view: View = View.FULL) -> Decision:
    """Whether the scope opens `asked` in `view` on the dataset, with the reason, or with what would be needed.

    Under its id nothing tells that it is open in a view without one, and the other way round.
    """
    alike = NAMED if view in NAMED else {view}
    held = [one for one in openings(policy, within) if one.permit.view in alike]
    permits = frozenset(one.permit for one in held)
    covering = next((one for one in held if one.permit.covers(asked, view)), None)
    if covering is not None and asked > Level.NONE:
        why = "your own organisation's" if covering.by == "own" else f"permitted by {covering.by}"
        reasons = (f"{why}: {asked.name.lower()}, {view.value} view",)
        return Decision(allowed=True, discoverable=True, reasons=reasons, permits=permits)
    if not any(one.level > Level.NONE for one in permits):
        return Decision(allowed=False, discoverable=False, reasons=("nothing opens this dataset",))
    reason = f"holds {max(one.level for one in permits).name.lower()} only"
    needed = _needed(policy, within, permits, asked, view)
    return Decision(allowed=False, discoverable=True, reasons=(reason,), needed=needed, permits=permits)


def in_force(grant: Grant, at: datetime) -> bool:
    """True while a grant has begun and is neither revoked nor ended."""
    begun = grant.starts_at is None or grant.starts_at <= at
    return begun and grant.revoked_at is None and (grant.expires_at is None or grant.expires_at > at)


def sealed(policy: Policy, within: Scope) -> bool:
    """True while a sealed round closes the dataset to this organisation."""
    return any(within.organisation not in one.parties for one in policy.seals)


def blocked(policy: Policy, within: Scope) -> bool:
    """True when the owner has shut out this person or their organisation."""
    names = {GranteeKind.ORGANISATION: within.organisation, GranteeKind.USER: within.user}
    return any(names.get(one.kind) == one.id for one in policy.blocks)


def embargoed(policy: Policy, at: datetime) -> bool:
    """True before the dataset's embargo ends."""
    return policy.embargo_until is not None and at < policy.embargo_until


def waits(grant: Grant, policy: Policy, at: datetime) -> bool:
    """True while an embargo caps a grant: until it ends, and then until the owner confirms what was given before."""
    end = policy.embargo_until
    if end is None or grant.during_embargo:
        return False
    return at < end or max(grant.created_at, grant.confirmed_for or grant.created_at) < end


def ceiling(grant: Grant, policy: Policy, within: Scope) -> Level:
    """What a grant that speaks to the scope gives at this moment: its level, or what caps it."""
    how_far = conditions.met(grant.conditions, within)
    if not in_force(grant, within.at) or how_far is Met.NOT:
        return Level.NONE
    level = grant.level if grant.view is View.FULL else min(grant.level, Level.TABLES)
    if policy.state is DatasetState.WITHDRAWN:
        return min(level, Level.LISTED)
    capped = waits(grant, policy, within.at) or how_far is Met.BUT_PURPOSE
    return min(level, Level.METADATA) if capped else level


def _glass(policy: Policy, within: Scope) -> Iterator[Opening]:
    user = Grantee(kind=GranteeKind.USER, id=within.user)
    for grant in policy.grants:
        if grant.break_glass and grant.to == user and within.user and in_force(grant, within.at):
            yield Opening(Permit(level=grant.level, confidential=True), "break-glass", grant)


def _shown(policy: Policy, within: Scope) -> Iterator[Opening]:
    to_network = policy.visibility is Visibility.NETWORK and _NETWORK in within.grantees
    if to_network or (policy.visibility is Visibility.WORLD and _WORLD in within.grantees):
        yield Opening(Permit(level=Level.LISTED), "visibility")


def _granted(policy: Policy, within: Scope) -> Iterator[Opening]:
    for grant in policy.grants:
        if grant.break_glass or grant.to not in within.grantees:
            continue
        level = ceiling(grant, policy, within)
        if level is Level.NONE:
            continue
        ticked = grant.confidential and level >= Level.METADATA
        if grant.view in (View.FULL, View.COLUMNS):
            record = level if grant.view is View.FULL else min(level, Level.METADATA)
            open_fields = ticked or record >= Level.TABLES
            yield Opening(Permit(level=record, confidential=open_fields), "grant", grant)
        if grant.view is not View.FULL:
            columns = frozenset(grant.columns)
            permit = Permit(level=level, view=grant.view, columns=columns, collection=grant.collection)
            yield Opening(permit, "grant", grant)


def _needed(policy: Policy, within: Scope, held: frozenset[Permit], asked: Level, view: View) -> str:
    best = max(one.level for one in held)
    identified = view in NAMED
    if identified and policy.state is DatasetState.WITHDRAWN:
        return f"This dataset was withdrawn by {policy.owner_name}; only its entry remains."
    if view not in VIEWS_OF_LEVEL[asked]:
        return f"The level '{asked.name.lower()}' is not open in the {view.value} view to anybody."
    others = {one.view for one in held if one.covers(asked, one.view)}
    if len(others) == 1:
        [other] = others
        return f"This is open to you in the {other.value} view: ask for it with `view={other.value}`."
    for grant in policy.grants:
        if grant.to in within.grantees and grant.level >= asked and grant.view is view and in_force(grant, within.at):
            unmet = [conditions.needed(one, within) for one in grant.conditions]
            if any(unmet):
                return " ".join(sentence for sentence in unmet if sentence)
            # The date would tell which dataset it is.
            if identified and waits(grant, policy, within.at):
                return _embargo(policy, within)
    holds = f"You may see this dataset at level '{best.name.lower()}'; this needs '{asked.name.lower()}' in the "
    if not identified:
        return f"{holds}{view.value} view."
    return f"{holds}{view.value} view. Ask {policy.owner_name}, who owns it, for a grant at that level."


def _embargo(policy: Policy, within: Scope) -> str:
    if policy.embargo_until is not None and embargoed(policy, within.at):
        end = policy.embargo_until.isoformat()
        return f"The dataset is under embargo until {end}; your grant opens more then, once its owner confirms it."
    return f"The embargo has ended, and {policy.owner_name} has not yet confirmed your grant; ask them to."
