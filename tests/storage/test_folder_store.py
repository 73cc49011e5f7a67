"""What a folder must bear that a server bears by itself: death at any moment, a full disk, hostile keys and links."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.errors import Denied, NotFound, Unavailable
from storage.folder_store import FolderStore
from storage.objects import Part

MIB = 1024**2
WRITES = """
import sys
from pathlib import Path
from storage.folder_store import FolderStore
from storage.objects import Part
store = FolderStore(Path(sys.argv[1]), b"secret", "http://127.0.0.1")
print("begun", flush=True)
for number in range(1_000_000):
    byte = bytes([number % 250])
    store.put("raw/put", byte * (1 << 20))
    multipart = store.begin("raw/parts")
    parts = [Part(n, store.part("raw/parts", multipart, n, byte * (1 << 20)), 1 << 20) for n in (2, 1, 3)]
    store.complete("raw/parts", multipart, parts)
"""
FILLS = """
import resource, sys
from pathlib import Path
from schemas.errors import Unavailable
from storage.folder_store import FolderStore
store = FolderStore(Path(sys.argv[1]), b"secret", "http://127.0.0.1")
store.put("raw/a", b"before")
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
refused = 0
for write in (
    lambda: store.put("raw/a", bytes(2 << 20)),
    lambda: store.part("raw/b", store.begin("raw/b"), 1, bytes(2 << 20)),
):
    try:
        write()
    except Unavailable:
        refused += 1
assert refused == 2 and store.get("raw/a") == b"before"
"""


def test_a_process_killed_at_any_moment_leaves_whole_objects(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, b"secret", "http://127.0.0.1")
    seen = 0
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", WRITES, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.uniform(0.02, 0.2))
        process.kill()
        process.communicate()
        for key, size in [("raw/put", MIB), ("raw/parts", 3 * MIB)]:
            for found in store.list(key):
                content = store.get(found.key)
                assert found.bytes == len(content) == size
                assert content == content[:1] * size
                seen += 1
        for one in store.unfinished(""):
            store.abort(one.key, one.multipart)
    assert seen > 4
    assert list(store.unfinished("")) == []


def test_what_a_dead_process_left_is_cleared_a_day_later(tmp_path: Path) -> None:
    FolderStore(tmp_path, b"secret", "http://127.0.0.1")
    old, young = tmp_path / "incoming" / "old", tmp_path / "incoming" / "young"
    for path, age in [(old, timedelta(days=2)), (young, timedelta())]:
        path.write_bytes(b"half")
        moment = (datetime.now(UTC) - age).timestamp()
        os.utime(path, (moment, moment))

    FolderStore(tmp_path, b"secret", "http://127.0.0.1")

    assert (old.exists(), young.exists()) == (False, True)


def test_a_full_disk_is_unavailable_and_nothing_is_torn(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FILLS, str(tmp_path)], check=True)

    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_folder_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "objects", b"secret", "http://127.0.0.1")
    (tmp_path / "objects").rename(tmp_path / "elsewhere")

    for ask in (store.check, lambda: store.put("raw/a", b"x"), lambda: store.begin("raw/a")):
        with pytest.raises(Unavailable):
            ask()


def test_completing_after_death_between_object_and_tidying_up(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, b"secret", "http://127.0.0.1")
    multipart = store.begin("raw/m")
    parts = [Part(1, store.part("raw/m", multipart, 1, b"content"), 7)]
    store.put("raw/m", b"content")  # As far as the process that died had come.

    store.complete("raw/m", multipart, parts)

    assert store.get("raw/m") == b"content"
    assert list(store.unfinished("")) == []


@pytest.mark.parametrize(
    "key",
    [
        *("../secret", "raw/../../secret", "/etc/passwd", "raw//a", "raw/", "", ".", "raw/.hidden"),
        *("raw/a\n", "raw/a\0b", "raw/a b", "raw/ä", "raw\\a", "x" * 301),
    ],
)
def test_a_key_that_leads_elsewhere_is_no_object(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_text("secret")
    store = FolderStore(tmp_path / "store", b"secret", "http://127.0.0.1")

    asked: list[Callable[[], object]] = [
        lambda: store.get(key),
        lambda: store.put(key, b"x"),
        lambda: store.stat(key),
        lambda: store.begin(key),
    ]
    asked += [lambda: store.delete(key), lambda: store.link(key, filename="a", media_type="b", expires_s=1)]
    for ask in asked:
        with pytest.raises(NotFound):
            ask()


@pytest.mark.parametrize("multipart", ["..", "../objects", "", "a" * 31, "A" * 32, "a" * 32 + "\n"])
def test_a_multipart_id_that_leads_elsewhere_is_none(tmp_path: Path, multipart: str) -> None:
    store = FolderStore(tmp_path, b"secret", "http://127.0.0.1")
    store.put("raw/a", b"x")

    with pytest.raises(NotFound):
        store.part("raw/a", multipart, 1, b"x")
    with pytest.raises(NotFound):
        store.complete("raw/b", multipart, [Part(1, "", 1)])
    store.abort("raw/a", multipart)
    assert store.get("raw/a") == b"x"


def test_a_link_of_another_installation_opens_nothing(tmp_path: Path) -> None:
    ours, theirs = (FolderStore(tmp_path, secret, "http://127.0.0.1") for secret in (b"ours", b"theirs"))
    ours.put("raw/a", b"x")
    expires = int(datetime.now(UTC).timestamp()) + 60
    link = theirs.link("raw/a", filename="a", media_type="b", expires_s=60)

    with pytest.raises(Denied):
        ours.open_link("raw/a", expires, "a", "b", link.rsplit("=", 1)[1], datetime.now(UTC))


@pytest.mark.parametrize("signature", ["", "ä", "\udcff", "0" * 64])
def test_a_made_up_signature_is_refused(tmp_path: Path, signature: str) -> None:
    store = FolderStore(tmp_path, b"secret", "http://127.0.0.1")
    store.put("raw/a", b"x")

    with pytest.raises(Denied):
        store.open_link("raw/a", 2**33, "a\udcff", "b", signature, datetime.now(UTC))
