"""Services on every pair of database and store, and callers of a small network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exchange.identify import identify
from exchange.services import Services
from exchange.settings import Settings
from schemas.access import Principal
from storage.database import connect
from storage.objects import ObjectStore
from tests.receiving import Committed
from tests.worlds import network


@pytest.fixture
def jobs() -> Committed:
    return Committed()


@pytest.fixture
def services(database_url: str, object_store: ObjectStore, jobs: Committed, tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    sessions = connect(database_url)
    yield Services(settings=settings, sessions=sessions, objects=object_store, jobs=jobs, secret=b"s")
    sessions.close()


@pytest.fixture
def callers(services: Services) -> Callable[[str], Principal]:
    world = network(services)
    return lambda user: identify(services, world.header(user)["Authorization"])


@pytest.fixture
def north(callers: Callable[[str], Principal]) -> Principal:
    return callers("north")
