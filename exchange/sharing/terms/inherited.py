"""What a derived dataset inherits from how its sources were held, and what that makes of grants on it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from access import conditions, policy
from access.agreements import accepted, holds
from access.conditions import Met
from access.exits import NAMED
from access.inheritance import combined, inherited
from schemas.access import GranteeKind, Level, Principal, Scope
from schemas.agreement import Terms
from schemas.conditions import AgreementAccepted, Kept
from schemas.derived import Forbids, Inherited, Received
from schemas.errors import Conflict
from schemas.policy import Grant, Policy
from storage import agreements, derivations, grants


def held_by(session: Session, who: Principal, within: Scope, on: Policy) -> list[Received]:
    """By which grants the caller holds a dataset of somebody else at level tables now, under its own id."""
    if on.owner == who.organisation:
        return []
    given = agreements.acceptances(session, who.organisation)
    known = {one.id: one for one in agreements.every(session)}

    def versions(grant: Grant) -> dict[str, int]:
        named = [one.agreement for one in grant.conditions if isinstance(one, AgreementAccepted)]
        found = {name: accepted(known[name], given, within.at) for name in named}
        return {name: version for name, version in found.items() if version is not None}

    return [
        Received(source=on.dataset, owner=on.owner, grant=one.id, conditions=one.conditions, agreements=versions(one))
        for one in on.grants
        if one.to in within.grantees
        and one.level >= Level.TABLES
        and one.view in NAMED
        and not one.break_glass
        and policy.in_force(one, within.at)
        and conditions.met(one.conditions, within) is not Met.NOT
    ]


def inherits(session: Session, dataset: str, grantee: str | None = None) -> Inherited:
    """What grants on a dataset must carry; one to the owner of a source is free of what that owner asked for."""
    received = [one for one in derivations.received(session, dataset) if one.owner != grantee]
    return inherited(received, _terms(session, received))


def with_inherited(
    session: Session, dataset: str, kind: GranteeKind, grantee: str, wanted: Iterable[Kept]
) -> tuple[Kept, ...]:
    """The conditions of a new grant with those that it inherits; `Conflict` when a source forbids it."""
    found = inherits(session, dataset, grantee if kind is GranteeKind.ORGANISATION else None)
    if found.forbidden:
        raise Conflict(_why(found.forbidden[0]))
    together = combined(wanted, found)
    if together is None:
        raise Conflict("The sources of this dataset allow none of these purposes; name one that they allow.")
    lost = [
        one.agreement
        for one in found.conditions
        if isinstance(one, AgreementAccepted) and not agreements.open_to_rest_on(session, one.agreement)
    ]
    if lost:
        raise Conflict(
            f"A source was received under the agreement {lost[0]}, which is retired; nothing can rest on it."
        )
    return together


def may_pass_to(session: Session, dataset: str, taker: str, now: datetime) -> None:
    """`Conflict` unless a derived dataset may become another's, who must have accepted what its sources ask for.

    The taker is told, too, so that it names neither sources nor agreements; the owner finds them at the sources.
    """
    found = inherits(session, dataset, taker)
    given = agreements.acceptances(session, taker)
    known = {one.id: one for one in agreements.every(session)}
    asked = [known[one.agreement] for one in found.conditions if isinstance(one, AgreementAccepted)]
    if found.forbidden or not all(holds(one, given, now) for one in asked):
        raise Conflict(
            f"Dataset {dataset} was made from data that its owner may not give on to {taker}, or not before {taker} "
            "has accepted what they were received under. Its owner sees at its sources what they ask for."
        )


def narrow(session: Session, dataset: str) -> tuple[list[str], list[str]]:
    """Make every grant on a dataset as strict as it inherits; ids of those narrowed, and of those that had to end."""
    narrowed, ended = [], []
    for grant in grants.on(session, [dataset]):
        if grant.revoked_at is not None or grant.break_glass:
            continue
        to = grant.grantee if grant.grantee_kind is GranteeKind.ORGANISATION else None
        found = inherits(session, dataset, to)
        together = None if found.forbidden else combined(grant.conditions, found)
        if together is None:
            ended.append(grant.id)
        elif set(together) != set(grant.conditions):
            grants.narrow(session, grant.id, together)
            narrowed.append(grant.id)
    return narrowed, ended


def _terms(session: Session, received: Iterable[Received]) -> dict[tuple[str, int], Terms]:
    named = {(agreement, version) for one in received for agreement, version in one.agreements.items()}
    return {(one, version): agreements.text(session, one, version).terms for one, version in named}


def _why(one: Forbids) -> str:
    if not one.agreement:
        return f"The sources of this dataset were given for purposes that exclude each other, {one.source} among them."
    return (
        f"The source {one.source} was received under {one.agreement}@{one.version}, which forbids to give on what was "
        "made from it. Ask its owner."
    )
