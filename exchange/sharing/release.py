"""Release: show a version of a dataset to others, list it wider or closer, withdraw it."""

from sqlalchemy.orm import Session

from exchange import guard, visibility
from exchange.publishing import dois
from exchange.services import Services
from exchange.sharing import changing, giving, standing, terms
from exchange.telling import past
from schemas import profiles
from schemas.access import Principal, Right
from schemas.dataset import FINAL_STATES, Dataset, DatasetState, IngestRun, Release, RunState, Visibility
from schemas.errors import Conflict, Denied, Trouble
from schemas.ingested import Declared
from schemas.organisation import Role
from storage import catalogue, people, proposals, runs, stamps, submissions


def release(services: Services, who: Principal, dataset: str, wanted: Release) -> Dataset:
    """Show a version to others; needs complete metadata and a build that was read with them and is ready.

    `raw_only`: a version whose newest build is quarantined is shown, without tables. Without a version the newest is
    meant, without a visibility the one it has stays (at first: the template's, else the network). A contributor alone
    releases only what a steward's standing template lets them.
    """
    standing_allows = standing.lets_contributors(services, dataset, wanted)
    guard.require(services, who, Right.RELEASE, dataset, standing=standing_allows)
    with services.sessions.begin() as session:
        return released(services, session, who, dataset, wanted)


def released(services: Services, session: Session, who: Principal, dataset: str, wanted: Release) -> Dataset:
    """Within a transaction, what `release` does once the guard has agreed."""
    present = catalogue.lock(session, dataset)
    _complete(present)
    version = wanted.version or present.latest_version
    if version is None:
        raise Conflict("There is no file yet. Upload one, wait until it is ready, then release.")
    if wanted.raw_only:
        _quarantined(session, present, version)
    else:
        _readable(session, present, version)
    first = present.released_at is None
    template = standing.meant(session, present, wanted) if first or wanted.template or not _steward(who) else None
    if not _steward(who) and not (template and template.contributors_may_release):
        raise Denied("Only a steward may release this: its standing template has changed. Propose the release.")
    shown_to = wanted.visibility or (Visibility.NETWORK if first else present.visibility)
    if shown_to is not Visibility.ORGANISATION:
        terms.without_consent(session, present)
    catalogue.release(session, dataset, version, shown_to, services.now(), wanted.raw_only, wanted.note)
    if template is not None and (first or wanted.template):
        plan = standing.planned(services, session, present, template, services.now())
        keep = {"visibility": None} if wanted.visibility else {}
        changing.carry_out(services, session, [plan.model_copy(update=keep)], who.user)
    proposals.overtake(session, dataset, who.user, services.now())
    giving.keep_apart(services, session, [dataset])
    visibility.refresh(session, [dataset])
    past.released(services, session, present, version, wanted.note)
    return catalogue.lock(session, dataset)


def show(services: Services, who: Principal, dataset: str, shown_to: Visibility) -> Dataset:
    """Change to whom a released dataset is listed, and nothing else; to the world with a complete record alone."""
    guard.require(services, who, Right.RELEASE, dataset, detail=f"list to {shown_to.value}")
    with services.sessions.begin() as session:
        changing.show(session, dataset, shown_to, services.now())
        giving.keep_apart(services, session, [dataset])
        visibility.refresh(session, [dataset])
        return catalogue.lock(session, dataset)


def entitle(services: Services, who: Principal, dataset: str, title: str | None) -> Dataset:
    """A neutral title for those who see the entry alone; None shows them the record's."""
    guard.require(services, who, Right.RELEASE, dataset, detail="public title")
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        catalogue.entitle(session, dataset, title)
        stamps.touch(session, [dataset], services.now())
        return catalogue.lock(session, dataset)


def withdraw(services: Services, who: Principal, dataset: str, note: str = "") -> Dataset:
    """Close a released dataset to others; its entry remains as a tombstone. `note` is told to whoever has read it."""
    guard.require(services, who, Right.WITHDRAW, dataset)
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        if present.state is not DatasetState.RELEASED:
            raise Conflict(f"Dataset {dataset} is {present.state.value}; only a released one can be withdrawn.")
        _not_handed_in(session, dataset)
        catalogue.withdraw(session, dataset, services.now(), note)
        stamps.touch(session, [dataset], services.now())
        proposals.overtake(session, dataset, who.user, services.now())
        visibility.refresh(session, [dataset])
        past.withdrawn(services, session, present, note)
        closed = catalogue.lock(session, dataset)
    dois.follow_if_possible(services, dataset)
    return closed


def _not_handed_in(session: Session, dataset: str) -> None:
    """While a round is open a line takes its submission back first, so that it knows what becomes of its cell."""
    for round, cell in submissions.standing(session, dataset):
        raise Conflict(
            f"Dataset {dataset} is handed in to the round {round} for the cell '{cell}', which is open. Withdraw that "
            "submission first; once the round is closed the dataset can be withdrawn, and what was handed in stays."
        )


def _steward(who: Principal) -> bool:
    return Role.STEWARD in who.roles


def _complete(dataset: Dataset) -> None:
    if dataset.state is DatasetState.WITHDRAWN:
        raise Conflict(f"Dataset {dataset.id} was withdrawn; make a new one.")
    missing = profiles.missing(dataset.metadata)
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
