"""Attacks on what is shared: ids guessed, links and uploads replayed, races, blinding undone."""

import base64
import hashlib
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from storage import collections
from tests.api.test_exchange import Installation, Line, cell
from tests.records import record
from tests.test_one_file import RECORD

TUS = {"Tus-Resumable": "1.0.0"}


def released(north: Line, *grants: dict[str, object], title: str = "Shared") -> str:
    id = north.dataset(cell(), title=title)
    north.person.post(f"/datasets/{id}/release", {"visibility": "organisation"})
    for one in grants:
        north.person.post(f"/datasets/{id}/grants", one)
    return id


def test_idor_on_every_id(north: Line, west: Line, secret: str, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    again.write_text(cell(4))
    grant = north.person.post(f"/datasets/{secret}/grants", {"grantee": "south", "level": "listed"})["id"]
    version = north.http.get(f"/datasets/{secret}/versions").json()[0]
    file, run = version["files"][0]["id"], north.person.builds(secret)[0]["id"]
    where = north.person.upload(secret, again, "again.csv").rsplit("/", 1)[1]
    asked = [
        ("GET", f"/datasets/{secret}"),
        ("GET", f"/datasets/{secret}/versions"),
        ("GET", f"/datasets/{secret}/builds"),
        ("GET", f"/datasets/{secret}/report"),
        ("GET", f"/datasets/{secret}/summary"),
        ("GET", f"/datasets/{secret}/picture.svg"),
        ("GET", f"/datasets/{secret}/tables/timeseries"),
        ("GET", f"/datasets/{secret}/tables/timeseries/parquet"),
        ("GET", f"/datasets/{secret}/series?y=voltage_volt"),
        ("GET", f"/datasets/{secret}/raw/{file}"),
        ("POST", f"/datasets/{secret}/raw/{file}/link"),
        ("POST", f"/datasets/{secret}/tables/timeseries/link"),
        ("GET", f"/datasets/{secret}/grants"),
        ("DELETE", f"/datasets/{secret}/grants/{grant}"),
        ("GET", f"/datasets/{secret}/accesses"),
        ("POST", f"/datasets/{secret}/withdraw"),
        ("GET", f"/comparison?dataset={secret}"),
        ("GET", f"/datasets/{run}"),
        ("GET", f"/uploads/{where}"),
        ("DELETE", f"/uploads/{where}"),
    ]
    for method, path in asked:
        answer = west.http.request(method, path, headers=TUS if "uploads" in path else {})
        assert answer.status_code in (404, 422), f"{method} {path}: {answer.status_code}"
        assert "Secret of north" not in answer.text and "North" not in answer.text
    foreign = west.dataset(cell())
    answer = west.http.post(f"/datasets/{foreign}/versions", json={"files": [file]})
    assert answer.status_code == 422, "another organisation's raw file was attached"


def test_presigned_link_after_revocation(north: Line, west: Line) -> None:
    id = released(north)
    grant = north.person.post(f"/datasets/{id}/grants", {"grantee": "west", "level": "tables"})["id"]
    url = httpx.URL(west.person.post(f"/datasets/{id}/tables/timeseries/link")["url"])
    link = f"{west.http.base_url.scheme}://{west.http.base_url.netloc.decode()}{url.raw_path.decode()}"
    assert httpx.get(link).status_code == 200
    north.http.delete(f"/datasets/{id}/grants/{grant}").raise_for_status()
    assert west.http.post(f"/datasets/{id}/tables/timeseries/link").status_code == 404
    assert west.http.get(f"/datasets/{id}/tables/timeseries").status_code == 404
    time.sleep(3)
    assert httpx.get(link).status_code == 403
    assert httpx.get(link.replace("expires=", "expires=9")).status_code == 403


def test_replayed_upload_completion(north: Line) -> None:
    id, content = str(north.person.post("/datasets", {"time_zone": "UTC"})["id"]), cell(2).encode()
    told = f"filename {base64.b64encode(b'a.csv').decode()},dataset {base64.b64encode(id.encode()).decode()}"
    created = north.http.post("/uploads", headers=TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": told})
    where = created.headers["location"]
    headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    headers["Upload-Checksum"] = f"sha256 {base64.b64encode(hashlib.sha256(content).digest()).decode()}"
    first = north.http.patch(httpx.URL(str(created.url)).join(where), content=content, headers=headers)
    again = north.http.patch(httpx.URL(str(created.url)).join(where), content=content, headers=headers)
    assert first.status_code == 204
    assert again.status_code in (204, 409, 410)
    north.person.wait(id)
    assert len(north.http.get(f"/datasets/{id}/versions").json()) == 1
    assert len(north.person.builds(id)) == 1


def _at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda call=call: answers.append(call())) for call in calls]  # type: ignore[misc]  # bound
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def test_race_of_revoke_and_download(north: Line, west: Line) -> None:
    id = released(north)
    grant = north.person.post(f"/datasets/{id}/grants", {"grantee": "west", "level": "tables"})["id"]
    read = [lambda: west.http.get(f"/datasets/{id}/tables/timeseries/csv") for _ in range(6)]
    answers = _at_once(*read, lambda: north.http.delete(f"/datasets/{id}/grants/{grant}"))
    # Whole or refused, never half; and nothing once the revocation was acknowledged.
    assert {one.status_code for one in answers} <= {200, 204, 404}
    assert len({len(one.content) for one in answers if one.status_code == 200}) <= 1
    assert west.http.get(f"/datasets/{id}/tables/timeseries/csv").status_code == 404


def test_race_of_embargo_lift(north: Line, west: Line) -> None:
    id = released(north, {"grantee": "west", "level": "tables"})
    north.http.put(f"/datasets/{id}/embargo", json={"until": "2090-01-01T00:00:00Z"}).raise_for_status()
    assert west.http.get(f"/datasets/{id}/tables/timeseries").status_code == 403
    lift = [lambda: north.http.put(f"/datasets/{id}/embargo", json={"until": None}) for _ in range(3)]
    read = [lambda: west.http.get(f"/datasets/{id}/tables/timeseries") for _ in range(6)]
    answers = _at_once(*read, *lift)
    assert {one.status_code for one in answers} <= {200, 403}


def test_race_of_double_publish(north: Line) -> None:
    id = north.dataset(cell())
    answers = _at_once(*[lambda: north.http.post(f"/datasets/{id}/release", json={}) for _ in range(5)])
    assert {one.status_code for one in answers} <= {200, 409}
    assert sum(one.status_code == 200 for one in answers) >= 1
    detail = north.person.get(f"/datasets/{id}")
    assert (detail["state"], detail["released_version"]) == ("released", 1)


@pytest.mark.parametrize("what", ["row order", "time zone", "serial", "file name", "Parquet key-value metadata"])
def test_blinding_broken_by(what: str, north: Line, west: Line, installation: Installation) -> None:
    serial, name = "SN-4711-NORTH", "north_line_cell_4711.csv"
    id = str(north.person.post("/datasets", _record(serial))["id"])
    north.http.put(f"/datasets/{id}/files/{name}", content=cell().encode()).raise_for_status()
    north.person.wait(id)
    north.person.post(f"/datasets/{id}/release", {"visibility": "organisation"})
    _collection(installation)
    given = {"grantee": "west", "level": "tables", "view": "blinded", "collection": "rr1"}
    grant = north.person.post(f"/datasets/{id}/grants", given)
    answer = west.http.get(f"/coded/rr1/{grant['code']}/tables/timeseries/parquet")
    assert answer.status_code == 200, answer.text
    content = answer.content
    if what == "row order":
        times = pq.read_table(io.BytesIO(content)).column("test_time_second").to_pylist()
        assert times == sorted(times) and times[0] == 0
    elif what == "time zone":
        names = set(pq.read_schema(io.BytesIO(content)).names)
        assert not {one for one in names if "unix" in one or "date" in one}
        assert b"Europe/Berlin" not in content
    elif what == "serial":
        assert serial.encode() not in content
    elif what == "file name":
        assert name.encode() not in content and b"4711" not in content
        assert "4711" not in str(answer.headers) and id not in str(answer.headers)
    else:
        told = str(pq.read_metadata(io.BytesIO(content)).metadata).lower()
        assert not any(word in told for word in ("north", id.lower(), serial.lower(), "arbin", "sha256"))


def _collection(installation: Installation) -> None:
    with installation.services.sessions.begin() as session:
        if not collections.exists(session, "rr1"):
            collections.add(session, "rr1", "Round 1")


def _record(serial: str) -> dict[str, object]:
    return record(RECORD, nominal_capacity_ah=1.0, cell=serial, time_zone="Europe/Berlin")
