"""Uploads that break at random bytes and go on at another server: `python -m tests.cut_uploads --cuts 100`."""

import argparse
import base64
import contextlib
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from tusclient.client import TusClient

from exchange.log import configure
from exchange.serve import bound, serving
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, migrate_all, open_services
from storage import catalogue, intake
from tests.apps import create_app
from tests.cutting_line import CuttingLine
from tests.worlds import network

MIB = 1024**2
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = TUS | {"Content-Type": "application/offset+octet-stream"}
_JS = """
const fs = require("fs"), tus = require("tus-js-client");
const [file, endpoint, token, dataset] = process.argv.slice(2);
const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint, headers: { Authorization: "Bearer " + token }, metadata: { filename: "cut.csv", dataset },
  retryDelays: Array(40).fill(60),
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: () => { console.log(upload.url); process.exit(0); },
});
upload.start();
"""


@dataclass(frozen=True)
class Network:
    """Two servers on one database and one store, a caller's token, and the services to look inside."""

    services: Services
    servers: tuple[str, str]
    token: str

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def draft(self) -> str:
        made = httpx.post(f"{self.servers[0]}/api/v1/datasets", json={}, headers=self.header)
        return str(made.raise_for_status().json()["id"])

    def opened(self, dataset: str, length: int, line: str = "") -> str:
        """The address of a new upload."""
        told = {"filename": "cut.csv", "dataset": dataset}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = self.header | TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata}
        server = line or self.servers[0]
        answer = httpx.post(f"{server}/api/v1/uploads", headers=headers, timeout=60).raise_for_status()
        return server + str(answer.headers["Location"])


@contextlib.contextmanager
def two_servers(settings: Settings) -> Iterator[Network]:
    """Two servers in threads, each with connections of its own."""
    migrate_all(settings)
    with contextlib.ExitStack() as stack:
        worlds = [open_services(settings) for _ in range(2)]
        for services in worlds:
            stack.callback(close_services, services)
        token = network(worlds[0]).tokens["north"]
        first, second = (stack.enter_context(serving(create_app(one), bound("127.0.0.1", 0))) for one in worlds)
        yield Network(worlds[0], (first, second), token)


def serve(port: int) -> None:
    """One server in this process, by the settings of the environment; for tests that kill it."""
    services = open_services(Settings())
    with serving(create_app(services), bound("127.0.0.1", port)):
        threading.Event().wait()


@dataclass(frozen=True)
class Sent:
    """A file that a client is to send."""

    path: Path
    content: bytes
    dataset: str
    rng: random.Random


def by_tuspy(network: Network, line: str, sent: Sent) -> str:
    """The Python client, with chunks of a random size, half of the time with checksums."""
    client = TusClient(f"{line}/api/v1/uploads", headers=network.header)
    uploader = client.uploader(
        file_path=str(sent.path),
        chunk_size=sent.rng.choice([300_000, 3 * MIB, 9 * MIB, sys.maxsize]),
        retries=40,
        retry_delay=0.06,
        metadata={"filename": "cut.csv", "dataset": sent.dataset},
        upload_checksum=sent.rng.random() < 0.5,
    )
    uploader.upload()
    return str(uploader.url)


def by_http(network: Network, line: str, sent: Sent) -> str:
    """A plain HTTP client that asks for the offset after every break."""
    location, offset = network.opened(sent.dataset, len(sent.content), line), 0
    with httpx.Client(headers=network.header, timeout=60) as client:
        while offset < len(sent.content):
            with contextlib.suppress(httpx.TransportError):
                chunk = CHUNK | {"Upload-Offset": str(offset)}
                client.patch(location, content=sent.content[offset:], headers=chunk)
            with contextlib.suppress(httpx.TransportError):
                offset = int(client.head(location, headers=TUS).raise_for_status().headers["Upload-Offset"])
    return location


@dataclass(frozen=True)
class JavaScript:
    """The client of browsers, on Node; sends everything in one endless request."""

    folder: Path

    def __call__(self, network: Network, line: str, sent: Sent) -> str:
        command = ["node", "send.js", str(sent.path), f"{line}/api/v1/uploads", network.token, sent.dataset]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError(f"tus-js-client: {done.stderr.strip()}")
        return done.stdout.strip()


def javascript(folder: Path) -> JavaScript:
    """Install the client of browsers into a folder; `RuntimeError` says what is not at hand."""
    if shutil.which("npm") is None:
        raise RuntimeError("Node is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), "tus-js-client@4.3.1"]
    done = subprocess.run(install, capture_output=True, text=True, timeout=180)
    if done.returncode:
        raise RuntimeError("the npm registry does not give tus-js-client")
    (folder / "send.js").write_text(_JS)
    return JavaScript(folder)


Client = Callable[[Network, str, Sent], str]


def trial(network: Network, client: Client, folder: Path, seed: int, cuts: int = 1) -> int:
    """Send a file of random size over a line that breaks; returns how often it broke. Asserts that it arrived once."""
    rng = random.Random(seed)
    size = rng.choice([rng.randint(60_000, MIB), rng.randint(MIB, 8 * MIB), rng.randint(8 * MIB, 24 * MIB)])
    content = rng.randbytes(size)
    path = folder / f"{seed}.csv"
    path.write_bytes(content)
    # Not within the first bytes: a creation whose answer is lost is simply made again, that needs no continuing.
    line = CuttingLine(network.servers, [rng.randint(5_000, size) for _ in range(cuts)], rng.random() < 0.5)
    sent = Sent(path, content, network.draft(), rng)
    try:
        url = client(network, line.address, sent)
    finally:
        line.close()
        path.unlink()
    arrived_once(network, url, sent.dataset, content)
    return line.broken


def arrived_once(network: Network, url: str, dataset: str, content: bytes) -> None:
    """Assert that the bytes arrived, exactly once, as one version."""
    address = f"{network.servers[1]}/api/v1/uploads/{url.rpartition('/')[2]}"
    for _ in range(200):
        found = httpx.get(address, headers=network.header).json()
        if found["state"] != "verifying":
            break
        time.sleep(0.05)
    assert found["state"] == "received", found
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    with network.services.sessions.read() as session:
        versions = catalogue.versions(session, dataset)
        assert [version.number for version in versions] == [1]
        key = intake.key_of(session, versions[0].files[0].id)
    assert hashlib.sha256(network.services.objects.get(key)).hexdigest() == found["sha256"]


def main() -> int:
    """The long form, on an embedded database and folder unless the environment names others."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cuts", type=int, default=100, help="broken uploads per client")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    configure("WARNING")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        clients: dict[str, Client] = {"http": by_http, "tuspy": by_tuspy}
        try:
            clients["tus-js-client"] = javascript(folder / "js")
        except RuntimeError as absent:
            print(f"tus-js-client is left out: {absent}")
        with two_servers(Settings(data=folder / "data")) as network:
            for name, client in clients.items():
                began = time.monotonic()
                broken = sum(trial(network, client, folder, given.seed + one) for one in range(given.cuts))
                took = time.monotonic() - began
                print(f"{name}: {given.cuts} uploads, {broken} breaks, all arrived, {took:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
