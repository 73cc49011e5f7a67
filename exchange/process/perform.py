"""One job from its claim to its last transaction."""

from contextlib import suppress

import structlog
from sqlalchemy.orm import Session

from exchange.jobs import Job
from exchange.process.bench import Bench, Overtaken, Stopped
from exchange.process.read import Outcome, broken, read
from schemas.errors import Unavailable
from schemas.identifiers import new_id
from storage import runs
from storage.objects import table_key
from storage.runs import Claim, Failure

MOST_LOST = 3
"""A run over which so many workers were lost is failed: it may be what ends them."""
_log = structlog.get_logger("exchange.process")


def perform(bench: Bench, run: str, job: Job) -> None:
    """Hold the run, read its file, enter the build. May be begun many times and by several workers."""
    held = _claim(bench, run, job)
    if held is None:
        return
    try:
        if held.lost >= MOST_LOST:
            reason = f"{held.lost} workers were lost while they read this file, so it is not tried again by itself."
            _enter(bench, held, Outcome(attempt=held.id, reason=reason))
            return
        # Reading is the one durable step: what it leaves (objects, a small result) another machine can go on with.
        outcome = Outcome.model_validate(job.step("read", lambda: read(bench, held).model_dump(mode="json")))
        try:
            _enter(bench, held, outcome)
        except Exception:
            _enter(bench, held, broken(held))
    except Stopped:
        with suppress(Unavailable), bench.services.sessions.begin() as session:
            runs.give_back(session, held, bench.services.now(), "The worker was stopped.")
        raise


def _claim(bench: Bench, run: str, job: Job) -> Claim | None:
    attempt = new_id()

    def claim(session: Session) -> Claim | None:
        held = runs.claim(session, run, attempt, bench.services.now())
        # Asked while the run is locked. A worker that was paused just here would else take the run from whoever has
        # the job by now, and then be refused by the engine itself: the run would be left to nobody.
        if not job.mine():
            raise Overtaken
        return held

    try:
        return bench.when_reachable(claim)
    except Overtaken:
        _log.warning("job was taken over", run=run)
        return None


def _enter(bench: Bench, held: Claim, outcome: Outcome) -> None:
    """The last transaction; it changes nothing when another worker holds the run by now."""
    if outcome.overtaken:
        return
    now, ingested = bench.services.now(), outcome.ingested

    def write(session: Session) -> bool:
        if ingested is None:
            return runs.fail(session, held, Failure(outcome.reason, outcome.reference), now)
        keys = {table.name: table_key(held.run, outcome.attempt, table.file) for table in ingested.tables}
        return runs.finish(session, held, ingested, keys, now)

    entered = bench.when_reachable(write)
    _log.info("run ended" if entered else "run was taken over", run=held.run, attempt=held.number)
