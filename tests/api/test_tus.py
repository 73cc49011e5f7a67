"""The upload doors over a real socket: tus 1.0 with its extensions, and small files in a single request."""

import base64
import hashlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
import pytest

from exchange.serve import bound, serving
from exchange.services import Services
from schemas.errors import Unavailable
from storage.objects import ObjectStore
from tests.apps import create_app
from tests.worlds import World

UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = TUS | {"Content-Type": "application/offset+octet-stream"}


@dataclass
class Clock:
    """The services' clock, which a test can put forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return Services.__dataclass_fields__["now"].default() + self.ahead


class Switchable:
    """A real store that can be cut off, as by a pulled cable."""

    def __init__(self, store: ObjectStore) -> None:
        self._store, self.reachable = store, True

    def __getattr__(self, name: str) -> object:
        if not self.reachable:
            raise Unavailable("The object store does not answer.")
        return getattr(self._store, name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(services: Services) -> Switchable:
    return Switchable(services.objects)


@pytest.fixture
def api(services: Services, world: World, clock: Clock, store: Switchable) -> Iterator[httpx.Client]:
    """A caller of the running API: North's steward."""
    app = create_app(replace(services, now=clock, objects=store))
    with serving(app, bound("127.0.0.1", 0)) as url, httpx.Client(base_url=url, headers=world.header("north")) as api:
        yield api


@pytest.fixture
def draft(api: httpx.Client) -> str:
    return str(api.post("/api/v1/datasets", json={}).json()["id"])


def described(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def opened(api: httpx.Client, dataset: str, length: int, **more: str) -> str:
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": described(filename="a.csv", dataset=dataset)}
    answer = api.post(UPLOADS, headers=headers | more)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def sent(api: httpx.Client, upload: str, at: int, content: bytes, **more: str) -> httpx.Response:
    return api.patch(upload, content=content, headers=CHUNK | {"Upload-Offset": str(at)} | more)


def offset(api: httpx.Client, upload: str) -> int:
    return int(api.head(upload, headers=TUS).headers["Upload-Offset"])


def test_the_server_says_what_it_can(api: httpx.Client) -> None:
    answer = httpx.options(f"{api.base_url}{UPLOADS}")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,termination,checksum"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"
    assert int(answer.headers["Tus-Max-Size"]) > 0


def test_a_file_arrives_in_two_chunks(api: httpx.Client, draft: str) -> None:
    upload = opened(api, draft, 10)
    assert upload.startswith(f"{UPLOADS}/")
    first = sent(api, upload, 0, b"01234")
    assert (first.status_code, first.headers["Upload-Offset"], first.content) == (204, "5", b"")
    told = api.head(upload, headers=TUS)
    assert (told.status_code, told.headers["Upload-Offset"], told.headers["Upload-Length"]) == (200, "5", "10")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["Upload-Expires"].endswith("GMT")
    assert told.headers["Upload-Metadata"] == described(filename="a.csv", dataset=draft)
    assert sent(api, upload, 5, b"56789").headers["Upload-Offset"] == "10"
    found = api.get(upload).json()
    assert (found["state"], found["version"], found["run_state"]) == ("received", 1, "queued")
    assert found["sha256"] == hashlib.sha256(b"0123456789").hexdigest()
    assert sent(api, upload, 10, b"").status_code == 204, "the last answer may have been lost"


def test_a_first_chunk_may_come_with_the_creation(api: httpx.Client, draft: str) -> None:
    headers = CHUNK | {"Upload-Length": "4", "Upload-Metadata": described(filename="a.csv", dataset=draft)}
    half = api.post(UPLOADS, headers=headers, content=b"01")
    assert (half.status_code, half.headers["Upload-Offset"], half.json()["state"]) == (201, "2", "uploading")
    whole = api.post(UPLOADS, headers=headers, content=b"0123")
    assert (whole.headers["Upload-Offset"], whole.json()["state"]) == ("4", "received")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_chunk_is_checked_by_its_checksum(api: httpx.Client, draft: str, algorithm: str) -> None:
    upload = opened(api, draft, 10)
    digest = base64.b64encode(hashlib.new(algorithm, b"01234").digest()).decode()
    damaged = sent(api, upload, 0, b"01284", **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert damaged.status_code == 460
    assert offset(api, upload) == 0
    assert sent(api, upload, 0, b"01234", **{"Upload-Checksum": f"{algorithm} {digest}"}).status_code == 204


@pytest.mark.parametrize("announced", ["crc32 AAAA", "sha1", "sha1 AAAA", "sha1 !!!!", "sha256 " + "A" * 27 + "="])
def test_a_checksum_that_cannot_be_checked_is_refused(api: httpx.Client, draft: str, announced: str) -> None:
    upload = opened(api, draft, 10)
    assert sent(api, upload, 0, b"01234", **{"Upload-Checksum": announced}).status_code == 422
    assert offset(api, upload) == 0


def test_a_wrong_offset_type_or_version_changes_nothing(api: httpx.Client, draft: str) -> None:
    upload = opened(api, draft, 10)
    sent(api, upload, 0, b"01")
    wrong = [
        (409, {"Upload-Offset": "0"}),
        (409, {"Upload-Offset": "3"}),
        (422, {"Upload-Offset": "-1"}),
        (415, {"Content-Type": "text/csv"}),
        (415, {"Content-Encoding": "gzip"}),
        (412, {"Tus-Resumable": "0.2.2"}),
    ]
    for status, headers in wrong:
        answer = api.patch(upload, content=b"x", headers=CHUNK | {"Upload-Offset": "2"} | headers)
        assert answer.status_code == status, (headers, answer.text)
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["content-type"] == "application/problem+json"
    assert offset(api, upload) == 2


def test_every_answer_names_the_protocol_version(api: httpx.Client, draft: str) -> None:
    upload = opened(api, draft, 5)
    unknown = f"{UPLOADS}/{'0' * 26}"
    answers = [api.head(unknown, headers=TUS), api.post(UPLOADS), sent(api, upload, 9, b""), sent(api, upload, 0, b"x")]
    answers += [httpx.head(f"{api.base_url}{upload}", headers=TUS), api.delete(upload, headers=TUS)]
    assert [answer.status_code for answer in answers] == [404, 422, 409, 204, 401, 204]
    assert all(answer.headers["Tus-Resumable"] == "1.0.0" for answer in answers)


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ("filename YQ==", "dataset"),
        ("dataset YQ==", "filename"),
        ("filename ?,dataset YQ==", "Upload-Metadata"),
        ("filename YQ==,filename YQ==,dataset YQ==", "twice"),
        (described(filename="../a", dataset="{}"), "path"),
        ("filename /w==,dataset {}", "control characters"),
        (described(filename="a", dataset="{}", sha256="12"), "64"),
    ],
)
def test_metadata_that_cannot_be_used_are_refused_with_a_sentence(
    api: httpx.Client, draft: str, metadata: str, found: str
) -> None:
    placed = base64.b64encode(draft.encode()).decode()
    headers = TUS | {"Upload-Length": "1", "Upload-Metadata": metadata.replace("e30=", placed).replace("{}", placed)}
    answer = api.post(UPLOADS, headers=headers)
    assert (answer.status_code, found in answer.text) == (422, True), answer.text


def test_an_ended_upload_is_gone(api: httpx.Client, draft: str) -> None:
    upload = opened(api, draft, 10)
    sent(api, upload, 0, b"01")
    assert api.delete(upload, headers=TUS).status_code == 204
    gone = [api.head(upload, headers=TUS), sent(api, upload, 2, b"x"), api.delete(upload, headers=TUS)]
    assert [answer.status_code for answer in gone] == [410, 410, 410]
    assert api.get(upload).json()["state"] == "terminated"


def test_a_received_upload_cannot_be_ended(api: httpx.Client, draft: str) -> None:
    upload = opened(api, draft, 1)
    sent(api, upload, 0, b"x")
    assert api.delete(upload, headers=TUS).status_code == 409


def test_an_upload_expires(api: httpx.Client, draft: str, clock: Clock) -> None:
    upload = opened(api, draft, 10)
    clock.ahead = timedelta(hours=71)
    assert sent(api, upload, 0, b"01").status_code == 204
    clock.ahead = timedelta(hours=142)
    assert offset(api, upload) == 2, "every chunk puts the expiry off"
    clock.ahead = timedelta(hours=144)
    assert api.head(upload, headers=TUS).status_code == 410
    assert sent(api, upload, 2, b"x").status_code == 410


def test_another_organisation_is_told_nothing_of_an_upload(api: httpx.Client, draft: str, world: World) -> None:
    upload = opened(api, draft, 5)
    for caller in ("west", "north-contributor"):
        with httpx.Client(base_url=api.base_url, headers=world.header(caller)) as other:
            head, patch = other.head(upload, headers=TUS), sent(other, upload, 0, b"x")
            ended, told = other.delete(upload, headers=TUS), other.get(upload)
            assert {answer.status_code for answer in (head, patch, ended, told)} == {404}
    assert offset(api, upload) == 0


def test_a_file_too_large_for_the_installation_is_refused_at_once(api: httpx.Client, draft: str) -> None:
    headers = TUS | {"Upload-Length": str(2**50), "Upload-Metadata": described(filename="a.csv", dataset=draft)}
    assert api.post(UPLOADS, headers=headers).status_code == 413


def test_a_file_other_than_declared_is_told_to_its_sender(api: httpx.Client, draft: str) -> None:
    told = described(filename="a.csv", dataset=draft, sha256=hashlib.sha256(b"meant").hexdigest())
    upload = opened(api, draft, 5, **{"Upload-Metadata": told})
    refusal = sent(api, upload, 0, b"wrong")
    assert refusal.status_code == 460
    assert hashlib.sha256(b"wrong").hexdigest() in refusal.json()["detail"]
    assert api.get(upload).json()["state"] == "rejected"


def test_while_the_store_is_away_nothing_is_lost(api: httpx.Client, draft: str, store: Switchable) -> None:
    upload = opened(api, draft, 10)
    sent(api, upload, 0, b"0123")
    store.reachable = False
    refusal = sent(api, upload, 4, b"45")
    assert (refusal.status_code, int(refusal.headers["Retry-After"]) > 0) == (503, True)
    assert offset(api, upload) == 4
    store.reachable = True
    assert sent(api, upload, 4, b"456789").status_code == 204
    assert api.get(upload).json()["state"] == "received"


def test_a_small_file_goes_in_one_request(api: httpx.Client, draft: str) -> None:
    digest = base64.b64encode(hashlib.sha256(b"0123").digest()).decode()
    answer = api.put(
        f"/api/v1/datasets/{draft}/files/Zelle%2001%20%C3%BC.csv",
        content=b"0123",
        headers={"Repr-Digest": f"sha-512=:AAAA:, sha-256=:{digest}:"},
    )
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["filename"], found["state"], found["version"]) == ("Zelle 01 ü.csv", "received", 1)
    assert api.get(answer.headers["Location"]).json()["run_state"] == "queued"


@pytest.mark.parametrize("header", ["Content-Digest", "Repr-Digest"])
def test_a_small_file_other_than_its_digest_is_refused(api: httpx.Client, draft: str, header: str) -> None:
    digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    place = f"/api/v1/datasets/{draft}/files/a.csv"
    assert api.put(place, content=b"0123", headers={header: f"sha-256=:{digest}:"}).status_code == 460
    assert api.put(place, content=b"0123", headers={header: "sha-256=:!:"}).status_code == 422
    assert api.get(f"/api/v1/datasets/{draft}").json()["latest_version"] is None


def test_a_form_or_a_body_of_unknown_length_is_refused(api: httpx.Client, draft: str) -> None:
    place = f"/api/v1/datasets/{draft}/files/a.csv"
    assert api.put(place, files={"file": b"x"}).status_code == 415
    assert api.put(place, content=iter([b"x"])).status_code == 422
    assert api.put(place, content=b"x", headers={"Content-Encoding": "gzip"}).status_code == 415


def test_a_small_file_that_breaks_off_leaves_nothing(api: httpx.Client, draft: str, services: Services) -> None:
    request = f"PUT /api/v1/datasets/{draft}/files/a.csv HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
    with socket.create_connection((api.base_url.host, api.base_url.port or 80)) as line:
        line.sendall(f"{request}Authorization: {api.headers['Authorization']}\r\n\r\n01234".encode())
        time.sleep(0.3)
    for _ in range(100):
        time.sleep(0.05)
        if not list(services.objects.list("tail/")):
            break
    assert list(services.objects.list("")) == []
    assert api.put(f"/api/v1/datasets/{draft}/files/a.csv", content=b"0123456789").json()["version"] == 1


def test_a_file_too_large_for_one_request_is_sent_to_tus(services: Services, world: World) -> None:
    settings = services.settings.model_copy(update={"plain_upload_bytes": 10})
    app = create_app(replace(services, settings=settings))
    with serving(app, bound("127.0.0.1", 0)) as url, httpx.Client(base_url=url, headers=world.header("north")) as api:
        draft = api.post("/api/v1/datasets", json={}).json()["id"]
        refusal = api.put(f"/api/v1/datasets/{draft}/files/a.csv", content=b"01234567890")
        assert (refusal.status_code, "tus" in refusal.json()["detail"]) == (413, True)
