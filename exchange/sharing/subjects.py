"""Subjects: everybody to whom a change of policies can matter, as the rule sees them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from exchange import reach
from schemas.access import NOBODY, Grantee, GranteeKind, Principal, Scope, TokenScope
from schemas.conditions import PurposeStated
from schemas.organisation import OrganisationState, Role
from schemas.policy import Policy
from storage import people


@dataclass(frozen=True)
class Subject:
    """An organisation, a person named by a policy, the network in general, or the world; `scopes` one per purpose."""

    kind: GranteeKind
    id: str = ""
    name: str = ""
    groups: dict[str, str] = field(default_factory=dict)
    scopes: tuple[Scope, ...] = ()

    def at(self, moment: datetime) -> tuple[Scope, ...]:
        """The scopes at another moment."""
        return tuple(one.model_copy(update={"at": moment}) for one in self.scopes)

    def through(self, policies: Iterable[Policy]) -> tuple[str, ...]:
        """Names of its groups that grants of these policies mean."""
        meant = {grant.grantee for one in policies for grant in one.grants if grant.grantee_kind is GranteeKind.GROUP}
        return tuple(sorted(name for id, name in self.groups.items() if id in meant))


def subjects(session: Session, policies: Iterable[Policy], now: datetime) -> list[Subject]:
    """Every admitted organisation, every person whom these policies name, the network in general, and the world."""
    every = list(policies)
    purposes = {None} | {
        purpose
        for policy in every
        for grant in policy.grants
        for condition in grant.conditions
        if isinstance(condition, PurposeStated)
        for purpose in condition.purposes
    }

    def scopes(who: Principal) -> tuple[Scope, ...]:
        asked = (who.model_copy(update={"purpose": one}) for one in sorted(purposes, key=str))
        return tuple(reach.asking(session, one, now) for one in asked)

    groups = people.groups(session)
    found = []
    for body in people.organisations(session):
        if body.state is not OrganisationState.ADMITTED:
            continue
        member_of = {one.id: one.name for one in groups if body.id in one.organisations}
        who = _reader(body.id, frozenset(member_of))
        found.append(Subject(GranteeKind.ORGANISATION, body.id, body.name, member_of, scopes(who)))
    for user in sorted(_named(every)):
        person = people.user(session, user) if people.user_exists(session, user) else None
        acting = people.acting(session, user, person.organisation) if person else None
        if person is not None and acting is not None:
            member_of = {one.id: one.name for one in groups if one.id in acting.groups}
            found.append(Subject(GranteeKind.USER, user, person.name, member_of, scopes(acting)))
    found.append(Subject(GranteeKind.NETWORK, scopes=scopes(_reader("", frozenset()))))
    found.append(Subject(GranteeKind.EVERYBODY, scopes=scopes(NOBODY)))
    return found


def _reader(organisation: str, groups: frozenset[str]) -> Principal:
    """Somebody of an organisation (or of none in particular) who reads for it."""
    return Principal(
        organisation=organisation,
        state=OrganisationState.ADMITTED,
        roles=frozenset({Role.VIEWER}),
        groups=groups,
        scopes=frozenset({TokenScope.READ}),
    )


def _named(policies: Iterable[Policy]) -> set[str]:
    to = (grant.to for policy in policies for grant in policy.grants)
    blocked = (one for policy in policies for one in policy.blocks)
    return {one.id for one in _users(to)} | {one.id for one in _users(blocked)}


def _users(grantees: Iterable[Grantee]) -> Iterable[Grantee]:
    return (one for one in grantees if one.kind is GranteeKind.USER)
