"""The storm: files arrive while processes are killed at random, and one worker is paused until it is replaced."""

import math
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from exchange.jobs import DbosJobs
from tests.kill.installation import Installation, Process
from tests.kill.sending import Files, Sender, Sent
from tests.working import until

SENDERS = 4
_LURES, _FIRST_LURE = 10, 100_000
_READ_S = 5.0
Turns = dict[str, threading.Lock]
"""Who kills or pauses a process holds its lock."""


@dataclass(frozen=True)
class Plan:
    """How bad it gets; sizes in bytes, drawn evenly on a logarithmic scale; `every_s` between two kills on average."""

    kills: int
    uploads: int
    smallest: int = 10_000
    largest: int = 100_000_000
    every_s: float = 2.0
    pause_s: float = 180.0
    seed: int = 0


@dataclass
class Weather:
    """What happened."""

    sent: list[Sent] = field(default_factory=list)
    deaths: dict[str, int] = field(default_factory=dict)
    last_restart: float = 0.0
    last_sent: float = 0.0


def blow(installation: Installation, plan: Plan) -> Weather:
    """Send everything and kill as planned; on return all processes run and every byte is acknowledged."""
    fate, weather = random.Random(plan.seed), Weather()
    files = Files(plan.largest)
    turns: Turns = {process.name: threading.Lock() for process in installation.processes}
    jobs = [(number, _size(plan, fate), fate.random() * plan.kills * plan.every_s) for number in range(plan.uploads)]
    began = time.monotonic()

    def send(number: int, size: int = plan.largest, at: float = 0.0) -> Sent:
        time.sleep(max(0.0, began + at - time.monotonic()))
        sender = Sender(installation.base, installation.world.header("north"), random.Random(number))
        return sender.send(number, files.of(size, number))

    with ThreadPoolExecutor(SENDERS) as senders, ThreadPoolExecutor(1) as other:
        sending = [senders.submit(send, *job) for job in sorted(jobs, key=lambda job: job[2])]
        pausing = other.submit(_pause, installation, plan, send, turns) if plan.pause_s else None
        for _ in range(plan.kills):
            time.sleep(fate.uniform(0.1, 2 * plan.every_s - 0.1))
            victim = fate.choice(installation.processes)
            if turns[victim.name].acquire(blocking=False):
                _replace(victim, fate.uniform(0.0, 1.0))
                turns[victim.name].release()
            else:
                _replace(installation.server, fate.uniform(0.0, 1.0))
        weather.last_restart = time.monotonic()
        weather.sent = [one.result() for one in sending] + (pausing.result() if pausing else [])
        weather.last_sent = time.monotonic()
    weather.deaths = {process.name: process.deaths for process in installation.processes}
    return weather


def _size(plan: Plan, fate: random.Random) -> int:
    return round(math.exp(fate.uniform(math.log(plan.smallest), math.log(plan.largest))))


def _replace(victim: Process, after_s: float) -> None:
    victim.kill()
    time.sleep(after_s)
    victim.start()


def _pause(installation: Installation, plan: Plan, send: Callable[[int], Sent], turns: Turns) -> list[Sent]:
    """Stop a worker that holds a run until another has taken it over; the files that were sent to lure one."""
    sent: list[Sent] = []
    with ThreadPoolExecutor(1) as other:
        for number in range(_LURES):
            lure = other.submit(send, _FIRST_LURE + number)
            caught = _catch(installation, lure, plan, turns)
            sent.append(lure.result())
            if caught:
                return sent
    raise AssertionError(f"no worker could be paused while it held one of {_LURES} runs")


def _catch(installation: Installation, lure: "Future[Sent]", plan: Plan, turns: Turns) -> bool:
    """True when a worker was paused with a run in its hands and that run was taken over."""
    give_up = time.monotonic() + plan.pause_s
    quiet_since = time.monotonic()
    while time.monotonic() < give_up and time.monotonic() - quiet_since < _READ_S:
        if not lure.done():
            quiet_since = time.monotonic()
        for worker in installation.workers:
            if not _holds_a_run(installation, worker) or not turns[worker.name].acquire(blocking=False):
                continue
            try:
                time.sleep(random.uniform(0.0, 0.3))
                worker.pause()
                if _holds_a_run(installation, worker):
                    until(lambda worker=worker: not _holds_a_run(installation, worker), plan.pause_s)  # type: ignore[misc]  # bound early
                    return True
            finally:
                worker.go_on()
                turns[worker.name].release()
        time.sleep(0.005)
    return False


def _holds_a_run(installation: Installation, worker: Process) -> bool:
    jobs = installation.services.jobs
    assert isinstance(jobs, DbosJobs) and worker.running is not None
    return any(f"-{worker.running.pid}-" in id for id in jobs.workers())
