"""Share: release a dataset, withdraw it, grant and revoke."""

from exchange import guard
from exchange.services import Services
from schemas.access import Grant, Level, NewGrant, Principal, Right, View
from schemas.dataset import Dataset, DatasetState, RunState, Visibility
from schemas.errors import Conflict, Refused, Trouble
from storage import catalogue, grants, people, runs


def release(services: Services, who: Principal, dataset: str, visibility: Visibility) -> Dataset:
    """Show the newest version to others; needs complete metadata and a build that is ready."""
    guard.require(services, who, Right.RELEASE, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        missing = present.metadata.missing()
        if missing:
            troubles = tuple(Trouble(pointer=f"/metadata/{name}", message=f"{name} is needed") for name in missing)
            raise Conflict("Before release the metadata need: " + ", ".join(missing) + ".", errors=troubles)
        version = present.latest_version
        if version is None:
            raise Conflict("There is no file yet. Upload one, wait until it is ready, then release.")
        states = [run.state for run in runs.runs_of(session, dataset, version)]
        if RunState.READY not in states:
            raise Conflict(f"Version {version} is {states[-1].value}, not ready. See its report; then release.")
        catalogue.release(session, dataset, version, visibility, services.now())
        return catalogue.lock(session, dataset)


def withdraw(services: Services, who: Principal, dataset: str) -> Dataset:
    """Close a released dataset to others; its entry remains as a tombstone."""
    guard.require(services, who, Right.WITHDRAW, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        if present.state is not DatasetState.RELEASED:
            raise Conflict(f"Dataset {dataset} is {present.state.value}; only a released one can be withdrawn.")
        catalogue.withdraw(session, dataset)
        return catalogue.lock(session, dataset)


def grant(services: Services, who: Principal, dataset: str, wanted: NewGrant) -> Grant:
    """Give an organisation or group a level, until a date where one is set."""
    owned = guard.require(services, who, Right.GRANT, dataset)
    now = services.now()
    troubles = []
    if wanted.view is not View.FULL:
        hint = "this installation serves the view 'full'"
        troubles.append(Trouble(pointer="/view", message="no exit serves this view", value=wanted.view, hint=hint))
    if wanted.expires_at is not None and wanted.expires_at <= now:
        troubles.append(Trouble(pointer="/expires_at", message="is in the past", value=wanted.expires_at.isoformat()))
    if wanted.grantee == owned.owner:
        troubles.append(Trouble(pointer="/grantee", message="is the owner, who needs no grant", value=wanted.grantee))
    with services.sessions.begin() as session:
        if not people.grantee_exists(session, wanted.grantee_kind, wanted.grantee):
            message = f"there is no {wanted.grantee_kind.value} with this id"
            troubles.append(Trouble(pointer="/grantee", message=message, value=wanted.grantee))
        if troubles:
            raise Refused("The grant has problems.", errors=tuple(troubles))
        made = Grant(
            id=services.new_id(),
            dataset=dataset,
            grantee_kind=wanted.grantee_kind,
            grantee=wanted.grantee,
            level=Level[wanted.level.upper()],
            view=wanted.view,
            created_at=now,
            expires_at=wanted.expires_at,
        )
        grants.add(session, made, who.user)
    return made


def granted(services: Services, who: Principal, dataset: str) -> list[Grant]:
    """All grants on a dataset, ended and revoked ones included."""
    guard.require(services, who, Right.GRANT, dataset)
    with services.sessions.read() as session:
        return grants.on(session, [dataset])


def revoke(services: Services, who: Principal, dataset: str, grant: str) -> None:
    """End a grant at once."""
    guard.require(services, who, Right.GRANT, dataset)
    with services.sessions.begin() as session:
        grants.revoke(session, dataset, grant, who.user, services.now())
