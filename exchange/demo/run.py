"""Run the demonstration: a fresh installation, its server and worker, and the story over HTTP."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from exchange.app import create_app
from exchange.demo.exports import write_exports
from exchange.demo.network import LINES, Account, seed
from exchange.demo.round_network import seed_round
from exchange.demo.round_story import tell_round
from exchange.demo.story import Export, Say, tell
from exchange.serve import bound, serving
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, database_url, open_services
from exchange.worker import start_in_process


def demonstrate(given: Settings, files: Sequence[Path], *, once: bool, port: int, say: Say) -> None:
    """Tell the story with generated exports, or with `files`; unless `once`, serve until interrupted."""
    with tempfile.TemporaryDirectory(prefix="exchange-demo-") as folder, contextlib.ExitStack() as stack:
        listening = bound("127.0.0.1", port)
        address = "http://{}:{}".format(*listening.getsockname()[:2])
        settings = given.model_copy(update={"data": Path(folder), "base_url": address, "demo": True})
        services = open_services(settings)
        stack.callback(close_services, services)
        accounts = seed(services)
        stack.enter_context(working(settings, services))
        stack.enter_context(serving(_app(services, accounts), listening))
        exports = _given(files) if files else _generated(Path(folder) / "exports")
        tell(address, accounts, exports, say)
        if not files:
            tell_round(address, seed_round(services), Path(folder) / "round", say)
        if not once:
            _until_interrupted(address, accounts, say)


def _app(services: Services, accounts: dict[str, Account]):  # type: ignore[no-untyped-def]  # FastAPI, named in app alone
    return create_app(services, [(one.organisation, one.name, one.role.value, one.token) for one in accounts.values()])


def _generated(folder: Path) -> list[Export]:
    folder.mkdir()
    keys = list(LINES)
    made = write_exports(folder)
    lines = sorted({export.line for export in made})
    return [
        Export(
            line=keys[lines.index(one.line)],
            path=one.path,
            filename=one.filename,
            metadata=one.metadata | {"line": LINES[keys[lines.index(one.line)]][1]},
        )
        for one in made
    ]


def _given(files: Sequence[Path]) -> list[Export]:
    """Own exports, dealt to the lines in turn."""
    keys = list(LINES)
    return [
        Export(keys[at % len(keys)], path, path.name, {"title": path.name[:300], "time_zone": "UTC"})
        for at, path in enumerate(files)
    ]


@contextlib.contextmanager
def working(settings: Settings, services: Services) -> Iterator[None]:
    """A worker: inside this process on SQLite, as `exchange work` of its own on PostgreSQL."""
    url = database_url(settings)
    if url.startswith("sqlite"):
        stop = start_in_process(services, settings)
        try:
            yield
        finally:
            stop()
        return
    named = {
        "EXCHANGE_DATA": str(settings.data),
        "EXCHANGE_DATABASE_URL": url,
        "EXCHANGE_STORE_URL": settings.store_url or "",
        "EXCHANGE_BASE_URL": settings.base_url,
        "EXCHANGE_SECRET": services.secret.decode(),
    }
    environment = os.environ | {name: value for name, value in named.items() if value}
    worker = subprocess.Popen([sys.executable, "-m", "exchange.cli", "work"], env=environment)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(timeout=30)
        except subprocess.TimeoutExpired:
            worker.kill()


def _until_interrupted(address: str, accounts: dict[str, Account], say: Say) -> None:
    say(f"\nServing on {address} until Ctrl+C. Accounts and tokens stand on its start page; one to begin with:")
    first = next(account for id, account in accounts.items() if id in LINES)
    say(f"   curl -H 'Authorization: Bearer {first.token}' {address}/api/v1/datasets")
    ended = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: ended.set())
    ended.wait()
    say("\nEnded; everything of this demonstration in its temporary folder is removed.")
