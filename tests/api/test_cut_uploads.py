"""An upload that breaks at a random byte goes on at another server, by three clients; N by `EXCHANGE_TEST_CUTS`."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from exchange import receive
from exchange.serve import bound
from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.cut_uploads import (
    CHUNK,
    MIB,
    TUS,
    JavaScript,
    Network,
    arrived_once,
    by_http,
    by_tuspy,
    javascript,
    trial,
    two_servers,
)
from tests.servers import S3Server
from tests.worlds import network as entered

CUTS = int(os.environ.get("EXCHANGE_TEST_CUTS", "3"))
KILLS = max(2, CUTS // 25)


@pytest.fixture(params=["embedded", "servers"])
def network(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Network]:
    """Two servers on a SQLite file and a folder, or on PostgreSQL and S3."""
    settings = Settings(data=tmp_path / "data", _env_file=None)  # type: ignore[call-arg]  # no .env here
    if request.param == "servers":
        s3: S3Server = request.getfixturevalue("s3_server")
        servers = {
            "database_url": request.getfixturevalue("postgres_url"),
            "store_url": s3.url,
            "s3_access_key": SecretStr(s3.access_key),
            "s3_secret_key": SecretStr(s3.secret_key),
        }
        settings = settings.model_copy(update=servers)
    with two_servers(settings) as network:
        yield network


@pytest.fixture(scope="session")
def browser_client(tmp_path_factory: pytest.TempPathFactory) -> JavaScript:
    try:
        return javascript(tmp_path_factory.mktemp("js"))
    except RuntimeError as absent:
        pytest.skip(f"tus-js-client cannot be tried: {absent}")


def test_broken_uploads_go_on_by_plain_requests(network: Network, tmp_path: Path) -> None:
    assert sum(trial(network, by_http, tmp_path, seed) for seed in range(CUTS)) == CUTS


def test_broken_uploads_go_on_by_tuspy(network: Network, tmp_path: Path) -> None:
    assert sum(trial(network, by_tuspy, tmp_path, seed) for seed in range(CUTS)) == CUTS


def test_broken_uploads_go_on_by_tus_js_client(network: Network, tmp_path: Path, browser_client: JavaScript) -> None:
    assert sum(trial(network, browser_client, tmp_path, seed) for seed in range(CUTS)) == CUTS


def test_an_upload_that_breaks_seven_times_arrives(network: Network, tmp_path: Path) -> None:
    assert trial(network, by_http, tmp_path, seed=7, cuts=7) == 7


@contextmanager
def process(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server of its own process, killed without warning at the end."""
    command = [sys.executable, "-c", f"from tests.cut_uploads import serve; serve({port})"]
    server = subprocess.Popen(command, env=os.environ | {"EXCHANGE_DATA": str(folder)})
    try:
        for _ in range(400):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield server
    finally:
        server.kill()
        server.wait()


def slowly(content: bytes) -> Iterator[bytes]:
    """Pieces at some 40 MB/s, so that death comes in the middle."""
    for at in range(0, len(content), 262_144):
        time.sleep(0.006)
        yield content[at : at + 262_144]


def test_a_server_killed_at_random_moments_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    services = open_services(Settings(data=tmp_path, _env_file=None))  # type: ignore[call-arg]  # no .env here
    rng, url = random.Random(5), ""
    with bound("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    server = f"http://127.0.0.1:{port}"
    network = Network(services, (server, server), entered(services).tokens["north"])
    content, acknowledged, kills = rng.randbytes(32 * MIB), 0, 0
    while acknowledged < len(content):
        with process(tmp_path, port) as alive, httpx.Client(headers=network.header, timeout=20) as client:
            if not url:
                dataset = network.draft()
                url = network.opened(dataset, len(content))
            offset = int(client.head(url, headers=TUS).headers["Upload-Offset"])
            assert offset >= acknowledged
            acknowledged = offset
            if kills < KILLS:
                threading.Timer(rng.uniform(0.1, 0.6), alive.kill).start()
                kills += 1
            headers = CHUNK | {"Upload-Offset": str(offset), "Content-Length": str(len(content) - offset)}
            with suppress(httpx.TransportError):
                answer = client.patch(url, content=slowly(content[offset:]), headers=headers)
                acknowledged = int(answer.headers["Upload-Offset"])
    assert kills == KILLS
    with process(tmp_path, port):
        receive.finish_pending(replace(services, now=lambda: services.now() + timedelta(seconds=31)))
        arrived_once(network, url, dataset, content)
    close_services(services)
