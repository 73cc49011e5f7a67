"""Fixtures for all tests: fresh migrated databases and empty object stores; servers start when first asked for."""

import gc
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import make_url

from exchange import jobs
from storage import migrate
from storage.database import Sessions, connect
from storage.folder_store import FolderStore
from storage.minio_store import MinioStore
from storage.objects import ObjectStore
from storage.open_store import open_store
from tests import servers
from tests.servers import S3Server

SECRET = b"a secret of the tests alone"
_HERE = Path(__file__).parent
_ON_ONE = tuple(str(_HERE / name) for name in ("api", "attacks", "exchange", "access/test_revocation.py"))
"""What stands on storage, which is tried on both databases: each of these tests is tried on one of them, whichever its
name falls to, and on both with EXCHANGE_TEST_BOTH=1."""
_OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
_PLAINLY = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # The coloured traceback with everything that stands in a variable takes ten seconds.
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("EXCHANGE_TEST_BOTH"):
        return
    there = {item.nodeid for item in items}
    left_out = [
        item for item in items if str(item.path).startswith(_ON_ONE) and _falls_to_the_other(item.nodeid, there)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: looked through anew at every full collection of garbage, it would take
    a tenth of the time of all tests."""
    gc.freeze()


def _falls_to_the_other(name: str, there: set[str]) -> bool:
    """True when the same test is there on the other database, and its name falls to that one."""
    for engine, other in _OTHER.items():
        for at in ("[{}", "-{}]", "-{}-"):
            twin = name.replace(at.format(engine), at.format(other))
            if twin != name and twin in there:
                plain = name.replace(engine, "").encode()
                return ("sqlite", "postgresql")[hashlib.sha256(plain).digest()[0] % 2] != engine
    return False


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A command run within a test logs to a stream that is closed after it."""
    structlog.configure(processors=_PLAINLY)
    yield
    structlog.reset_defaults()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with every table in it, on each engine in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    """Transactions on a fresh database."""
    opened = connect(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh SQLite database with every table in it."""
    shutil.copyfile(sqlite_template, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with every table in it."""
    with servers.fresh_database(postgres_server, template=postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with servers.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(params=["folder", "s3"])
def object_store(request: pytest.FixtureRequest) -> ObjectStore:
    """An empty object store of each kind in turn."""
    store: ObjectStore = request.getfixturevalue("folder_store" if request.param == "folder" else "s3_store")
    return store


@pytest.fixture
def folder_store(tmp_path: Path) -> FolderStore:
    """An empty folder store."""
    return FolderStore(tmp_path / "objects", SECRET, "http://127.0.0.1:8000")


@pytest.fixture
def s3_store(s3_server: S3Server) -> MinioStore:
    """The emptied bucket of the real S3 server."""
    keys = {"access_key": s3_server.access_key, "secret_key": s3_server.secret_key}
    store = open_store(s3_server.url, secret=SECRET, base_url="http://127.0.0.1:8000", **keys)
    assert isinstance(store, MinioStore)
    for one in list(store.unfinished("")):
        store.abort(one.key, one.multipart)
    for stored in list(store.list("")):
        store.delete(stored.key)
    return store


@pytest.fixture
def s3_url(s3_server: S3Server, s3_store: MinioStore) -> str:
    """URL of the emptied bucket; the keys stand in `s3_server`."""
    return s3_server.url


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One SeaweedFS for all tests of this process."""
    with servers.seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL for all tests of this process; a given `EXCHANGE_TEST_DATABASE_URL` is used instead."""
    given = os.environ.get("EXCHANGE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Name of a migrated database that others are copied from."""
    with servers.fresh_database(postgres_server) as url:
        _migrate(url)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that others are copied from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    migrate.upgrade(url)
    jobs.migrate(url)
