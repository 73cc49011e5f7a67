"""Real databases and stores for every test that asks; each server starts once per test process, when first needed."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from exchange.jobs import migrate
from storage.database import Sessions, connect
from storage.folder_store import FolderStore
from storage.migrate import upgrade
from storage.minio_store import MinioStore
from storage.objects import ObjectStore
from tests.servers import S3Server, postgres, seaweed

SECRET = b"a secret for tests"
BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a running PostgreSQL; `EXCHANGE_TEST_DATABASE_URL` is used instead where it is given."""
    given = os.environ.get("EXCHANGE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Name of a migrated database that fresh ones are copied from."""
    name = f"template_{secrets.token_hex(4)}"
    _run(postgres_server, f"CREATE DATABASE {name}")
    url = _named(postgres_server, name)
    upgrade(url)
    migrate(url)
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that fresh ones are copied from."""
    path = tmp_path_factory.mktemp("template") / "exchange.sqlite3"
    upgrade(f"sqlite:///{path}")
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "exchange.sqlite3")
    return f"sqlite:///{tmp_path / 'exchange.sqlite3'}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    name = f"test_{secrets.token_hex(6)}"
    _run(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _named(postgres_server, name)
    _run(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    name = f"empty_{secrets.token_hex(6)}"
    _run(postgres_server, f"CREATE DATABASE {name}")
    yield _named(postgres_server, name)
    _run(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of each kind."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    """Transactions on a fresh database of each kind."""
    opened = connect(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server."""
    with seaweed(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3_store(s3_server: S3Server) -> MinioStore:
    """A bucket of its own on the S3 server."""
    bucket = f"test-{secrets.token_hex(6)}"
    store = MinioStore(
        s3_server.endpoint, bucket, access_key=s3_server.access_key, secret_key=s3_server.secret_key, secure=False
    )
    store.create_bucket()
    return store


@pytest.fixture
def folder_store(tmp_path: Path) -> FolderStore:
    """A fresh folder."""
    return FolderStore(tmp_path / "store", SECRET, BASE_URL)


@pytest.fixture(params=["folder", "s3"])
def object_store(request: pytest.FixtureRequest) -> ObjectStore:
    """An empty store of each kind."""
    fixture: Callable[[str], ObjectStore] = request.getfixturevalue
    return fixture("folder_store" if request.param == "folder" else "s3_store")


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # names are ours


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
