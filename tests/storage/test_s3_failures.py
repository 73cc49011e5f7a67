"""An S3 server that is down, refuses or lacks its bucket is `Unavailable`, soon, in words that hold no key."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import Misconfigured, Unavailable
from storage.minio_store import MinioStore
from storage.objects import ObjectStore, Part
from storage.open_store import open_store
from tests import servers
from tests.servers import S3Server

MIB = 1024**2


def _asked(store: ObjectStore, folder: Path) -> list[Callable[[], object]]:
    return [
        store.check,
        lambda: store.put("raw/a", b"x"),
        lambda: store.get("raw/a"),
        lambda: store.stream("raw/a"),
        lambda: store.fetch("raw/a", folder / "target"),
        lambda: store.stat("raw/a"),
        lambda: list(store.list("")),
        lambda: store.delete("raw/a"),
        lambda: store.begin("raw/a"),
        lambda: store.part("raw/a", "id", 1, b"x"),
        lambda: store.complete("raw/a", "id", [Part(1, "tag", 1)]),
        lambda: store.abort("raw/a", "id"),
        lambda: list(store.unfinished("")),
    ]


def test_a_server_that_is_down_is_unavailable_soon(tmp_path: Path) -> None:
    (port,) = servers.free_ports(1)
    store = _store(f"s3://127.0.0.1:{port}/exchange?secure=false")
    for ask in _asked(store, tmp_path):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            ask()
        assert time.monotonic() - began < 5
    assert list(tmp_path.iterdir()) == []


def test_wrong_keys_are_told_without_showing_them(s3_server: S3Server, tmp_path: Path) -> None:
    store = open_store(s3_server.url, secret=b"", base_url="", access_key=s3_server.access_key, secret_key="wrong-key")
    for ask in _asked(store, tmp_path):
        with pytest.raises(Unavailable) as refusal:
            ask()
        assert s3_server.access_key not in str(refusal.value)
        assert "wrong-key" not in str(refusal.value)
        assert "refuses" in str(refusal.value)


def test_a_bucket_that_is_missing_is_named_and_can_be_made(s3_server: S3Server) -> None:
    url = f"s3://{s3_server.endpoint}/another?secure=false"
    store = open_store(url, secret=b"", base_url="", access_key=s3_server.access_key, secret_key=s3_server.secret_key)
    assert isinstance(store, MinioStore)

    with pytest.raises(Unavailable, match="no bucket 'another'"):
        store.check()
    with pytest.raises(Unavailable):
        store.put("raw/a", b"x")
    store.create_bucket()
    store.create_bucket()
    store.check()


def test_a_server_killed_in_the_middle_of_a_stream(tmp_path: Path) -> None:
    with servers.seaweed(tmp_path / "s3") as server:
        keys = {"access_key": server.access_key, "secret_key": server.secret_key}
        store = open_store(server.url, secret=b"", base_url="", **keys)
        store.put("raw/large", bytes(64 * MIB))
        chunks = store.stream("raw/large")
        next(iter(chunks))
        server.process.kill()
        server.process.wait()

        with pytest.raises(Unavailable):
            for _ in chunks:
                pass
        with pytest.raises(Unavailable):
            store.fetch("raw/large", tmp_path / "target")
        assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("s3://127.0.0.1:1", "bucket"),
        ("s3://127.0.0.1:1/a/b", "bucket"),
        ("s3://key:word@127.0.0.1:1/a", "out of its URL"),
        ("ftp://127.0.0.1/a", "not supported"),
        ("s3://127.0.0.1:1/a?secur=false", "unknown option"),
        ("s3://127.0.0.1:1/a?secure=no", "true or false"),
        ("s3://127.0.0.1:1/abc?public=files.example.org", "public address"),
        ("folder://relative/path", "absolute"),
    ],
)
def test_a_url_that_names_no_store_is_refused(url: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says) as refusal:
        _store(url)
    assert "word" not in str(refusal.value)


def _store(url: str) -> ObjectStore:
    return open_store(url, secret=b"", base_url="", access_key="some-access-key", secret_key="some-secret-key")
