"""Read a file again: a failed run in place, or as another build."""

from exchange import guard
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import FINAL_STATES, IngestRun, RunState
from schemas.errors import Conflict, NotFound
from storage import intake, runs


def retry(
    services: Services, who: Principal, dataset: str, version: int | None = None, build: int | None = None
) -> IngestRun:
    """Queue a failed run again; after one that ended as a build, start another build from the same bytes.

    `Conflict` while the run is under way, `NotFound` for a version or build that the dataset does not have.
    """
    guard.require(services, who, Right.RETRY, dataset)
    with services.sessions.begin() as session:
        # The dataset is locked: two who ask at once start one run, and the second is told of it.
        present = guard.hold(session, dataset)
        wanted = version or present.latest_version
        if wanted is None:
            raise NotFound(f"Dataset {dataset} has no file yet. Upload one.")
        found = [run for run in runs.runs_of(session, dataset, wanted) if build in (None, run.build)]
        if not found:
            raise NotFound(f"Dataset {dataset} has no version {wanted}" + (f" with a build {build}." if build else "."))
        last, now = found[-1], services.now()
        if last.state not in FINAL_STATES:
            raise Conflict(f"Build {last.build} of version {wanted} is {last.state.value}; wait until it has ended.")
        if last.state is RunState.FAILED:
            again, attempt = last.id, runs.requeue(session, last.id, now, "Tried again on request.")
        else:
            again, attempt = intake.add_run(session, dataset, wanted, now, services.new_id), 0
        services.jobs.enqueue(session, again, attempt)
        return runs.run(session, again)
