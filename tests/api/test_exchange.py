"""What owners and others get over HTTP while a dataset is described, read, released, narrowed and withdrawn."""

import contextlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from exchange.auditing.seal import seal, verify
from exchange.demo.client import Person
from exchange.serve import bound, serving
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from exchange.worker import start_in_process
from storage import audit
from tests import servers
from tests.apps import create_app
from tests.records import record
from tests.test_one_file import RECORD
from tests.worlds import World, network

Json = dict[str, Any]
HEADER = "test_time_second,voltage_volt,current_ampere,step_type\n"


def cell(cycles: int = 2, capacity: float = 1.0, *, cut: bool = False, discharge_first: bool = False) -> str:
    """A csv of cycles of one hour's charge and discharge at constant current, a row a minute."""
    rows, time = [], 0
    halves = [("cc discharge", -1), ("cc charge", 1)] if discharge_first else [("cc charge", 1), ("cc discharge", -1)]
    for cycle in range(cycles):
        for name, sign in halves:
            last = 30 if cut and cycle == cycles - 1 and name == halves[1][0] else 60
            for minute in range(last + 1):
                voltage = 3.0 + minute / 60 if sign > 0 else 4.0 - minute / 60
                rows.append(f"{time},{voltage:.5f},{sign * capacity:.4f},{name}")
                time += 60
    return HEADER + "\n".join(rows) + "\n"


class Line:
    """A member's steward and what they do again and again."""

    def __init__(self, address: str, world: World, user: str) -> None:
        self.person = Person(address, world.tokens[user])
        self.http = httpx.Client(base_url=f"{address}/api/v1", headers=world.header(user), timeout=60)

    def upload(self, dataset: str, content: str, name: str = "cell.csv") -> Json:
        self.http.put(f"/datasets/{dataset}/files/{name}", content=content.encode()).raise_for_status()
        return self.person.wait(dataset)

    def dataset(self, content: str, **fields: object) -> str:
        sent = record(RECORD, **{"nominal_capacity_ah": 1.0} | fields)
        id = str(self.person.post("/datasets", sent)["id"])
        build = self.upload(id, content)
        assert build["state"] == "ready", self.person.get(f"/datasets/{id}/report")
        return id


@dataclass(frozen=True)
class Installation:
    """An installation at work, which the tests of this module share: each makes datasets of its own."""

    address: str
    world: World
    services: Services

    def line(self, user: str) -> Line:
        return Line(self.address, self.world, user)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    with _database(request, folder) as url:
        settings = Settings(data=folder, database_url=url, _env_file=None)  # type: ignore[call-arg]  # no .env here
        services = open_services(settings)
        world = network(services)
        stop = start_in_process(services, settings)
        try:
            with serving(create_app(services), bound("127.0.0.1", 0)) as address:
                yield Installation(address, world, services)
            _recorded_once_each(services)
        finally:
            stop()
            close_services(services)


def _recorded_once_each(services: Services) -> None:
    """Whatever the tests asked for: no request left two events, and all of them stand in a sound chain."""
    seal(services)
    assert verify(services).sound and verify(services).unsealed == 0
    with services.sessions.read() as session:
        events = list(audit.events(session))
    times = Counter(one.reference for one in events if one.reference)
    assert len(times) > 3
    assert [one for one in events if times[one.reference] > 1] == []


@contextlib.contextmanager
def _database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'exchange.sqlite3'}"
        return
    template = request.getfixturevalue("postgres_template")
    with servers.fresh_database(request.getfixturevalue("postgres_server"), template) as url:
        yield url


@pytest.fixture
def north(installation: Installation) -> Line:
    return installation.line("north")


@pytest.fixture
def partner(installation: Installation) -> Line:
    return installation.line("partner")


def test_a_cycle_is_found_by_its_number_in_both_tables(north: Line) -> None:
    id = north.dataset(cell(3))
    [row] = north.person.get(f"/datasets/{id}/tables/cycles", cycle=3, columns="cycle")["rows"]
    assert row == [3]
    rows = north.person.get(f"/datasets/{id}/tables/timeseries", cycle=2, columns="test_time_second")["rows"]
    assert (rows[0][0], rows[-1][0], len(rows)) == (122 * 60, 243 * 60, 122)
    [flags] = north.person.get(f"/datasets/{id}/tables/cycles", cycle=1, columns="truncated")["rows"]
    assert flags == [False]
    assert north.http.get(f"/datasets/{id}/tables/cycles", params={"cycle": 4}).status_code == 404


def test_an_empty_selection_is_a_file_with_its_columns(north: Line) -> None:
    id = north.dataset(cell())
    where = f"/datasets/{id}/tables/timeseries"
    table = pq.read_table(io.BytesIO(north.http.get(f"{where}/parquet?start=99999999").content))
    assert table.num_rows == 0 and "voltage_volt" in table.column_names
    assert north.http.get(f"{where}/csv?start=0&stop=0&columns=voltage_volt").text == "voltage_volt\n"


def test_text_cannot_be_plotted_and_says_so(north: Line) -> None:
    id = north.dataset(cell())
    answer = north.http.get(f"/datasets/{id}/series", params={"x": "step_type", "y": "voltage_volt"})
    assert answer.status_code == 422 and "step_type" in answer.text


def test_a_record_that_changes_what_is_read_has_the_file_read_again_before_release(north: Line) -> None:
    id = north.dataset(cell(2, discharge_first=True))
    assert [one["cycle"] for one in north.person.get(f"/datasets/{id}/summary")["cycles"]] == [0, 1, 2]
    north.person.patch(f"/datasets/{id}/metadata", {"cell": {"configuration": "half-negative"}})
    early = north.http.post(f"/datasets/{id}/release", json={})
    build = north.person.wait(id)
    assert build["build"] == 2 and build["state"] == "ready"
    assert early.status_code in (200, 409)  # 409 unless the file was read again in between.
    assert early.status_code == 200 or "cell_configuration: full → half-negative" in early.text
    assert [one["cycle"] for one in north.person.get(f"/datasets/{id}/summary")["cycles"]] == [1, 2]
    assert north.http.post(f"/datasets/{id}/release", json={}).status_code == 200


def test_a_second_release_keeps_who_it_is_listed_to(north: Line, partner: Line) -> None:
    id = north.dataset(cell())
    north.person.post(f"/datasets/{id}/release", {"visibility": "organisation"})
    north.upload(id, cell(3))
    assert north.person.post(f"/datasets/{id}/release", {})["visibility"] == "organisation"
    assert partner.http.get(f"/datasets/{id}").status_code == 404


def test_visibility_changes_alone_and_even_while_a_new_version_is_bad(north: Line, partner: Line) -> None:
    id = north.dataset(cell())
    north.person.post(f"/datasets/{id}/release", {})
    assert north.upload(id, "no table at all")["state"] == "quarantined"
    narrowed = north.http.put(f"/datasets/{id}/visibility", json={"visibility": "organisation"})
    assert narrowed.status_code == 200 and narrowed.json()["released_version"] == 1
    assert partner.http.get(f"/datasets/{id}").status_code == 404
    # The owner goes on seeing the version before the bad one.
    assert north.person.get(f"/datasets/{id}/summary")["reference"] == f"{id}@1.b1"


def test_what_is_released_is_the_version_that_was_meant(north: Line, partner: Line) -> None:
    id = north.dataset(cell())
    north.upload(id, cell(3))
    north.person.post(f"/datasets/{id}/release", {"version": 1})
    north.person.post(f"/datasets/{id}/grants", {"grantee": "partner", "level": "tables"})
    assert partner.person.get(f"/datasets/{id}/tables/timeseries", limit=1)["reference"] == f"{id}@1.b1"
    assert partner.http.get(f"/datasets/{id}/tables/timeseries", params={"version": 2}).status_code == 404
    assert [one["number"] for one in partner.http.get(f"/datasets/{id}/versions").json()] == [1]


def test_a_withdrawn_dataset_is_changed_no_more(north: Line, partner: Line) -> None:
    id = north.dataset(cell())
    north.person.post(f"/datasets/{id}/release", {})
    north.person.post(f"/datasets/{id}/grants", {"grantee": "partner", "level": "raw"})
    north.person.post(f"/datasets/{id}/withdraw")
    for method, path, body in [
        ("PATCH", "metadata", {"title": "Other"}),
        ("POST", "release", {}),
        ("POST", "grants", {"grantee": "west", "level": "raw"}),
        ("POST", "builds", None),
        ("PUT", "visibility", {"visibility": "network"}),
    ]:
        assert north.http.request(method, f"/datasets/{id}/{path}", json=body).status_code == 403, path
    assert north.http.put(f"/datasets/{id}/files/b.csv", content=b"a").status_code in (403, 409)
    assert partner.http.get(f"/datasets/{id}/tables/timeseries").status_code == 403
    assert partner.http.get(f"/datasets/{id}").json()["metadata"] is None


def test_a_released_record_cannot_be_emptied(north: Line) -> None:
    id = north.dataset(cell())
    north.person.post(f"/datasets/{id}/release", {})
    answer = north.http.patch(f"/datasets/{id}/metadata", json={"title": None, "licence": None})
    assert answer.status_code == 409 and "title" in answer.text and "licence or agreement" in answer.text


def test_lines_of_two_owners_with_one_name_are_two_and_cut_cycles_do_not_count(
    north: Line, installation: Installation
) -> None:
    west = installation.line("west")
    mine, other = north.dataset(cell(2, 1.0, cut=True)), west.dataset(cell(2, 1.02), line="North 1")
    west.person.post(f"/datasets/{other}/release", {})
    west.person.post(f"/datasets/{other}/grants", {"grantee": "north", "level": "summary"})
    found = north.person.get("/comparison", dataset=[mine, other])
    assert [(line["owner"], line["line"], line["cells"]) for line in found["lines"]] == [
        ("north", "North 1", 1),
        ("west", "North 1", 1),
    ]
    assert [one["cycle"] for one in found["lines"][0]["discharge_capacity_ah"]] == [1]
    assert [one["cycle"] for one in found["lines"][1]["discharge_capacity_ah"]] == [1, 2]
    assert found["lines"][1]["discharge_capacity_ah"][0]["mean"] == pytest.approx(1.02, rel=1e-3)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/datasets?text=%00", None),
        ("GET", "/datasets?owner=%00", None),
        ("DELETE", "/datasets/PLX-0000-0000/grants/%00", None),
        ("POST", "/datasets/PLX-0000-0000/grants", {"grantee": "\x00", "level": "raw"}),
        ("POST", "/datasets/PLX-0000-0000/grants", {"grantee": "a", "level": "raw", "expires_at": 253402300799}),
        (
            "POST",
            "/datasets/PLX-0000-0000/grants",
            {"grantee": "a", "level": "raw", "expires_at": "9999-12-31T23:59:59-12:00"},
        ),
        ("GET", "/datasets?txet=a", None),
    ],
)
def test_values_that_no_database_keeps_are_refused_with_a_sentence(
    north: Line, method: str, path: str, body: Json | None
) -> None:
    answer = north.http.request(method, path, json=body)
    assert answer.status_code == 422 and answer.json()["errors"], answer.text


def test_a_body_without_end_is_not_read_to_its_end(installation: Installation) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 1 << 20
            yield b" " * (1 << 20)

    try:
        status = httpx.post(f"{installation.address}/api/v1/datasets", content=endless(), timeout=30).status_code
    except httpx.TransportError:  # The server answered and closed while we were still sending.
        status = 413
    assert status == 413 and sent < 150 << 20


def test_two_builds_are_compared_by_whoever_may_read_both(north: Line, installation: Installation) -> None:
    id = north.dataset(cell())
    north.http.patch(f"/datasets/{id}/metadata", json={"cell": {"nominal_capacity_ah": 2.0}}).raise_for_status()
    north.person.wait(id)
    changed = north.http.get(f"/datasets/{id}/builds/1/difference", params={"other": 2}).json()
    assert (changed["before"], changed["after"]) == (f"{id}@1.b1", f"{id}@1.b2")
    [rate] = [one for one in changed["cycles"] if one["name"] == "charge_c_rate"]
    assert (rate["cycles"], rate["before"], rate["after"]) == (2, 1.0, 0.5)
    assert north.http.get(f"/datasets/{id}/builds/1/difference", params={"other": 9}).status_code == 404
    partner = installation.line("partner").http
    assert partner.get(f"/datasets/{id}/builds/1/difference", params={"other": 2}).status_code == 404


def test_how_a_file_is_read_is_told_with_its_tables_and_not_before(north: Line, partner: Line) -> None:
    reading = {"files": {"cell_of_the_secret_batch.csv": {"last_row": 100}}}
    id = north.dataset(cell(5), reading=reading)
    north.person.post(f"/datasets/{id}/release", {})
    for level, shown in (("metadata", False), ("summary", False), ("tables", True)):
        north.person.post(f"/datasets/{id}/grants", {"grantee": "partner", "level": level})
        told = partner.http.get(f"/datasets/{id}")
        assert told.json()["metadata"]["cell"] and ("secret_batch" in told.text) is shown, level


def test_whoever_read_a_version_is_told_when_another_takes_its_place(installation: Installation, north: Line) -> None:
    id, west = north.dataset(cell(2)), installation.line("west")
    north.person.post(f"/datasets/{id}/release", {})
    north.person.post(f"/datasets/{id}/grants", {"grantee": "west", "level": "tables"})
    west.person.get(f"/datasets/{id}/tables")
    north.person.post(f"/datasets/{id}/release", {})
    assert west.person.get("/notifications")["items"] == [], "the same version again is no correction"
    north.upload(id, cell(3))
    north.person.post(f"/datasets/{id}/release", {"note": "The file was cut short."})
    (told,) = west.person.get("/notifications")["items"]
    assert told["kind"] == "data-corrected" and "version 2 takes the place of version 1" in told["text"]
    assert "> The file was cut short." in told["text"]
