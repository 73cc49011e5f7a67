"""What the owner sees of a run while its file is read."""

import time
from contextlib import suppress

from exchange.process.bench import Bench, Overtaken, Stopped
from schemas.dataset import RunState
from schemas.errors import Unavailable
from storage import runs
from storage.runs import Claim

_EVERY_S = 1.0


class Progress:
    """Writes how far reading is: every state, and fractions at most once a second.

    Called with the sandbox's step and fraction, it raises `Overtaken` or `Stopped` when there is no use in going on.
    """

    def __init__(self, bench: Bench, held: Claim) -> None:
        self._bench, self._held = bench, held
        self._state, self._written = RunState.READING, time.monotonic()

    def __call__(self, step: str, fraction: float) -> None:
        if self._bench.stopping.is_set():
            raise Stopped
        state, now = RunState(step), time.monotonic()
        if state is self._state and now - self._written < _EVERY_S:
            return
        with suppress(Unavailable):  # The last transaction waits for the database, progress does not.
            if not self._write(state, fraction):
                raise Overtaken
        self._state, self._written = state, now

    def _write(self, state: RunState, fraction: float) -> bool:
        with self._bench.services.sessions.begin() as session:
            if state is self._state:
                return runs.progress(session, self._held, fraction)
            return runs.advance(session, self._held, state, self._bench.services.now())


def waiting(bench: Bench, held: Claim, trouble: str) -> None:
    """Show why nothing happens; a database that is away itself is told nothing."""
    with suppress(Unavailable), bench.services.sessions.begin() as session:
        runs.advance(session, held, RunState.READING, bench.services.now(), f"Waiting: {trouble}")
