"""Giving: what a grant must fulfil before it is saved, and the one way by which grants are made."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from access import changes
from access.agreements import may_accept
from access.exits import VIEWS_OF_LEVEL
from access.scopes import scope
from exchange.services import Services
from exchange.sharing import terms
from exchange.sharing.encode import code_for, code_troubles
from schemas import profiles
from schemas.access import Grantee, GranteeKind, Level
from schemas.conditions import AgreementAccepted, Reciprocity
from schemas.dataset import Dataset
from schemas.errors import Conflict, Refused, Trouble
from schemas.policy import Grant, GrantTerms, NewGrant
from schemas.quantities import QUANTITIES
from storage import agreements, collections, duties, grants, people, policies, runs


def give(
    services: Services, session: Session, owned: Dataset, wanted: NewGrant, by: str, request: str | None = None
) -> Grant:
    """A grant on a dataset, kept; `Refused` names everything that is wrong with it. `request` is what it answers."""
    troubles = tuple(problems(session, owned, wanted, services.now()))
    if troubles:
        raise Refused("The grant has problems.", errors=troubles)
    grant = made(services, session, owned.id, wanted).model_copy(update={"request": request})
    grants.add(session, grant, by)
    keep_apart(services, session, [owned.id])
    return grant


def made(services: Services, session: Session, dataset: str, wanted: NewGrant, *, foreseen: bool = False) -> Grant:
    """The grant as it would be kept: with the conditions that its sources ask for, and its terms frozen.

    Only `foreseen`, no letters are given away to it.
    """
    facts = wanted.model_dump(exclude={"level", "conditions", "code"})
    now = services.now()
    grant = Grant(
        **facts,
        id=services.new_id(),
        dataset=dataset,
        level=Level[wanted.level.upper()],
        conditions=terms.with_inherited(session, dataset, wanted.grantee_kind, wanted.grantee, wanted.conditions),
        code=wanted.code if foreseen else code_for(services, session, dataset, wanted),
        created_at=now,
    )
    return grant.model_copy(update={"terms": terms.frozen(session, grant, now)})


def problems(session: Session, owned: Dataset, wanted: NewGrant, now: datetime) -> Iterator[Trouble]:
    """Everything that keeps this grant from being given on this dataset."""
    yield from general(session, owned.owner, wanted)
    if wanted.expires_at is not None and wanted.expires_at <= now:
        yield Trouble(pointer="/expires_at", message="is in the past", value=wanted.expires_at.isoformat())
    if wanted.grantee_kind is GranteeKind.ORGANISATION and wanted.grantee == owned.owner:
        yield Trouble(pointer="/grantee", message="is the owner, who needs no grant", value=wanted.grantee)
    if wanted.grantee_kind is GranteeKind.EVERYBODY and profiles.missing(owned.metadata):
        lacking = ", ".join(profiles.missing(owned.metadata))
        yield Trouble(pointer="/grantee_kind", message=f"the world is shown complete records only; lacking: {lacking}")
    yield from code_troubles(session, owned.id, wanted)
    unknown = sorted(set(wanted.columns) - columns(session, owned)) if wanted.columns else []
    for name in unknown:
        hint = "take names from the vocabulary or from the dataset's own tables"
        yield Trouble(pointer="/columns", message="is no column of the tables", value=name, hint=hint)


def general(session: Session, owner: str, wanted: GrantTerms) -> Iterator[Trouble]:
    """What is wrong with the terms of a grant on whatever dataset of this owner."""
    if wanted.view not in VIEWS_OF_LEVEL[Level[wanted.level.upper()]]:
        yield Trouble(pointer="/view", message=f"the level '{wanted.level}' is shown in full alone", value=wanted.view)
    if not people.grantee_exists(session, wanted.grantee_kind, wanted.grantee):
        message = f"there is no {wanted.grantee_kind.value} with this id"
        yield Trouble(pointer="/grantee", message=message, value=wanted.grantee)
    for at, condition in enumerate(wanted.conditions):
        pointer = f"/conditions/{at}"
        if isinstance(condition, AgreementAccepted):
            message = _unusable(session, owner, wanted, condition.agreement)
            if message:
                yield Trouble(pointer=f"{pointer}/agreement", message=message, value=condition.agreement)
        if isinstance(condition, Reciprocity) and not collections.exists(session, condition.collection):
            message = "there is no collection with this id"
            yield Trouble(pointer=f"{pointer}/collection", message=message, value=condition.collection)


def _unusable(session: Session, owner: str, wanted: GrantTerms, agreement: str) -> str:
    """Why a grant cannot depend on an agreement; one that is not addressed to the owner does not exist for them."""
    found = agreements.find(session, agreement)
    if found is None or found.retired_at is not None or not may_accept(found, owner):
        return "there is no agreement in force with this id"
    if not found.addressees:
        return ""
    if wanted.grantee_kind in (GranteeKind.NETWORK, GranteeKind.EVERYBODY):
        return "is addressed to some organisations alone, and others must not learn of it; name organisations"
    named = duties.named_by(session, [Grantee(kind=wanted.grantee_kind, id=wanted.grantee)])
    others = ", ".join(sorted(one for one in named if not may_accept(found, one)))
    return f"is not addressed to {others}, who could never accept it" if others else ""


def columns(session: Session, dataset: Dataset) -> frozenset[str]:
    """Every column that a grant on the dataset may name: the vocabulary's, and those of its own tables."""
    named = set(QUANTITIES)
    for version in {dataset.latest_version, dataset.released_version} - {None}:
        for run in runs.runs_of(session, dataset.id, version or 0):
            named |= {column.name for table in run.tables for column in table.columns}
    return frozenset(named)


def keep_apart(services: Services, session: Session, datasets: Iterable[str]) -> None:
    """`Conflict` when, while a round is sealed, somebody would hold one of its datasets blinded and in full."""
    sealed = [one for one in policies.of(session, datasets).values() if one.seals]
    if not sealed:
        return
    now = services.now()
    everybody = [scope(who, now) for who in people.everybody(session)]
    for policy in sealed:
        others = (one.grantees for one in everybody if one.own != policy.owner)
        if not all(changes.told_apart(policy, grantees) for grantees in others):
            raise Conflict(
                f"Dataset {policy.dataset} is part of a sealed round: nobody may hold a blinded view of it and know "
                "whose it is. Revoke the one, or wait until the round has ended."
            )
