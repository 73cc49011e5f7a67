"""An installation at work, and the members who share through it: what an attacker finds before them."""

from collections.abc import Iterator

import pytest

from exchange.serve import bound, serving
from exchange.settings import Settings
from exchange.start import close_services, open_services
from exchange.worker import start_in_process
from tests.api.test_exchange import Installation, Line, cell
from tests.apps import create_app
from tests.worlds import network


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """On SQLite and a folder, with links that live for two seconds."""
    folder = tmp_path_factory.mktemp("attacked")
    settings = Settings(data=folder, link_expiry_s=2, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    world = network(services)
    stop = start_in_process(services, settings)
    try:
        with serving(create_app(services), bound("127.0.0.1", 0)) as address:
            yield Installation(address, world, services)
    finally:
        stop()
        close_services(services)


@pytest.fixture(scope="module")
def north(installation: Installation) -> Line:
    """A member's steward, whose data are attacked."""
    return installation.line("north")


@pytest.fixture(scope="module")
def west(installation: Installation) -> Line:
    """A competitor's steward, who attacks."""
    return installation.line("west")


@pytest.fixture(scope="module")
def secret(north: Line) -> str:
    """A released dataset that only its owner knows of."""
    id = north.dataset(cell(), title="Secret of north", cell="N-SECRET-1")
    north.person.post(f"/datasets/{id}/release", {"visibility": "organisation"})
    return id
