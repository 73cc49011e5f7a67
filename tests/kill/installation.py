"""An installation whose processes are made to die: on SQLite and a folder, or on PostgreSQL and S3."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from exchange.serve import bound
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, migrate_all, open_services
from tests import servers
from tests.working import pause, until
from tests.worlds import World, network

_MOST_FALLS = 10


@dataclass
class Process:
    """One process of the installation, which is started again as often as it dies."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    running: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    falls: int = 0

    def start(self) -> None:
        with self.log.open("ab") as sink:
            self.running = subprocess.Popen(
                [sys.executable, *self.command], env=os.environ | self.environment, stderr=sink, stdout=sink
            )

    def kill(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()
        self.deaths += 1

    def pause(self) -> None:
        assert self.running is not None
        pause(self.running, self.environment["EXCHANGE_DATABASE_URL"])

    def start_if_fallen(self) -> None:
        """What a supervisor does: a process that could not start, such as on a busy database, is started again."""
        assert self.running is not None
        if self.running.poll() is not None:
            self.falls += 1
            if self.falls > _MOST_FALLS:
                raise RuntimeError(f"{self.name} does not start:\n{self.log.read_text()[-2000:]}")
            self.start()

    def go_on(self) -> None:
        assert self.running is not None
        self.running.send_signal(signal.SIGCONT)

    def end(self) -> None:
        if self.running is None:
            return
        self.go_on()
        self.running.send_signal(signal.SIGTERM)
        try:
            self.running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Installation:
    """A server and workers; `services` look inside from outside, on connections of their own."""

    base: str
    services: Services
    world: World
    server: Process
    workers: list[Process] = field(default_factory=list)

    @property
    def processes(self) -> list[Process]:
        return [self.server, *self.workers]

    @property
    def embedded(self) -> bool:
        """True when the server holds a worker too."""
        return str(self.services.settings.database_url).startswith("sqlite")


@contextlib.contextmanager
def installed(kind: str, folder: Path, pace: dict[str, float] | None = None) -> Iterator[Installation]:
    """Running processes; `kind` is `sqlite` or `postgresql`. `pace` makes the separate workers quicker."""
    with contextlib.ExitStack() as stack:
        environment = _places(kind, folder, stack)
        settings = Settings(_env_file=None, **_fields(environment))  # type: ignore[call-arg, arg-type]  # parsed by it
        migrate_all(settings)
        services = open_services(settings)
        stack.callback(close_services, services)
        made = _processes(folder, environment, pace, 1 if kind == "sqlite" else 2)
        running = Installation(settings.base_url, services, network(services), made[0], made[1:])
        for process in running.processes:
            stack.callback(process.end)
            process.start()
        until(lambda: healthy(running), 60)
        yield running


def healthy(installation: Installation) -> bool:
    """True when the server answers and can work."""
    try:
        return httpx.get(f"{installation.base}/api/v1/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _processes(folder: Path, environment: dict[str, str], pace: dict[str, float] | None, workers: int) -> list[Process]:
    port = environment["EXCHANGE_BASE_URL"].rpartition(":")[2]
    work = ["-m", "exchange.cli", "work"] if pace is None else ["-m", "tests.working", json.dumps(pace)]
    made = [Process("server", ["-m", "exchange.cli", "serve", "--port", port], environment, folder / "server.log")]
    for number in range(1, workers + 1):
        made.append(Process(f"worker-{number}", work, environment, folder / f"worker-{number}.log"))
    return made


def _places(kind: str, folder: Path, stack: contextlib.ExitStack) -> dict[str, str]:
    listening = bound("127.0.0.1", 0)
    address = "http://{}:{}".format(*listening.getsockname()[:2])
    listening.close()
    data, spool = folder / "data", folder / "spool"
    data.mkdir(parents=True)
    environment = {
        "EXCHANGE_BASE_URL": address,
        "EXCHANGE_DATA": str(data),
        "EXCHANGE_SPOOL": str(spool),
        "EXCHANGE_SECRET": secrets.token_hex(16),
        "EXCHANGE_DATABASE_URL": f"sqlite:///{data}/exchange.sqlite3",
    }
    if kind == "postgresql":
        store = stack.enter_context(servers.seaweed(folder / "s3"))
        given = os.environ.get("EXCHANGE_TEST_DATABASE_URL") or stack.enter_context(servers.postgres())
        environment |= {
            "EXCHANGE_DATABASE_URL": stack.enter_context(servers.fresh_database(given)),
            "EXCHANGE_STORE_URL": store.url,
            "EXCHANGE_S3_ACCESS_KEY": store.access_key,
            "EXCHANGE_S3_SECRET_KEY": store.secret_key,
        }
    return environment


def _fields(environment: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("EXCHANGE_").lower(): value for name, value in environment.items()}


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder for an installation, removed at the end."""
    return tempfile.TemporaryDirectory(prefix="plx-kill-")
