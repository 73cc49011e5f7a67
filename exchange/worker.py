"""The worker process: takes jobs, shows that it lives, takes over from the dead, keeps the house in order."""

import re
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from os import getpid

import structlog

from exchange import process, receive, visibility
from exchange.auditing.retain import Forgotten, forget
from exchange.auditing.seal import seal
from exchange.jobs import DbosJobs, Engine, Job
from exchange.process import Bench
from exchange.remind import remind
from exchange.rounds.remind import remind_of_cells
from exchange.rounds.states import close_due
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, database_url, open_services, reach, warn_of_silence, writable
from exchange.sweep import GRACE, sweep
from exchange.telling import mail, post
from ingest import sandbox
from schemas.errors import Unavailable
from storage import runs, spool, workers
from storage.spool import Spool

_log = structlog.get_logger("exchange.worker")
_REMEMBERED = timedelta(days=7)
_JOBS_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True)
class Pace:
    """How often and how long, in seconds; tests are quicker than the world.

    `dead_s`: a worker that is silent for so long counts as dead. `stray_s`: a run without a job that entered no state
    for so long is queued again. `stop_s`: a run at work has so long to let go when its worker stops.
    """

    beat_s: float = 5.0
    dead_s: float = 30.0
    poll_s: float = 0.2
    upkeep_s: float = 10.0
    stray_s: float = 60.0
    seal_s: float = 60.0
    sweep_s: float = 3600.0
    rounds_s: float = 60.0
    check_s: float = 24 * 3600.0
    post_s: float = 10.0
    grace_s: float = GRACE.total_seconds()
    patience_s: float = 3600.0
    stop_s: float = 5.0


class Worker:
    """Works in this process, on threads of its own, from `start` to `stop`; one at a time in a process."""

    def __init__(self, settings: Settings, pace: Pace | None = None, services: Services | None = None) -> None:
        self._settings, self._pace = settings, pace or Pace()
        self._own_services = services is None
        self._services = services or open_services(settings)
        host = re.sub(r"[^A-Za-z0-9.]", "", socket.gethostname())[:60]
        self.id = f"{host}-{getpid()}-{secrets.token_hex(4)}"
        self._stopping = threading.Event()
        self._steady_since: float | None = None
        self._working, self._idle = 0, threading.Condition()
        self._threads: list[threading.Thread] = []

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        ended = threading.Event()
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, lambda *_: ended.set())
        warn_of_silence(self._services)
        self.start()
        try:
            ended.wait()
        finally:
            self.stop()

    def start(self) -> None:
        """Begin to take jobs; `Unavailable` or `Misconfigured` when database or scratch folder do not let it."""
        url = database_url(self._settings)
        reach(self._settings)
        with writable("EXCHANGE_SPOOL"):
            self._spool = Spool(self._settings.spool, self.id, self._settings.spool_bytes)
        self._mailer = mail.opened(self._settings)
        self._bench = Bench(self._services, self._spool, self._stopping, self._pace.patience_s)
        self._jobs = DbosJobs(url)
        self._engine = Engine(url, self.id, self._perform)
        sandbox.warm()
        with self._services.sessions.begin() as session:
            workers.enter(session, self.id)
        self._engine.start(self._settings.workers, self._pace.poll_s)
        self._every(self._pace.beat_s, self._beat, "beat")
        self._every(self._pace.upkeep_s, self._upkeep, "upkeep")
        self._every(self._pace.seal_s, self._seal, "seal")
        self._every(self._pace.sweep_s, self._sweep, "sweep")
        self._every(self._pace.rounds_s, self._rounds, "rounds")
        self._every(self._pace.check_s, self._check, "check", first_s=self._pace.check_s / 100)
        if self._mailer is not None:
            self._every(self._pace.post_s, self._post, "post")
        _log.info("worker started", worker=self.id, at_once=self._settings.workers)

    def stop(self) -> None:
        """Let go of every run, so that another worker takes it at once."""
        self._stopping.set()
        with self._idle:
            self._idle.wait_for(lambda: self._working == 0, timeout=self._pace.stop_s)
        sandbox.close()
        self._engine.stop()
        for thread in self._threads:
            thread.join(timeout=self._pace.stop_s)
        try:
            with self._services.sessions.begin() as session:
                workers.leave(session, self.id)
        except Unavailable:
            _log.warning("worker left without saying so", worker=self.id)
        self._jobs.close()
        self._spool.close()
        if self._own_services:
            close_services(self._services)
        _log.info("worker stopped", worker=self.id)

    def _perform(self, run: str, job: Job) -> None:
        with self._idle:
            if self._stopping.is_set():
                raise process.Stopped
            self._working += 1
        try:
            process.perform(self._bench, run, job)
        finally:
            with self._idle:
                self._working -= 1
                self._idle.notify_all()

    def _every(self, seconds: float, do: Callable[[], None], name: str, first_s: float = 0) -> None:
        def forever() -> None:
            self._stopping.wait(first_s)
            while not self._stopping.is_set():
                try:
                    do()
                except Unavailable as trouble:
                    _log.warning("postponed", what=name, reason=trouble.message)
                except Exception:  # The loop must outlive a bug: a worker that falls silent counts as dead.
                    _log.exception("failed", what=name)
                self._stopping.wait(seconds)

        thread = threading.Thread(target=forever, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _beat(self) -> None:
        try:
            with self._services.sessions.begin() as session:
                workers.beat(session, self.id)
        except Unavailable:
            self._steady_since = None
            raise
        now = time.monotonic()
        last, self._beaten = getattr(self, "_beaten", now), now
        if self._steady_since is None or now - last > self._pace.dead_s / 2:
            self._steady_since = now
        self._take_over()

    def _take_over(self) -> None:
        """Queue the jobs of dead workers again: of those that left, ended on this machine, or are silent."""
        at_work = self._jobs.workers() - {self.id}
        if at_work:
            with self._services.sessions.read() as session:
                present = workers.present(session)
                heard = workers.heard(session, timedelta(seconds=self._pace.dead_s))
            # After an outage of the database everybody has been silent: others get as long to be heard again.
            alive = heard if self._steady() else present
            dead = at_work - (alive - spool.ended(self._settings.spool))
            if dead:
                count = self._engine.take_over(dead)
                _log.warning("took over", worker=self.id, dead=sorted(dead), jobs=count)
        spool.clear(self._settings.spool)

    def _steady(self) -> bool:
        return self._steady_since is not None and time.monotonic() - self._steady_since >= self._pace.dead_s

    def _upkeep(self) -> None:
        receive.finish_pending(self._services)
        self._queue_strays()

    def _post(self) -> None:
        sent = post.send_due(self._services, self._mailer)
        if sent:
            _log.info("mails sent", count=sent)

    def _queue_strays(self) -> None:
        """A safety net: runs that have not ended and whose job is gone, such as by hand or by a restored backup."""
        quiet = self._services.now() - timedelta(seconds=self._pace.stray_s)
        with self._services.sessions.read() as session:
            waiting = runs.unfinished(session, quiet)
        strays = set(waiting) - self._jobs.runs() if waiting else set()
        if not strays:
            return
        with self._services.sessions.begin() as session:
            if not workers.alone(session):
                return
            for run in strays.intersection(runs.unfinished(session, quiet)):
                attempt = runs.requeue(session, run, self._services.now(), runs.STRAY)
                self._services.jobs.enqueue(session, run, attempt)
        _log.warning("queued strays", runs=sorted(strays))

    def _seal(self) -> None:
        """The newest seal's hash is logged: kept elsewhere with the log, it is an anchor of the audit's chain."""
        before, self._sealed = getattr(self, "_sealed", None), seal(self._services)
        if self._sealed is not None and self._sealed != before:
            _log.info("sealed", seal=self._sealed.number, events=self._sealed.events, head=self._sealed.hash)

    def _sweep(self) -> None:
        seal(self._services, whole=True)
        gone = forget(self._services)
        if gone != Forgotten():
            _log.info("forgotten", addresses=gone.addresses, words=gone.words, ties=gone.ties)
        swept = sweep(self._services, timedelta(seconds=self._pace.grace_s))
        remind(self._services)
        forgotten = self._jobs.forget(self._services.now() - _JOBS_REMEMBERED)
        with self._services.sessions.begin() as session:
            workers.forget(session, _REMEMBERED)
        if swept or forgotten:
            _log.info("swept", objects=swept, jobs=forgotten)

    def _rounds(self) -> None:
        if closed := close_due(self._services):
            _log.info("closed rounds that were due", rounds=closed)
        remind_of_cells(self._services)

    def _check(self) -> None:
        """Compare what search reads with what the rule says, and put it right: a difference is a bug, told loudly."""
        wrong = visibility.rebuild(self._services.sessions)
        if wrong:
            _log.error("visibility had drifted from the rule", datasets=wrong)


def start_in_process(services: Services, settings: Settings, pace: Pace | None = None) -> Callable[[], None]:
    """A worker inside this process, for the embedded default; call what is returned to stop it."""
    worker = Worker(settings, pace, services)
    worker.start()
    return worker.stop
