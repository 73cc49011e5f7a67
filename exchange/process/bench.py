"""What a worker works with, and the ways in which a run can slip out of its hands."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from exchange.services import Services
from schemas.errors import Unavailable
from storage.spool import Spool

_LONGEST_PAUSE_S = 60.0
T = TypeVar("T")


class Stopped(BaseException):
    """The worker stops: no error of the run, its job stays as it is until another worker takes it over."""


class Overtaken(Exception):
    """Another worker holds the run by now."""


@dataclass(frozen=True)
class Bench:
    """A worker's services and scratch room; a run waits `patience_s` for a store or disk before it fails."""

    services: Services
    spool: Spool
    stopping: threading.Event
    patience_s: float = 3600.0
    pause_s: float = 1.0

    def pauses(self) -> Iterator[None]:
        """Without end; before each but the first a longer pause, in which `Stopped` is raised when the worker stops."""
        pause = self.pause_s
        yield
        while True:
            if self.stopping.wait(pause):
                raise Stopped
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            yield

    def when_reachable(self, do: Callable[[Session], T]) -> T:
        """One transaction, tried until the database answers."""
        for _ in self.pauses():
            try:
                with self.services.sessions.begin() as session:
                    return do(session)
            except Unavailable:
                continue
        raise AssertionError("the pauses have no end")
