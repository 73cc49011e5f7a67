"""An upload that breaks at a random byte goes on at another server, by three clients; N by `EXCHANGE_TEST_CUTS`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from exchange.settings import Settings
from tests.cut_uploads import JavaScript, Network, by_http, by_tuspy, javascript, trial, two_servers
from tests.servers import S3Server

CUTS = int(os.environ.get("EXCHANGE_TEST_CUTS", "10"))


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
