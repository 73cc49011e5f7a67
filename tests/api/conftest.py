"""A world to send requests into: services on every database, with the small network entered.

What the doors rest on is tried on both databases everywhere else; a test of a door is tried on one of them, whichever
its name falls to, and on both with EXCHANGE_TEST_BOTH=1.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.agreed import Network, network_of
from tests.desk import Desk, desk
from tests.worlds import World, network

_DOORS = (str(Path(__file__).parent), str(Path(__file__).parents[1] / "access" / "test_revocation.py"))
_OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("EXCHANGE_TEST_BOTH"):
        return
    there = {item.nodeid for item in items}
    left_out = [item for item in items if str(item.path).startswith(_DOORS) and _falls_to_the_other(item.nodeid, there)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _falls_to_the_other(name: str, there: set[str]) -> bool:
    """True when the same test is there on the other database, and its name falls to that one."""
    for engine, other in _OTHER.items():
        for at in ("[{}", "-{}]", "-{}-"):
            twin = name.replace(at.format(engine), at.format(other))
            if twin != name and twin in there:
                plain = name.replace(engine, "").encode()
                return ("sqlite", "postgresql")[hashlib.sha256(plain).digest()[0] % 2] != engine
    return False


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
