"""What every object store does, asked of a folder and of a real S3 server alike."""

import secrets
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from schemas.errors import Denied, NotFound
from storage.folder_store import FolderStore
from storage.objects import ObjectStore, Part

MIB = 1024**2
PART = 5 * MIB
NAME = 'Zelle "äöü" № 7; a=b.csv'


def test_an_object_comes_back_as_it_was_put(object_store: ObjectStore) -> None:
    object_store.put("raw/a", b"bytes of a file")

    assert object_store.get("raw/a") == b"bytes of a file"
    assert b"".join(object_store.stream("raw/a")) == b"bytes of a file"


def test_an_empty_object_is_an_object(object_store: ObjectStore) -> None:
    object_store.put("raw/empty", b"")

    assert object_store.get("raw/empty") == b""
    assert list(object_store.stream("raw/empty")) == []
    assert object_store.stat("raw/empty").bytes == 0


def test_a_later_put_replaces(object_store: ObjectStore) -> None:
    object_store.put("raw/a", b"a longer first content")
    object_store.put("raw/a", b"second")

    assert object_store.get("raw/a") == b"second"
    assert object_store.stat("raw/a").bytes == 6


@pytest.mark.parametrize("size", [0, 1, 40 * MIB + 7])
def test_files_go_in_and_come_out_whole(object_store: ObjectStore, tmp_path: Path, size: int) -> None:
    content = secrets.token_bytes(size)
    (tmp_path / "source").write_bytes(content)

    object_store.put("tables/run/attempt/timeseries.parquet", tmp_path / "source")
    object_store.fetch("tables/run/attempt/timeseries.parquet", tmp_path / "target")

    assert (tmp_path / "target").read_bytes() == content
    assert b"".join(object_store.stream("tables/run/attempt/timeseries.parquet")) == content
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["source", "target"]


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        (0, 4, b"0123"),
        (4, None, b"456789"),
        (8, 100, b"89"),
        (9, 1, b"9"),
        (0, 0, b""),
        (10, None, b""),
        (10, 5, b""),
        (99, 1, b""),
    ],
)
def test_a_range_is_cut_at_the_end(object_store: ObjectStore, offset: int, length: int | None, expected: bytes) -> None:
    object_store.put("raw/digits", b"0123456789")

    assert object_store.get("raw/digits", offset, length) == expected
    assert b"".join(object_store.stream("raw/digits", offset, length)) == expected


def test_a_range_in_the_middle_of_a_large_object(object_store: ObjectStore) -> None:
    content = secrets.token_bytes(9 * MIB)
    object_store.put("raw/large", content)

    assert object_store.get("raw/large", 4 * MIB - 3, 7) == content[4 * MIB - 3 :][:7]
    assert b"".join(object_store.stream("raw/large", 3 * MIB, 5 * MIB)) == content[3 * MIB : 8 * MIB]


def test_stat_tells_size_and_moment(object_store: ObjectStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    object_store.put("raw/a", b"123")

    found = object_store.stat("raw/a")

    assert (found.key, found.bytes) == ("raw/a", 3)
    assert before <= found.modified <= datetime.now(UTC) + timedelta(seconds=2)


def test_a_list_holds_what_begins_so_in_the_order_of_keys(object_store: ObjectStore) -> None:
    keys = ["raw/a", "raw/ab", "raw/b", "tail/u1/1", "tail/u1/2", "tail/u10/1", "tables/r/a/cycles.parquet"]
    for number, key in enumerate(reversed(keys)):
        object_store.put(key, b"x" * number)

    assert [one.key for one in object_store.list("raw/")] == ["raw/a", "raw/ab", "raw/b"]
    assert [one.key for one in object_store.list("raw/a")] == ["raw/a", "raw/ab"]
    assert [one.key for one in object_store.list("tail/u1/")] == ["tail/u1/1", "tail/u1/2"]
    assert [one.key for one in object_store.list("")] == sorted(keys)
    assert list(object_store.list("other/")) == []
    assert next(iter(object_store.list("raw/ab"))).bytes == keys[::-1].index("raw/ab")


def test_a_deleted_object_is_gone_and_may_be_deleted_again(object_store: ObjectStore) -> None:
    object_store.put("tail/u/1", b"x")
    object_store.put("tail/u/2", b"y")

    object_store.delete("tail/u/1")
    object_store.delete("tail/u/1")
    object_store.delete("never/was")

    assert [one.key for one in object_store.list("tail/")] == ["tail/u/2"]
    object_store.delete("tail/u/2")
    object_store.put("tail/u/3", b"z")
    assert [one.key for one in object_store.list("tail/")] == ["tail/u/3"]


def test_what_does_not_exist_is_not_found(object_store: ObjectStore, tmp_path: Path) -> None:
    asked: list[Callable[[], object]] = [
        lambda: object_store.get("raw/absent"),
        lambda: object_store.get("raw/absent", 5, 5),
        lambda: object_store.get("raw/absent", 0, 0),
        lambda: object_store.stream("raw/absent"),
        lambda: object_store.fetch("raw/absent", tmp_path / "target"),
        lambda: object_store.stat("raw/absent"),
    ]
    for ask in asked:
        with pytest.raises(NotFound):
            ask()
    assert not (tmp_path / "target").exists()


def test_parts_in_any_order_and_one_written_again_make_the_object(object_store: ObjectStore) -> None:
    first, second, last = secrets.token_bytes(PART), secrets.token_bytes(PART + 1), b"the tail"
    multipart = object_store.begin("raw/m")
    third_tag = object_store.part("raw/m", multipart, 3, last)
    object_store.part("raw/m", multipart, 1, secrets.token_bytes(PART + 9))
    second_tag = object_store.part("raw/m", multipart, 2, second)
    first_tag = object_store.part("raw/m", multipart, 1, first)
    parts = [Part(1, first_tag, PART), Part(2, second_tag, PART + 1), Part(3, third_tag, len(last))]

    with pytest.raises(NotFound):
        object_store.stat("raw/m")
    object_store.complete("raw/m", multipart, parts)

    assert object_store.get("raw/m") == first + second + last
    assert object_store.stat("raw/m").bytes == 2 * PART + 1 + len(last)
    assert list(object_store.unfinished("")) == []


def test_part_numbers_may_have_gaps(object_store: ObjectStore) -> None:
    multipart = object_store.begin("raw/m")
    parts = [
        Part(number, object_store.part("raw/m", multipart, number, bytes([number]) * PART), PART) for number in (2, 5)
    ]
    object_store.part("raw/m", multipart, 3, b"overtaken and never used")

    object_store.complete("raw/m", multipart, parts)

    assert object_store.get("raw/m") == b"\x02" * PART + b"\x05" * PART


def test_completing_again_changes_nothing(object_store: ObjectStore) -> None:
    multipart = object_store.begin("raw/m")
    parts = [Part(1, object_store.part("raw/m", multipart, 1, b"content"), 7)]
    object_store.complete("raw/m", multipart, parts)

    object_store.complete("raw/m", multipart, parts)

    assert object_store.get("raw/m") == b"content"
    assert [one.key for one in object_store.list("raw/")] == ["raw/m"]


def test_completing_what_was_given_up_is_not_found(object_store: ObjectStore) -> None:
    multipart = object_store.begin("raw/m")
    parts = [Part(1, object_store.part("raw/m", multipart, 1, b"content"), 7)]
    object_store.abort("raw/m", multipart)
    object_store.abort("raw/m", multipart)

    with pytest.raises(NotFound):
        object_store.complete("raw/m", multipart, parts)
    with pytest.raises(NotFound):
        object_store.part("raw/m", multipart, 2, b"late")
    with pytest.raises(NotFound):
        object_store.stat("raw/m")
    assert list(object_store.unfinished("")) == []


def test_unfinished_ones_are_listed_by_prefix(object_store: ObjectStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    begun = {object_store.begin(key): key for key in ("raw/a", "raw/b", "raw/b", "other/c")}
    for multipart, key in begun.items():
        object_store.part(key, multipart, 1, b"something")

    found = list(object_store.unfinished("raw/"))

    assert {one.multipart: one.key for one in found} == {m: key for m, key in begun.items() if key.startswith("raw/")}
    assert all(before <= one.begun <= datetime.now(UTC) + timedelta(seconds=2) for one in found)
    assert list(object_store.list("")) == []


def test_a_link_opens_the_object_under_its_name(object_store: ObjectStore) -> None:
    object_store.put("raw/a", b"content")

    link = object_store.link("raw/a", filename=NAME, media_type="text/csv", expires_s=60)

    assert _follow(object_store, link) == (b"content", "text/csv", NAME)


@pytest.mark.parametrize("altered", ["key", "name", "type", "expires", "signature"])
def test_an_altered_link_opens_nothing(object_store: ObjectStore, altered: str) -> None:
    object_store.put("raw/a", b"content")
    object_store.put("raw/b", b"content of somebody else")
    link = object_store.link("raw/a", filename=NAME, media_type="text/csv", expires_s=60)

    with pytest.raises(Denied):
        _follow(object_store, _altered(link, altered))


def test_a_link_ends(object_store: ObjectStore) -> None:
    object_store.put("raw/a", b"content")

    link = object_store.link("raw/a", filename="a.csv", media_type="text/csv", expires_s=1)

    with pytest.raises(Denied):
        _follow(object_store, link, later=timedelta(seconds=2.5))


def test_a_link_to_a_deleted_object_is_not_found(object_store: ObjectStore) -> None:
    object_store.put("raw/a", b"content")
    link = object_store.link("raw/a", filename="a.csv", media_type="text/csv", expires_s=60)
    object_store.delete("raw/a")

    with pytest.raises(NotFound):
        _follow(object_store, link)


def test_a_stream_that_is_left_early_leaves_the_store_usable(object_store: ObjectStore) -> None:
    object_store.put("raw/large", secrets.token_bytes(8 * MIB))
    for _ in range(40):
        chunks = cast("Generator[bytes, None, None]", object_store.stream("raw/large"))
        next(chunks)
        chunks.close()

    assert object_store.stat("raw/large").bytes == 8 * MIB


def test_a_store_that_answers_passes_its_check(object_store: ObjectStore) -> None:
    object_store.check()
    assert list(object_store.list("")) == []


def _follow(store: ObjectStore, link: str, later: timedelta = timedelta()) -> tuple[bytes, str, str]:
    """Content, media type and file name behind a link, as a client gets them `later`."""
    if isinstance(store, FolderStore):
        split = urlsplit(link)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        assert link.startswith("http://127.0.0.1:8000/blobs/")
        key, expires = unquote(split.path.removeprefix("/blobs/")), int(query["expires"])
        now = datetime.now(UTC) + later
        path = store.open_link(key, expires, query["name"], query["type"], query["signature"], now)
        return path.read_bytes(), query["type"], query["name"]
    time.sleep(later.total_seconds())
    answer = httpx.get(link)
    if answer.status_code in (400, 403):
        raise Denied(answer.text)
    if answer.status_code == 404:
        raise NotFound(answer.text)
    assert answer.status_code == 200, answer.text
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment;")
    return answer.content, answer.headers["content-type"], unquote(disposition.split("filename*=UTF-8''")[1])


def _altered(link: str, what: str) -> str:
    """The link with one of its fields changed; S3 and the folder store call them differently."""
    called = {
        "name": {"name", "response-content-disposition"},
        "type": {"type", "response-content-type"},
        "expires": {"expires", "X-Amz-Expires"},
        "signature": {"signature", "X-Amz-Signature"},
        "key": set[str](),
    }[what]
    split = urlsplit(link)
    query = parse_qsl(split.query)
    assert not called or {name for name, _ in query} & called
    changed = [(name, _other(value) if name in called else value) for name, value in query]
    path = split.path.replace("raw/a", "raw/b") if what == "key" else split.path
    return urlunsplit((split.scheme, split.netloc, path, urlencode(changed), ""))


def _other(value: str) -> str:
    return value[:-1] + ("1" if value[-1] != "1" else "2")
