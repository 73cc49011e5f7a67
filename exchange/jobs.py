"""The job engine (DBOS Transact): jobs are put in the caller's transaction, worked on by whoever lives, taken over."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig
from dbos._context import current_owner_xid
from dbos._dbos import _get_dbos_instance
from dbos._error import DBOSInitializationError
from dbos._serialization import DBOSPortableJSONSerializer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from schemas.errors import ExchangeError, Unavailable
from storage.older_sqlite import teach_subsec

teach_subsec()

QUEUE = "ingest"
JOB = "ingest_run"
APPLICATION = "pilot-line-exchange"
STEPS_VERSION = "1"
"""Raised only when the order of durable steps changes; before that upgrade the queue is drained."""

_ACTIVE = ["ENQUEUED", "DELAYED", "PENDING"]
_STARTED = "PENDING"
Json = dict[str, Any]  # Any: what a step returns is kept as JSON
Step = Callable[[str, Callable[[], Json]], Json]
"""Runs a named step once: a job that is taken over gets the result of the first time it was finished."""
T = TypeVar("T")


@dataclass(frozen=True)
class Job:
    """One execution of a job: `mine` is False once the engine has given the job to another execution."""

    step: Step
    mine: Callable[[], bool]


class NotMigrated(ExchangeError):
    """The job engine's tables are missing or of another version."""

    title = "The database is not ready"


class DbosJobs:
    """Puts jobs into the engine's tables, which stand in the same database as ours."""

    def __init__(self, url: str) -> None:
        self._client = DBOSClient(
            system_database_url=_engine_url(url),
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            retry_connection_errors=False,
            lazy=True,
        )

    def enqueue(self, session: Session, run: str, attempt: int = 0) -> None:
        """One job for this attempt of a run, there once the caller's transaction commits; twice is once."""
        self._client.enqueue_in_transaction(
            session,
            {
                "queue_name": QUEUE,
                "workflow_name": JOB,
                "workflow_id": f"{run}-{attempt}",
                "app_version": STEPS_VERSION,
            },
            run,
        )

    def runs(self) -> set[str]:
        """Runs that have a job which waits or is worked on."""
        return {job.rpartition("-")[0] for job, _ in self._list(status=_ACTIVE, name=JOB)}

    def workers(self) -> set[str]:
        """Workers, alive or not, in whose name a job is being worked on."""
        return {worker for _, worker in self._list(status=[_STARTED], name=JOB) if worker}

    def forget(self, before: datetime, most: int = 1000) -> int:
        """Remove jobs that ended before then, so many at a time; runs keep their own history."""
        ended = self._list(completed_before=before.isoformat(), name=JOB, limit=most)
        if ended:
            _named(lambda: self._client.delete_workflows([job for job, _ in ended]))
        return len(ended)

    def close(self) -> None:
        """Return every connection."""
        self._client.destroy()

    def _list(self, **chosen: Any) -> list[tuple[str, str | None]]:  # Any: the engine's own filters
        jobs = _named(lambda: self._client.list_workflows(load_input=False, load_output=False, **chosen))
        return [(job.workflow_id, job.executor_id) for job in jobs]


class Engine:
    """The engine at work inside a worker process; there is at most one in a process."""

    def __init__(self, url: str, worker: str, do: Callable[[str, Job], None]) -> None:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": _engine_url(url),
            "application_version": STEPS_VERSION,
            # The default id, "local", would let a second worker run the first one's live jobs again.
            "executor_id": worker,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "enable_otlp": False,
            "log_level": "ERROR",
        }
        DBOS(config=config)

        # Without the engine's own count of attempts: ours stands in the run, where its owner sees it.
        @DBOS.workflow(name=JOB, max_recovery_attempts=None)
        def ingest_run(run: str) -> None:
            do(run, _this_job())

    def start(self, at_once: int, poll_s: float) -> None:
        """Begin to take jobs, so many at once, looking for them at this interval."""
        try:
            DBOS.launch()
        except DBOSInitializationError as failure:
            raise NotMigrated("The job engine's tables are missing or old. Run `exchange migrate` once.") from failure
        except DBAPIError as failure:
            raise Unavailable("The job engine's database does not answer.") from failure
        DBOS.register_queue(QUEUE, worker_concurrency=at_once, polling_interval_sec=poll_s, on_conflict="always_update")

    def take_over(self, dead: Collection[str]) -> int:
        """Queue the jobs of dead workers again; a job that another took meanwhile is left alone."""
        # Private, but the only way that compares and sets: resume_workflow does not ask whose the job is.
        return len(_named(lambda: DBOS._recover_pending_workflows(sorted(dead))))

    def stop(self) -> None:
        """Take no more jobs and let go; what is still at work stays in this worker's name, to be taken over."""
        DBOS.destroy(destroy_registry=True)


def migrate(url: str) -> None:
    """Bring the engine's own tables to its version; done already, it changes nothing."""
    DBOS.migrate(_engine_url(url))


def _this_job() -> Job:
    id = DBOS.workflow_id
    assert id is not None
    token, engine = current_owner_xid(id), _get_dbos_instance()
    # Private too: a job may come back to the same worker, so that only the token tells one execution from another.
    return Job(_step, lambda: engine._sys_db.get_workflow_owner(id) == token)


def _step(name: str, do: Callable[[], Json]) -> Json:
    return DBOS.run_step({"name": name}, do)


def _engine_url(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _named(call: Callable[[], T]) -> T:
    try:
        return call()
    except DBAPIError as failure:
        raise Unavailable("The job engine's database does not answer.") from failure
