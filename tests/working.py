"""A worker as a process of its own: `python -m tests.working '{"beat_s": 0.5}'`, with settings from the environment."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from exchange.settings import Settings

QUICK = {"beat_s": 0.3, "dead_s": 2.0, "poll_s": 0.05, "upkeep_s": 0.5, "stray_s": 600.0, "sweep_s": 600.0}


def main() -> None:
    from exchange.log import configure
    from exchange.worker import Pace, Worker

    configure()
    Worker(Settings(_env_file=None), Pace(**json.loads(sys.argv[1]))).run()  # type: ignore[call-arg]  # no .env here


@contextlib.contextmanager
def worker(settings: Settings, log: Path, **pace: float) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process; whatever is left of it is killed on leaving."""
    environment = {
        f"EXCHANGE_{name.upper()}": str(value)
        for name, value in settings.model_dump(include={"data", "database_url", "store_url", "spool"}).items()
        if value is not None
    }
    with log.open("ab") as sink:
        command = [sys.executable, "-m", "tests.working", json.dumps(QUICK | pace)]
        process = subprocess.Popen(command, env=os.environ | environment, stderr=sink)
    try:
        until(lambda: b"worker started" in log.read_bytes() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def pause(process: "subprocess.Popen[bytes]", database_url: str) -> None:
    """Stop a process outside of its transactions: on SQLite it would else keep everybody from writing."""
    while True:
        process.send_signal(signal.SIGSTOP)
        if _writable(database_url):
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.02)


def _writable(database_url: str) -> bool:
    if not database_url.startswith("sqlite"):
        return True
    with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=1)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.rollback()
    return True


def children(pid: int) -> list[int]:
    """Every process that this one started, and those that they did."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(stat.parent.name)] = int(fields[1])
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        below = [one for one, above in parents.items() if above == parent]
        found += below
        waiting += below
    return found


def alive(pid: int) -> bool:
    """True while there is such a process that is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something to become true."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.01)


if __name__ == "__main__":
    main()
