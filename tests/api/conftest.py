"""A world to send requests into: services on every database, with the small network entered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.agreed import Network, network_of
from tests.desk import Desk, desk
from tests.worlds import World, network


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    """Services on a fresh database and a folder."""
    settings = Settings(data=tmp_path / "data", database_url=database_url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    yield services
    close_services(services)


@pytest.fixture
def world(services: Services) -> World:
    """The small network, in the services of the test."""
    return network(services)


@pytest.fixture
def at(services: Services, world: World) -> Iterator[Desk]:
    """Everybody's requests, in a world whose clock can be set."""
    with desk(services) as opened:
        yield opened


@pytest.fixture
def people(services: Services, world: World) -> Iterator[Network]:
    """Its people, who agree with each other."""
    with network_of(services, world) as one:
        yield one
