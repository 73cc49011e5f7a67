"""Explain: why can I, why can I not; who can; and how does it look to another organisation."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from access import effect, policy
from access import explain as words
from access.exits import LEVEL_OF_EXIT, NAMED, views_of
from exchange import find, guard, reach
from exchange.services import Services
from exchange.sharing import terms
from schemas.access import NOBODY, Exit, GranteeKind, Level, Principal, Right, Scope, View
from schemas.dataset import Dataset, DatasetState, Visibility
from schemas.errors import NotFound
from schemas.explanation import Access, Closed, ClosedBy, ExitAccess, Explanation, Holder, Preview, Ruling, WhoCan
from schemas.organisation import IN_THE_NETWORK
from schemas.policy import GrantInEffect, Policy
from storage import catalogue, people, policies


def access(services: Services, who: Principal, dataset: str, level: Level, view: View) -> Access:
    """Why the caller can or cannot reach a dataset, and what `level` in `view` would take."""
    found = guard.allow(services, who, Exit.EXPLAIN, dataset)
    with services.sessions.read() as session:
        within, on = reach.asking(session, who, services.now()), policies.of(session, [dataset])[dataset]
        owed = reach.owed(session, who, services.now()) if who.organisation else ()
    told = words.explain(on, within, level, view)
    if owed:
        told = told.model_copy(update={"closed": (*told.closed, _owing(owed))})
    return Access(**told.model_dump(), exits=tuple(_exits(who, within, found, on)))


def preview(services: Services, who: Principal, dataset: str, organisation: str) -> Preview:
    """A dataset of the caller's organisation exactly as the viewers of another get it; on record as a preview.

    A seal to which the owner is no party stays unsaid: its effect would tell what others have handed in.
    """
    found = guard.require(services, who, Right.PREVIEW, dataset, detail=f"as {organisation}")
    with services.sessions.read() as session:
        other = people.viewer_of(session, organisation)
        if other is None or other.state not in IN_THE_NETWORK:
            raise NotFound(f"There is no organisation {organisation} in the network.")
        within, on = (
            reach.asking(session, other, services.now()),
            effect.to_owner(policies.of(session, [dataset])[dataset]),
        )
    blank = Preview(
        dataset=dataset,
        organisation=organisation,
        organisation_name=other.organisation_name,
        sentence=f"{other.organisation_name} is told that this dataset does not exist.",
        exits=tuple(_exits(other, within, found, on)),
    )
    if not guard.judge(other, within, found, on, Exit.DETAIL).allowed:
        return blank
    told = words.explain(on, within, Level.TABLES, View.FULL, counts=False)
    return blank.model_copy(
        update={
            "sentence": f"{other.organisation_name} reads: {told.sentence}",
            "detail": find.as_seen(found, on, within),
            "access": told,
        }
    )


def who_can(services: Services, who: Principal, dataset: str) -> WhoCan:
    """Every rule on a dataset of the caller's organisation, and what they come to for everybody in the network."""
    guard.require(services, who, Right.PREVIEW, dataset, detail="who can")
    with services.sessions.read() as session:
        return _who_can(services, session, dataset)


def on_the_machine(services: Services, dataset: str) -> WhoCan:
    """The same, for whoever works on the machine itself; on record."""
    _on_record(services, dataset, "who can")
    with services.sessions.read() as session:
        return _who_can(services, session, dataset)


def for_another(
    services: Services, dataset: str, level: Level, view: View, organisation: str | None = None, user: str | None = None
) -> Explanation | None:
    """What an organisation's viewers, or a person, would be told; None where it does not exist for them. On record."""
    _on_record(services, dataset, f"as the organisation {organisation}" if organisation else "as a person")
    with services.sessions.read() as session:
        other = people.viewer_of(session, organisation) if organisation else _person(session, user or "")
        if other is None:
            raise NotFound(f"There is no {'organisation' if organisation else 'user'} {organisation or user}.")
        within, on = reach.asking(session, other, services.now()), policies.of(session, [dataset])[dataset]
    try:
        return words.explain(on, within, level, view)
    except NotFound:
        return None


def _on_record(services: Services, dataset: str, what: str) -> None:
    with services.sessions.read() as session:
        found = catalogue.find(session, dataset)
    guard.on_the_machine(services, "machine:explain", found, dataset, what)
    if found is None:
        raise NotFound(f"There is no dataset {dataset}.")


def _person(session: Session, user: str) -> Principal | None:
    return people.acting(session, user, people.user(session, user).organisation)


def _owing(owed: Sequence[str]) -> Closed:
    names = ", ".join(owed)
    sentence = f"Your organisation has not accepted {names}: until then it gets of others what the world gets."
    return Closed(by=ClosedBy.CONDITIONS, sentence=sentence)


def _exits(who: Principal, within: Scope, found: Dataset, on: Policy) -> Iterator[ExitAccess]:
    for exit, level in LEVEL_OF_EXIT.items():
        there = sorted(NAMED & views_of(exit))
        views = tuple(view for view in there if guard.judge(who, within, found, on, exit, view).allowed)
        yield ExitAccess(exit=exit, needs=words.LEVEL_NAMES[level], allowed=bool(views), views=views)


def _who_can(services: Services, session: Session, dataset: str) -> WhoCan:
    on, now = effect.to_owner(policies.of(session, [dataset])[dataset]), services.now()
    names = _names(session, on)
    callers: list[tuple[GranteeKind, str, Principal]] = []
    for one in people.organisations(session):
        other = people.viewer_of(session, one.id)
        if other is not None and one.state in IN_THE_NETWORK:
            callers.append((GranteeKind.ORGANISATION, one.id, other))
    named = {one.grantee for one in on.grants if one.grantee_kind is GranteeKind.USER}
    for user in sorted(named | {one.id for one in on.blocks if one.kind is GranteeKind.USER}):
        person = _person(session, user)
        if person is not None:
            callers.append((GranteeKind.USER, user, person))
    callers.append((GranteeKind.EVERYBODY, "", NOBODY))
    holders = []
    for kind, id, caller in callers:
        held = policy.openings(on, reach.asking(session, caller, now))
        told = tuple(words.opened(on, each, words.THEY) for each in held)
        best = max(told, key=lambda each: (each.view is View.FULL, Level[each.level.upper()]), default=None)
        sentence = best.sentence if best else "It does not exist for them."
        holders.append(Holder(kind=kind, id=id, name=names[kind, id], sentence=sentence, opened=told))
    given = terms.in_effect(session, on, on.grants, now)
    rules = (*_shown(on), *(_ruling(each, names) for each in given), *_blocks(on, names))
    return WhoCan(dataset=dataset, closed=tuple(words.closed_to_others(on)), rules=rules, holders=tuple(holders))


def _names(session: Session, on: Policy) -> dict[tuple[GranteeKind, str], str]:
    found = {(GranteeKind.NETWORK, ""): "everybody in the network", (GranteeKind.EVERYBODY, ""): "everybody"}
    found |= {(GranteeKind.ORGANISATION, one.id): one.name for one in people.organisations(session)}
    found |= {(GranteeKind.GROUP, one.id): one.name for one in people.groups(session)}
    users = {one.to.id for one in on.grants if one.grantee_kind is GranteeKind.USER}
    users |= {one.id for one in on.blocks if one.kind is GranteeKind.USER}
    return found | {(GranteeKind.USER, one): people.user(session, one).name for one in users}


def _shown(on: Policy) -> Iterator[Ruling]:
    kinds = {Visibility.NETWORK: GranteeKind.NETWORK, Visibility.WORLD: GranteeKind.EVERYBODY}
    kind = kinds.get(on.visibility)
    if kind is not None:
        name = "everybody" if kind is GranteeKind.EVERYBODY else "everybody in the network"
        yield Ruling(
            by="visibility",
            grantee_kind=kind,
            grantee="",
            grantee_name=name,
            level="listed",
            view=View.FULL,
            effect="waiting for release" if on.state is DatasetState.DRAFT else "in force",
        )


def _ruling(grant: GrantInEffect, names: dict[tuple[GranteeKind, str], str]) -> Ruling:
    return Ruling(
        by="break-glass" if grant.break_glass else "grant",
        grant=grant.id,
        grantee_kind=grant.grantee_kind,
        grantee=grant.grantee,
        grantee_name=names[grant.grantee_kind, grant.grantee],
        level=words.LEVEL_NAMES.get(grant.level),
        view=grant.view,
        starts_at=grant.starts_at,
        until=grant.expires_at,
        effect=grant.effect,
    )


def _blocks(on: Policy, names: dict[tuple[GranteeKind, str], str]) -> Iterator[Ruling]:
    for one in sorted(on.blocks, key=lambda one: (one.kind, one.id)):
        name = names[one.kind, one.id]
        yield Ruling(by="block", grantee_kind=one.kind, grantee=one.id, grantee_name=name, effect="in force")
