"""Choose: which versions and builds of a dataset a caller may reach, and which one is meant when none is named."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from access.scopes import home
from exchange import guard
from exchange.services import Services
from ingest.parts import growth
from schemas.acceptance import AcceptedFinding, CheckedReport, Finding, FindingKey
from schemas.access import Exit, Principal
from schemas.dataset import BuildReport, Dataset, IngestRun, RunState, Version
from schemas.errors import NotFound
from schemas.report import Report, Severity
from storage import acceptances, catalogue, runs


@dataclass(frozen=True)
class Pin:
    """A version and a build of it; None means the newest that the caller may reach."""

    version: int | None = None
    build: int | None = None


def reference(run: IngestRun) -> str:
    """How a build is cited: `PLX-7Q4K-M2XD@2.b3`."""
    return f"{run.dataset}@{run.version}.b{run.build}"


def versions(services: Services, who: Principal, dataset: str) -> list[Version]:
    """The versions with their files: all to the owner, released ones to others."""
    found = guard.allow(services, who, Exit.FILES, dataset)
    with services.sessions.read() as session:
        return _reachable(session, who, found)


def builds(services: Services, who: Principal, dataset: str) -> list[IngestRun]:
    """Every ingest run, oldest first: all to the owner; to others the ready ones of released versions.

    Of a version that is released raw only, others are told of the quarantined ones instead.
    """
    found = guard.allow(services, who, Exit.FILES, dataset)
    own = found.owner == home(who)
    with services.sessions.read() as session:
        every = [
            (one, run) for one in _reachable(session, who, found) for run in runs.runs_of(session, dataset, one.number)
        ]
    return [run for one, run in every if own or run.state is _shown(one)]


def report(services: Services, who: Principal, dataset: str, pin: Pin) -> BuildReport:
    """What the checks found; without a named build that of the newest one."""
    found = guard.allow(services, who, Exit.REPORT, dataset)
    own = found.owner == home(who)
    with services.sessions.read() as session:
        run = _reported(session, who, found, pin)
        checked = runs.report_of(session, run.id) or Report()
        if own:
            checked = _with_growth(session, run, checked)
        accepted = acceptances.of(session, dataset, run.version)
        sources, choices = runs.sources_of(session, run.id), runs.choices_of(session, run.id)
    return BuildReport(
        dataset=dataset,
        version=run.version,
        build=run.build,
        state=run.state,
        reader=run.reader,
        report=with_acceptances(checked, accepted, own=own),
        sources=sources,
        choices=choices,
    )


def with_acceptances(report: Report, accepted: list[AcceptedFinding], *, own: bool) -> CheckedReport:
    """Each warning with its acceptance; who accepted is the owner's affair."""
    by_key = {one.key: one if own else one.model_copy(update={"accepted_by": None}) for one in accepted}
    problems = tuple(
        Finding(
            **problem.model_dump(exclude={"page"}),
            acceptance=by_key.get(FindingKey.of(problem)) if problem.severity is Severity.WARNING else None,
        )
        for problem in report.problems
    )
    return CheckedReport(problems=problems, rows_in=report.rows_in, rows_out=report.rows_out)


def chosen(session: Session, who: Principal, dataset: Dataset, pin: Pin, *, ready: bool = True) -> IngestRun:
    """The build that is meant; the caller has passed the guard. `NotFound` says what there is instead."""
    version = version_of(session, who, dataset, pin.version)
    if ready and dataset.owner != home(who) and _version(session, dataset, version).raw_only:
        raise NotFound(f"Version {version} of {dataset.id} is raw only: it has no tables, but its report and raw file.")
    found = _pinned(session, dataset, version, pin)
    if ready and pin == Pin() and dataset.owner == home(who):
        # The newest version may still be read or be quarantined: the last good one is what there is to see.
        every = (_pinned(session, dataset, one, pin) for one in range(version, 0, -1))
        found = next((runs for runs in every if any(run.state is RunState.READY for run in runs)), found)
    fit = [run for run in found if run.state is RunState.READY] if ready else found
    if fit:
        return fit[-1]
    if not found or dataset.owner != home(who):
        raise NotFound(f"Version {version} of {dataset.id} has no {'such ' if pin.build else ''}build that is ready.")
    state = found[-1].state.value
    raise NotFound(f"Build {found[-1].build} of version {version} of {dataset.id} is {state}; it has no tables yet.")


def _reported(session: Session, who: Principal, dataset: Dataset, pin: Pin) -> IngestRun:
    """The build whose report is meant: for others a ready one, or a quarantined one of what is raw only."""
    own = dataset.owner == home(who)
    version = version_of(session, who, dataset, pin.version)
    if own or not _version(session, dataset, version).raw_only:
        return chosen(session, who, dataset, pin, ready=not own)
    fit = [run for run in _pinned(session, dataset, version, pin) if run.state is RunState.QUARANTINED]
    if not fit:
        raise NotFound(f"Version {version} of {dataset.id} has no such build.")
    return fit[-1]


def _with_growth(session: Session, run: IngestRun, report: Report) -> Report:
    """With a note where the file begins as another of the owner's does; others are not told of it."""
    version = next(one for one in catalogue.versions(session, run.dataset) if one.number == run.version)
    if version.continues is None:
        return report
    [file] = version.files
    note = growth.told(version.continues, run.dataset, file.filename, file.bytes)
    return report.model_copy(update={"problems": (*report.problems, note)})


def _shown(version: Version) -> RunState:
    """In which state others are told of a version's builds."""
    return RunState.QUARANTINED if version.raw_only else RunState.READY


def _version(session: Session, dataset: Dataset, number: int) -> Version:
    return next(one for one in catalogue.versions(session, dataset.id) if one.number == number)


def _pinned(session: Session, dataset: Dataset, version: int, pin: Pin) -> list[IngestRun]:
    return [run for run in runs.runs_of(session, dataset.id, version) if pin.build in (None, run.build)]


def version_of(session: Session, who: Principal, dataset: Dataset, wanted: int | None) -> int:
    """The version that is meant: the owner's newest, for others the newest released."""
    own = dataset.owner == home(who)
    newest = dataset.latest_version if own else dataset.released_version
    if newest is None:
        raise NotFound(f"Dataset {dataset.id} has no file yet.")
    if wanted is None:
        return newest
    if wanted not in {one.number for one in _reachable(session, who, dataset)}:
        raise NotFound(f"Dataset {dataset.id} has no version {wanted} that you may see.")
    return wanted


def _reachable(session: Session, who: Principal, dataset: Dataset) -> list[Version]:
    every = catalogue.versions(session, dataset.id)
    if dataset.owner == home(who):
        return every
    return [one.model_copy(update={"continues": None}) for one in every if one.released_at is not None]
