"""The storm: files arrive while processes are killed at random; then a worker is paused until it is replaced."""

import math
import random
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
    falls: int = 0
    last_restart: float = 0.0
    last_sent: float = 0.0


def blow(installation: Installation, plan: Plan) -> Weather:
    """Send everything and kill as planned; on return all processes run and every byte is acknowledged."""
    fate, weather = random.Random(plan.seed), Weather()
    files = Files(plan.largest)
    jobs = [(number, _size(plan, fate), fate.random() * plan.kills * plan.every_s) for number in range(plan.uploads)]
    began = time.monotonic()

    def send(number: int, size: int = plan.largest, at: float = 0.0) -> Sent:
        time.sleep(max(0.0, began + at - time.monotonic()))
        sender = Sender(installation.base, installation.world.header("north"), random.Random(number))
        return sender.send(number, files.of(size, number))

    with ThreadPoolExecutor(SENDERS) as senders:
        sending = [senders.submit(send, *job) for job in sorted(jobs, key=lambda job: job[2])]
        for _ in range(plan.kills):
            time.sleep(fate.uniform(0.1, 2 * plan.every_s - 0.1))
            _replace(fate.choice(installation.processes), fate.uniform(0.0, 1.0))
            _supervise(installation)
        weather.last_restart = time.monotonic()
        # Not among the kills: who judges by silence must itself have lived for a while.
        lures = _pause(installation, plan, send) if plan.pause_s else []
        while not all(one.done() for one in sending):
            _supervise(installation)
            time.sleep(0.5)
        weather.sent = [one.result() for one in sending] + lures
        weather.last_sent = time.monotonic()
    weather.deaths = {process.name: process.deaths for process in installation.processes}
    weather.falls = sum(process.falls for process in installation.processes)
    return weather


def _size(plan: Plan, fate: random.Random) -> int:
    return round(math.exp(fate.uniform(math.log(plan.smallest), math.log(plan.largest))))


def _replace(victim: Process, after_s: float) -> None:
    victim.kill()
    time.sleep(after_s)
    victim.start()


def _supervise(installation: Installation) -> None:
    for process in installation.processes:
        process.start_if_fallen()


def _pause(installation: Installation, plan: Plan, send: Callable[[int], Sent]) -> list[Sent]:
    """Stop a worker that holds a run until another has taken it over; the files that were sent to lure one."""
    sent: list[Sent] = []
    with ThreadPoolExecutor(1) as other:
        for number in range(_LURES):
            lure = other.submit(send, _FIRST_LURE + number)
            caught = _catch(installation, lure, plan)
            sent.append(lure.result())
            if caught:
                return sent
    raise AssertionError(f"no worker could be paused while it held one of {_LURES} runs")


def _catch(installation: Installation, lure: "Future[Sent]", plan: Plan) -> bool:
    """True when a worker was paused with a run in its hands and that run was taken over."""
    give_up = time.monotonic() + plan.pause_s
    quiet_since = time.monotonic()
    while time.monotonic() < give_up and time.monotonic() - quiet_since < _READ_S:
        if not lure.done():
            quiet_since = time.monotonic()
        for worker in installation.workers:
            if not _holds_a_run(installation, worker):
                continue
            try:
                time.sleep(random.uniform(0.0, 0.3))
                worker.pause()
                if _holds_a_run(installation, worker):
                    until(lambda worker=worker: not _holds_a_run(installation, worker), plan.pause_s)  # type: ignore[misc]  # bound early
                    return True
            finally:
                worker.go_on()
        time.sleep(0.005)
    return False


def _holds_a_run(installation: Installation, worker: Process) -> bool:
    jobs = installation.services.jobs
    assert isinstance(jobs, DbosJobs) and worker.running is not None
    return any(f"-{worker.running.pid}-" in id for id in jobs.workers())
