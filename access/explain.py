"""Why somebody can, or cannot, reach a dataset, in sentences; never more than they may know.

Everything is asked of the rule itself (`access.policy`), nothing is decided here. A block is never told to the blocked,
a seal only to its parties, a draft and a consent that is missing only to the owner: to others such a dataset does not
exist, and no explanation is made at all. A dataset is explained by its id; what is open without an id, in the blinded
and the aggregate view, has no place here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from access import conditions, policy
from access.conditions import Met
from access.exits import NAMED, VIEWS_OF_LEVEL
from access.policy import Opening
from schemas.access import GranteeKind, Level, Scope, View
from schemas.conditions import Kept, Reciprocity
from schemas.dataset import DatasetState, Visibility
from schemas.errors import NotFound
from schemas.explanation import Closed, ClosedBy, Explanation, Opened, Wanted
from schemas.policy import Grant, LevelName, Policy

LEVEL_NAMES: dict[Level, LevelName] = {
    Level.LISTED: "listed",
    Level.METADATA: "metadata",
    Level.SUMMARY: "summary",
    Level.TABLES: "tables",
    Level.RAW: "raw",
}
_CAN = {
    Level.LISTED: "see that it exists: its title, kind and owner",
    Level.METADATA: "see its record",
    Level.SUMMARY: "see its record and its summary",
    Level.TABLES: "view and download its tables",
    Level.RAW: "view and download its tables and its raw files",
}


@dataclass(frozen=True)
class Voice:
    """To whom something is said: to the one it is about, or about them to the owner."""

    subject: str
    object: str
    whose: str


YOU, THEY = Voice("You", "you", "your"), Voice("They", "them", "their")


def explain(on: Policy, within: Scope, level: Level, view: View = View.FULL, counts: bool = True) -> Explanation:
    """The explanation for whoever may know of the dataset, with what `level` in `view` would take; else `NotFound`.

    `counts` False leaves out how much the organisation itself has given: for an owner who looks with another's eyes.
    """
    found = [one for one in policy.openings(on, within) if one.permit.view in NAMED and one.permit.level > Level.NONE]
    if not found:
        raise NotFound(f"There is no dataset {on.dataset} that you may see.")
    best = max(found, key=lambda one: (one.permit.view is View.FULL, one.permit.level))
    return Explanation(
        dataset=on.dataset,
        sentence=opened(on, best).sentence,
        opened=tuple(opened(on, one) for one in found),
        closed=tuple(_closed(on, within, counts)),
        wanted=_wanted(on, within, level, view, counts),
    )


def opened(on: Policy, one: Opening, voice: Voice = YOU) -> Opened:
    """One opening in words."""
    permit = one.permit
    how = "" if permit.view is View.FULL else f", in the {permit.view.value} view"
    if permit.view is View.COLUMNS:
        how = f", of the columns {', '.join(sorted(permit.columns))}"
    can = _CAN[permit.level] if permit.view is View.FULL else f"use it at level '{LEVEL_NAMES[permit.level]}'"
    until = f", until {day(one.until)}" if one.until else ""
    return Opened(
        level=LEVEL_NAMES[permit.level],
        view=permit.view,
        columns=tuple(sorted(permit.columns)),
        by=one.by,
        until=one.until,
        sentence=f"{voice.subject} can {can}{how}, because {_because(on, one, voice)}{until}.",
    )


def day(moment: datetime) -> str:
    """A moment as people read it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def to_whom(grant: Grant, voice: Voice = YOU) -> str:
    """Whom a grant names, said to or of one of them."""
    match grant.grantee_kind:
        case GranteeKind.ORGANISATION:
            return f"to {voice.whose} organisation"
        case GranteeKind.GROUP:
            return f"to the group '{grant.grantee}', which {voice.subject.lower()} are in"
        case GranteeKind.USER:
            return f"to {voice.object}"
        case GranteeKind.NETWORK:
            return "to everybody in the network"
    return "to everybody"


def closed_to_others(on: Policy) -> Iterator[Closed]:
    """What closes a dataset to others, as its owner may know it."""
    if on.state is DatasetState.DRAFT:
        yield Closed(by=ClosedBy.DRAFT, sentence="It is a draft: nobody outside your organisation sees it.")
    if on.state is DatasetState.WITHDRAWN:
        sentence = "It is withdrawn: others who could see that it exists still do, and nothing more of it."
        yield Closed(by=ClosedBy.WITHDRAWN, sentence=sentence)
    if not on.consented:
        sentence = "A third party with rights in it has not consented: until then nobody else sees it."
        yield Closed(by=ClosedBy.CONSENT, sentence=sentence)
    for seal in on.seals:
        if on.owner in seal.parties:
            sentence = f"The round '{seal.round}' is sealed: until it opens, only the parties of the submission see it."
            yield Closed(by=ClosedBy.SEAL, sentence=sentence)
    for one in sorted(on.blocks, key=lambda one: (one.kind, one.id)):
        sentence = f"Your organisation has blocked the {one.kind.value} '{one.id}', which gets nothing."
        yield Closed(by=ClosedBy.BLOCK, sentence=sentence)
    if on.embargo_until is not None:
        sentence = (
            f"An embargo ends on {day(on.embargo_until)}: before, others get no more than the record, but by grants "
            "that are valid during it; then what you confirm opens."
        )
        yield Closed(by=ClosedBy.EMBARGO, until=on.embargo_until, sentence=sentence)


def _because(on: Policy, one: Opening, voice: Voice) -> str:
    owner = on.owner_name
    if one.by == "own":
        return f"it is {voice.whose} organisation's own"
    if one.by == "break-glass":
        return f"{voice.subject.lower()} took emergency access to it"
    if one.grant is None:
        shown = "everybody" if on.visibility is Visibility.WORLD else "everybody in the network"
        return f"{owner} lists it to {shown}"
    return f"{owner} granted that {to_whom(one.grant, voice)}"


def _closed(on: Policy, within: Scope, counts: bool) -> Iterator[Closed]:
    if on.owner == within.own:
        yield from (one for one in closed_to_others(on) if not _past(one, within))
        return
    if on.state is DatasetState.WITHDRAWN:
        yield Closed(by=ClosedBy.WITHDRAWN, sentence="It was withdrawn by its owner; only its entry remains.")
        return
    for grant in _spoken(on, within):
        what = f"The grant of level '{LEVEL_NAMES[grant.level]}' {to_whom(grant)}"
        if policy.in_force(grant, within.at):
            steps = _steps(grant.conditions, within, counts)
            if steps:
                yield Closed(by=ClosedBy.CONDITIONS, sentence=f"{what} waits: {' '.join(steps)}")
            if _waits_for_embargo(on, grant, within):
                sentence = f"{what} opens no more than the record: {_embargo(on, within)}"
                yield Closed(by=ClosedBy.EMBARGO, until=on.embargo_until, sentence=sentence)
        elif grant.expires_at is not None and grant.expires_at <= within.at:
            sentence = f"{what} ended on {day(grant.expires_at)}."
            yield Closed(by=ClosedBy.END, until=grant.expires_at, sentence=sentence)


def _past(one: Closed, within: Scope) -> bool:
    return one.until is not None and one.until <= within.at


def _spoken(on: Policy, within: Scope) -> Iterator[Grant]:
    """Grants that speak to the scope under the id; revoked ones are not told of, nor is emergency access."""
    for grant in on.grants:
        stands = grant.revoked_at is None and not grant.break_glass and grant.level > Level.NONE
        if grant.to in within.grantees and stands and grant.view in NAMED:
            yield grant


def _waits_for_embargo(on: Policy, grant: Grant, within: Scope) -> bool:
    return policy.waits(grant, on, within.at) and grant.level > Level.METADATA


def _embargo(on: Policy, within: Scope) -> str:
    if on.embargo_until is not None and policy.embargoed(on, within.at):
        return f"an embargo ends on {day(on.embargo_until)}, and its owner then confirms what opens."
    return f"the embargo has ended, and {on.owner_name} has not confirmed the grant yet."


def _steps(conds: tuple[Kept, ...], within: Scope, counts: bool) -> tuple[str, ...]:
    return tuple(_step(one, within, counts) for one in conds if conditions.met([one], within) is not Met.WHOLLY)


def _step(condition: Kept, within: Scope, counts: bool) -> str:
    sentence = conditions.needed(condition, within)
    if isinstance(condition, Reciprocity) and not counts:
        return f"{sentence.rpartition(';')[0]}."
    return sentence


def _wanted(on: Policy, within: Scope, level: Level, view: View, counts: bool) -> Wanted:
    allowed = view in NAMED and policy.decide(on, within, level, view).allowed
    steps = () if allowed else tuple(dict.fromkeys(_to_do(on, within, level, view, counts)))
    return Wanted(level=LEVEL_NAMES[level], view=view, allowed=allowed, steps=steps)


def _to_do(on: Policy, within: Scope, level: Level, view: View, counts: bool) -> Iterator[str]:
    """What would open the level: what a grant that there is waits for, else to ask for one."""
    name = LEVEL_NAMES[level]
    if view not in VIEWS_OF_LEVEL[level] & NAMED:
        yield f"Nothing: by its id a dataset is open at level '{name}' in the {view.value} view to nobody."
        return
    if on.state is DatasetState.WITHDRAWN:
        yield "Nothing: the dataset was withdrawn."
        return
    waiting = [
        one
        for one in _spoken(on, within)
        if one.level >= level and one.view is view and policy.in_force(one, within.at)
    ]
    for grant in waiting:
        yield from _steps(grant.conditions, within, counts)
        if level > Level.METADATA and _waits_for_embargo(on, grant, within):
            yield f"Wait: {_embargo(on, within)}"
    if not waiting:
        yield (
            f"Ask {on.owner_name} for level '{name}' in the {view.value} view: "
            f"POST /api/v1/datasets/{on.dataset}/requests."
        )
