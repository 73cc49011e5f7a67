"""Share: release a dataset, withdraw it, grant and revoke."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from access.agreements import may_accept
from access.exits import VIEWS_OF_LEVEL
from exchange import guard, terms, visibility
from exchange.services import Services
from schemas.access import GranteeKind, Level, Principal, Right
from schemas.conditions import AgreementAccepted, Reciprocity
from schemas.dataset import FINAL_STATES, Dataset, DatasetState, IngestRun, Release, RunState, Visibility
from schemas.errors import Conflict, Refused, Trouble
from schemas.ingested import Declared
from schemas.policy import Grant, GrantInEffect, NewGrant
from storage import agreements, catalogue, collections, grants, people, policies, runs


def release(services: Services, who: Principal, dataset: str, wanted: Release) -> Dataset:
    """Show a version to others; needs complete metadata and a build that was read with them and is ready.

    `raw_only`: a version whose newest build is quarantined is shown, without tables. Without a version the newest is
    meant, without a visibility the one it has stays (at first: the network).
    """
    guard.require(services, who, Right.RELEASE, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        _complete(present)
        version = wanted.version or present.latest_version
        if version is None:
            raise Conflict("There is no file yet. Upload one, wait until it is ready, then release.")
        if wanted.raw_only:
            _quarantined(session, present, version)
        else:
            _readable(session, present, version)
        shown_to = wanted.visibility or (present.visibility if present.released_at else Visibility.NETWORK)
        if shown_to is not Visibility.ORGANISATION:
            terms.without_consent(session, present)
        catalogue.release(session, dataset, version, shown_to, services.now(), wanted.raw_only)
        visibility.refresh(session, [dataset])
        return catalogue.lock(session, dataset)


def show(services: Services, who: Principal, dataset: str, shown_to: Visibility) -> Dataset:
    """Change to whom a released dataset is listed, and nothing else."""
    guard.require(services, who, Right.RELEASE, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        if present.state is not DatasetState.RELEASED:
            raise Conflict(f"Dataset {dataset} is {present.state.value}; only a released one is listed to others.")
        if shown_to is not Visibility.ORGANISATION:
            terms.without_consent(session, present)
        catalogue.show(session, dataset, shown_to)
        visibility.refresh(session, [dataset])
        return catalogue.lock(session, dataset)


def _complete(dataset: Dataset) -> None:
    if dataset.state is DatasetState.WITHDRAWN:
        raise Conflict(f"Dataset {dataset.id} was withdrawn; make a new one.")
    missing = dataset.metadata.missing()
    if missing:
        troubles = tuple(Trouble(pointer=f"/metadata/{name}", message=f"{name} is needed") for name in missing)
        raise Conflict("Before release the metadata need: " + ", ".join(missing) + ".", errors=troubles)


def _quarantined(session: Session, dataset: Dataset, version: int) -> None:
    """Raw only is for what cannot be read well: tables that are good are not held back by it."""
    of_version = runs.runs_of(session, dataset.id, version)
    if not of_version:
        raise Conflict(f"Dataset {dataset.id} has no version {version}; its newest is {dataset.latest_version}.")
    newest = of_version[-1]
    if newest.state is not RunState.QUARANTINED:
        raise Conflict(
            f"Build {newest.build} of version {version} is {newest.state.value}, not quarantined: "
            "only a version that is quarantined is released raw only."
        )


def _readable(session: Session, dataset: Dataset, version: int) -> None:
    """The build that others would get must be ready, and read with what the record says now."""
    of_version = runs.runs_of(session, dataset.id, version)
    ready = [run for run in of_version if run.state is RunState.READY]
    if not of_version:
        raise Conflict(f"Dataset {dataset.id} has no version {version}; its newest is {dataset.latest_version}.")
    if not ready:
        state = of_version[-1].state
        way = ", or release it with `raw_only`, without tables" if state is RunState.QUARANTINED else ""
        raise Conflict(f"Version {version} is {state.value}, not ready. See its report and release it once it is{way}.")
    zone = people.zone_of_line(session, dataset.owner, dataset.metadata.line)
    declared, read = dataset.metadata.declared(zone), runs.declared_of(session, ready[-1].id) or Declared()
    if read.reads_as(declared):
        return
    now, then = (one.model_dump(exclude={"time_zone_of_line"}) for one in (declared, read))
    changed = ", ".join(f"{name}: {then[name]} → {now[name]}" for name in now if then[name] != now[name])
    raise Conflict(
        f"Build {ready[-1].build} of version {version} was read before the record changed ({changed}). "
        f"{_next(of_version[-1])}"
    )


def _next(newest: IngestRun) -> str:
    if newest.state in FINAL_STATES:
        return f"Build {newest.build} is {newest.state.value}: see its report, or have the file read again."
    return f"Build {newest.build} is {newest.state.value}; wait until it is ready, then release."


def withdraw(services: Services, who: Principal, dataset: str) -> Dataset:
    """Close a released dataset to others; its entry remains as a tombstone."""
    guard.require(services, who, Right.WITHDRAW, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        if present.state is not DatasetState.RELEASED:
            raise Conflict(f"Dataset {dataset} is {present.state.value}; only a released one can be withdrawn.")
        catalogue.withdraw(session, dataset)
        visibility.refresh(session, [dataset])
        return catalogue.lock(session, dataset)


def grant(services: Services, who: Principal, dataset: str, wanted: NewGrant) -> Grant:
    """Give a level in a view, on conditions, from then until then; `Refused` names everything that is wrong with it."""
    owned = guard.require(services, who, Right.GRANT, dataset)
    now = services.now()
    with services.sessions.begin() as session:
        guard.hold(session, dataset)  # Sources that are declared at this moment bind the grant, too.
        troubles = tuple(_troubles(session, owned, wanted, now))
        if troubles:
            raise Refused("The grant has problems.", errors=troubles)
        facts = wanted.model_dump(exclude={"level", "conditions"})
        conditions = terms.with_inherited(session, dataset, wanted.grantee_kind, wanted.grantee, wanted.conditions)
        made = Grant(
            **facts,
            id=services.new_id(),
            dataset=dataset,
            level=Level[wanted.level.upper()],
            conditions=conditions,
            created_at=now,
        )
        made = made.model_copy(update={"terms": terms.frozen(session, made, now)})
        grants.add(session, made, who.user)
        visibility.refresh(session, [dataset])
    return made


def _troubles(session: Session, owned: Dataset, wanted: NewGrant, now: datetime) -> Iterator[Trouble]:
    if wanted.view not in VIEWS_OF_LEVEL[Level[wanted.level.upper()]]:
        yield Trouble(pointer="/view", message=f"the level '{wanted.level}' is shown in full alone", value=wanted.view)
    if wanted.expires_at is not None and wanted.expires_at <= now:
        yield Trouble(pointer="/expires_at", message="is in the past", value=wanted.expires_at.isoformat())
    if wanted.grantee_kind is GranteeKind.ORGANISATION and wanted.grantee == owned.owner:
        yield Trouble(pointer="/grantee", message="is the owner, who needs no grant", value=wanted.grantee)
    if not people.grantee_exists(session, wanted.grantee_kind, wanted.grantee):
        message = f"there is no {wanted.grantee_kind.value} with this id"
        yield Trouble(pointer="/grantee", message=message, value=wanted.grantee)
    for at, condition in enumerate(wanted.conditions):
        pointer = f"/conditions/{at}"
        if isinstance(condition, AgreementAccepted):
            message = _unusable(session, owned, wanted, condition.agreement)
            if message:
                yield Trouble(pointer=f"{pointer}/agreement", message=message, value=condition.agreement)
        if isinstance(condition, Reciprocity) and not collections.exists(session, condition.collection):
            message = "there is no collection with this id"
            yield Trouble(pointer=f"{pointer}/collection", message=message, value=condition.collection)


def _unusable(session: Session, owned: Dataset, wanted: NewGrant, agreement: str) -> str:
    """Why a grant cannot depend on an agreement; one that is not addressed to the owner does not exist for them."""
    found = agreements.find(session, agreement)
    if found is None or found.retired_at is not None or not may_accept(found, owned.owner):
        return "there is no agreement in force with this id"
    if wanted.grantee_kind is GranteeKind.ORGANISATION and not may_accept(found, wanted.grantee):
        return f"is not addressed to {wanted.grantee}, who could never accept it"
    return ""


def granted(services: Services, who: Principal, dataset: str) -> list[GrantInEffect]:
    """All grants on a dataset, ended and revoked ones included, each with its effect now."""
    guard.require(services, who, Right.GRANT, dataset)
    with services.sessions.read() as session:
        on = policies.of(session, [dataset])[dataset]
        return terms.in_effect(session, on, on.grants, services.now())


def revoke(services: Services, who: Principal, dataset: str, grant: str) -> None:
    """End a grant at once."""
    guard.require(services, who, Right.GRANT, dataset)
    with services.sessions.begin() as session:
        grants.revoke(session, dataset, grant, who.user, services.now())
        visibility.refresh(session, [dataset])
