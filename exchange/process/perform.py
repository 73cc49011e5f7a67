"""One job from its claim to its last transaction."""

from contextlib import suppress

import structlog
from sqlalchemy.orm import Session

from exchange.jobs import Step
from exchange.process.bench import Bench, Stopped
from exchange.process.read import Outcome, read
from schemas.errors import Unavailable
from schemas.identifiers import new_id
from storage import runs
from storage.objects import table_key
from storage.runs import Claim, Failure

MOST_LOST = 3
"""A run over which so many workers were lost is failed: it may be what ends them."""
_log = structlog.get_logger("exchange.process")


def perform(bench: Bench, run: str, step: Step) -> None:
    """Hold the run, read its file, enter the build. May be begun many times and by several workers."""
    services, attempt = bench.services, new_id()
    held = bench.when_reachable(lambda session: runs.claim(session, run, attempt, services.now()))
    if held is None:
        return
    try:
        if held.lost >= MOST_LOST:
            reason = f"{held.lost} workers were lost while they read this file, so it is not tried again by itself."
            _enter(bench, held, Outcome(attempt=attempt, reason=reason))
            return
        # Reading is the one durable step: what it leaves (objects, a small result) another machine can go on with.
        outcome = Outcome.model_validate(step("read", lambda: read(bench, held).model_dump(mode="json")))
        _enter(bench, held, outcome)
    except Stopped:
        with suppress(Unavailable), services.sessions.begin() as session:
            runs.give_back(session, held, services.now(), "The worker was stopped.")
        raise


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
