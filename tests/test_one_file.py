"""The guided tour: one cycler export, all the way, as the people of two organisations see it over HTTP.

Read it top to bottom. Everything is real: the server, the worker, the database, the store, the reading child.
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from exchange.demo.client import Person
from exchange.demo.exports import write_exports
from exchange.serve import bound, serving
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from exchange.worker import start_in_process
from tests.apps import create_app
from tests.records import COMPLETE
from tests.worlds import World, network

RECORD = COMPLETE


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, World, Services]]:
    """A running installation on the embedded default."""
    listening = bound("127.0.0.1", 0)
    base = "http://{}:{}".format(*listening.getsockname()[:2])
    settings = Settings(data=tmp_path / "data", base_url=base, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    world = network(services)
    stop = start_in_process(services, settings)
    try:
        with serving(create_app(services), listening):
            yield base, world, services
    finally:
        stop()
        close_services(services)


def test_one_file_all_the_way(address: tuple[str, World, Services], tmp_path: Path) -> None:
    base, world, _ = address
    folder = tmp_path / "exports"
    folder.mkdir()
    export = write_exports(folder)[0]
    content = export.path.read_bytes()

    # An engineer of the line makes a draft. Nobody else can know that it exists.
    engineer, partner = Person(base, world.tokens["north-contributor"]), Person(base, world.tokens["partner"])
    dataset = engineer.post("/datasets", {"title": "Cell A-01", "time_zone": "Europe/Berlin"})["id"]
    assert partner.attempt(f"/datasets/{dataset}")[0] == 404

    # The file travels in chunks, each with its checksum; when the last has come the platform reads it back.
    upload = engineer.upload(dataset, export.path, export.filename)
    build = engineer.wait(dataset)
    assert build["state"] == "ready", build
    assert build["history"][0]["state"] == "queued"
    kept = engineer.builds(dataset)[0]
    assert kept["build"] == 1 and kept["cycles"] > 1
    assert (
        httpx.get(upload, headers=world.header("north-contributor")).json()["sha256"]
        == hashlib.sha256(content).hexdigest()
    )

    # The report is clean, the time series is in the field's vocabulary with units, the cycles are our own.
    assert engineer.get(f"/datasets/{dataset}/report")["report"]["problems"] == []
    page = engineer.get(f"/datasets/{dataset}/tables/timeseries", columns=["voltage_volt", "current_ampere"], cycle=1)
    assert page["columns"] == ["voltage_volt", "current_ampere"] and page["units"] == ["V", "A"]
    assert all(2.5 < voltage < 4.3 for voltage, _ in page["rows"])
    summary = engineer.get(f"/datasets/{dataset}/summary")
    assert 0.8 < summary["first_cycle_efficiency"] < 0.95

    # Release is the steward's, and needs a complete record: everything that lacks is said at once.
    steward = Person(base, world.tokens["north"])
    status, problem = engineer.attempt(f"/datasets/{dataset}/release", "POST")
    assert status in (403, 422)
    with pytest.raises(RuntimeError, match=r"cell\.nominal_capacity_ah"):
        steward.post(f"/datasets/{dataset}/release", {})
    engineer.patch(f"/datasets/{dataset}/metadata", RECORD)

    # What the record now says of the cell, the file is read again with; a build that was not is never released.
    assert engineer.wait(dataset)["build"] == 2
    assert steward.post(f"/datasets/{dataset}/release", {"visibility": "network"})["state"] == "released"

    # Now the partner finds it, and is told what would be needed to read it.
    [entry] = partner.get("/datasets", text="formation")["items"]
    assert entry["id"] == dataset and entry["level"] == "listed"
    status, problem = partner.attempt(f"/datasets/{dataset}/tables/timeseries")
    assert status == 403 and "tables" in problem["detail"] and "North Line" in problem["detail"]

    # The steward grants the tables. The partner downloads Parquet by a signed link, with the hash as announced.
    steward.post(f"/datasets/{dataset}/grants", {"grantee": "partner", "level": "tables"})
    link = partner.post(f"/datasets/{dataset}/tables/timeseries/link")
    table = partner.download(link["url"])
    assert hashlib.sha256(table).hexdigest() == link["sha256"]
    assert pq.read_table(io.BytesIO(table)).num_rows == page_total(engineer, dataset)

    # The raw file stays closed to the partner, and is, to its owner, byte for byte what was uploaded.
    file = engineer.attempt(f"/datasets/{dataset}/versions")[1][0]["files"][0]["id"]  # type: ignore[index]
    assert partner.attempt(f"/datasets/{dataset}/raw/{file}")[0] == 403
    raw = httpx.get(f"{base}/api/v1/datasets/{dataset}/raw/{file}", headers=world.header("north"))
    assert raw.content == content

    # A revoked grant ends at once.
    [grant] = steward.attempt(f"/datasets/{dataset}/grants")[1]
    steward._http.delete(f"/datasets/{dataset}/grants/{grant['id']}").raise_for_status()  # type: ignore[index]
    assert partner.attempt(f"/datasets/{dataset}/tables/timeseries")[0] == 403


def page_total(person: Person, dataset: str) -> int:
    return int(person.get(f"/datasets/{dataset}/tables/timeseries", limit=1)["total"])
