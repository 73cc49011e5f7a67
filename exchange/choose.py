"""Choose: which versions and builds of a dataset a caller may reach, and which one is meant when none is named."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from exchange import guard
from exchange.services import Services
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
    """Every ingest run, oldest first: all to the owner, ready ones of released versions to others."""
    found = guard.allow(services, who, Exit.FILES, dataset)
    with services.sessions.read() as session:
        every = [run for one in _reachable(session, who, found) for run in runs.runs_of(session, dataset, one.number)]
    return every if found.owner == who.organisation else [run for run in every if run.state is RunState.READY]


def report(services: Services, who: Principal, dataset: str, pin: Pin) -> BuildReport:
    """What the checks found; without a named build that of the newest one."""
    found = guard.allow(services, who, Exit.REPORT, dataset)
    own = found.owner == who.organisation
    with services.sessions.read() as session:
        run = chosen(session, who, found, pin, ready=not own)
        found_then = runs.report_of(session, run.id) or Report()
        accepted = acceptances.of(session, dataset, run.version)
    return BuildReport(
        dataset=dataset,
        version=run.version,
        build=run.build,
        state=run.state,
        reader=run.reader,
        report=_with_acceptances(found_then, accepted, own=own),
    )


def _with_acceptances(report: Report, accepted: list[AcceptedFinding], *, own: bool) -> CheckedReport:
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
    found = _pinned(session, dataset, version, pin)
    if ready and pin == Pin() and dataset.owner == who.organisation:
        # The newest version may still be read or be quarantined: the last good one is what there is to see.
        every = (_pinned(session, dataset, one, pin) for one in range(version, 0, -1))
        found = next((runs for runs in every if any(run.state is RunState.READY for run in runs)), found)
    fit = [run for run in found if run.state is RunState.READY] if ready else found
    if fit:
        return fit[-1]
    if not found or dataset.owner != who.organisation:
        raise NotFound(f"Version {version} of {dataset.id} has no {'such ' if pin.build else ''}build that is ready.")
    state = found[-1].state.value
    raise NotFound(f"Build {found[-1].build} of version {version} of {dataset.id} is {state}; it has no tables yet.")


def _pinned(session: Session, dataset: Dataset, version: int, pin: Pin) -> list[IngestRun]:
    return [run for run in runs.runs_of(session, dataset.id, version) if pin.build in (None, run.build)]


def version_of(session: Session, who: Principal, dataset: Dataset, wanted: int | None) -> int:
    """The version that is meant: the owner's newest, for others the newest released."""
    own = dataset.owner == who.organisation
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
    return every if dataset.owner == who.organisation else [one for one in every if one.released_at is not None]
