"""From a roll to the tests of its cells and back, within what the caller may see, and nothing leaks beyond it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from exchange import process
from exchange.jobs import Job
from exchange.process import Bench
from exchange.services import Services
from ingest import sandbox
from storage.spool import Spool
from tests.apps import create_app
from tests.production import Sheets, run, workbook
from tests.received import bdf_csv
from tests.records import record
from tests.test_one_file import RECORD
from tests.worlds import World

Json = dict[str, Any]
RUN = {"title": "Run 7", "kind": "production-run", "line": "L1", "creators": [{"name": "Ada"}], "licence": "CC-BY-4.0"}


@pytest.fixture(scope="module", autouse=True)
def warm_sandbox() -> Iterator[None]:
    sandbox.warm()
    yield
    sandbox.close()


@dataclass
class Network:
    client: TestClient
    world: World
    bench: Bench
    folder: Path

    def get(self, user: str, path: str, **params: Any) -> tuple[int, Json]:
        answer = self.client.get(f"/api/v1{path}", params=params, headers=self.world.header(user))
        return answer.status_code, answer.json()

    def post(self, user: str, path: str, body: Json) -> Json:
        answer = self.client.post(f"/api/v1{path}", json=body, headers=self.world.header(user))
        assert answer.status_code < 300, answer.text
        made: Json = answer.json()
        return made

    def upload(self, user: str, dataset: str, name: str, content: bytes) -> None:
        header = self.world.header(user)
        answer = self.client.put(f"/api/v1/datasets/{dataset}/files/{name}", content=content, headers=header)
        process.perform(self.bench, answer.json()["run"], Job(lambda _name, do: do(), lambda: True))
        builds = self.get(user, f"/datasets/{dataset}/builds")[1]
        assert builds[-1]["state"] == "ready", self.get(user, f"/datasets/{dataset}/report")  # type: ignore[index]

    def production(self, user: str, sheets: Sheets | None = None, **record: Any) -> str:
        id = str(self.post(user, "/datasets", RUN | record)["id"])
        self.fill(user, id, sheets)
        return id

    def fill(self, user: str, dataset: str, sheets: Sheets | None = None) -> None:
        path = workbook(self.folder / "run.xlsx", sheets or run())
        self.upload(user, dataset, "run.xlsx", path.read_bytes())

    def test(self, user: str, cell: str) -> str:
        id = str(self.post(user, "/datasets", record(RECORD, cell=cell, nominal_capacity_ah=0.5))["id"])
        self.upload(user, id, f"{cell}.csv", bdf_csv(1441, salt=len(cell)))
        return id

    def share(self, user: str, dataset: str, to: str, level: str) -> None:
        self.post(user, f"/datasets/{dataset}/release", {"visibility": "network"})
        self.post(user, f"/datasets/{dataset}/grants", {"grantee": to, "level": level})


@pytest.fixture
def network(services: Services, world: World, tmp_path: Path) -> Iterator[Network]:
    spool = Spool(tmp_path / "spool", "worker-1", 2**30)
    bench = Bench(services, spool, threading.Event(), patience_s=5.0, pause_s=0.05)
    with TestClient(create_app(services)) as client:
        yield Network(client, world, bench, tmp_path)
    spool.close()


def roll(name: str = "R-1", owner: str | None = None) -> Json:
    return {"kind": "roll", "name": name} | ({"owner": owner} if owner else {})


def test_a_roll_leads_to_the_tests_of_its_cells_and_a_test_back_to_its_slurry(network: Network) -> None:
    network.production("north")
    first, second = network.test("north", "C-1"), network.test("north", "C-02")
    status, found = network.get("north", "/objects/tests", **roll())
    assert status == 200 and found["cells"] == ["C-1", "C-2"]
    assert [(one["dataset"], one["cell"]) for one in found["tests"]] == [(first, "C-1")]

    status, made = network.get("north", f"/datasets/{first}/production")
    assert status == 200 and {one["name"] for one in made["objects"]} == {
        *("C-1", "R-1", "R-2", "SL-1", "SL-2", "NMC-77", "PVDF-3", "GR-12")
    }
    loading = next(one for one in made["values"] if one["object"] == "R-1" and one["parameter"] == "dry_loading")
    assert (loading["value"], loading["unit"], loading["process_step"]) == (12.5, "mg/cm2", "coating")
    assert not [one for one in made["values"] if one["object"] == "C-2"]
    page = network.get("north", "/objects/parameters", kind="cell", name="C-1", start=2, limit=3)[1]
    assert page["values"] == made["values"][2:5] and (page["total"], page["next"]) == (made["total"], 5)

    assert network.get("north", f"/datasets/{second}/production")[0] == 404, "nothing tells of the cell C-02"


def test_others_reach_only_what_both_ends_open_to_them(network: Network) -> None:
    produced = network.production("north")
    opened, listed = network.test("north", "C-1"), network.test("north", "C-2")
    nothing = network.get("west", "/objects/tests", **roll("R-404", "north"))
    assert nothing[0] == 404

    def hidden(name: str) -> None:
        status, answer = network.get("west", "/objects/tests", **roll(name, "north"))
        assert status == 404 and answer["detail"] == nothing[1]["detail"].replace("R-404", name)
        status, answer = network.get("west", "/objects/parameters", **roll(name, "north"))
        assert status == 404 and answer["detail"] == nothing[1]["detail"].replace("R-404", name)

    hidden("R-1")
    network.share("north", produced, "west", "summary")
    hidden("R-1")
    network.post("north", f"/datasets/{produced}/grants", {"grantee": "west", "level": "tables"})
    network.share("north", opened, "west", "metadata")
    network.share("north", listed, "west", "listed")

    status, found = network.get("west", "/objects/tests", **roll("R-1", "north"))
    assert status == 200 and [one["dataset"] for one in found["tests"]] == [opened], "what is only listed shows no cell"
    assert network.get("west", f"/datasets/{opened}/production")[0] == 200
    assert network.get("west", f"/datasets/{listed}/production")[0] == 403
    assert network.get("south", "/objects/tests", **roll("R-1", "north"))[0] == 404
    assert network.get("south", f"/datasets/{opened}/production")[0] == 403

    newer = run(Stacking=[["Cell id", "Made from roll", "Layers"], ["C-9", "R-1", 8], ["C-8", "R-2", 8]])
    network.fill("north", produced, newer)
    assert network.get("north", "/objects/tests", **roll())[1]["cells"] == ["C-9"]
    assert network.get("west", "/objects/tests", **roll("R-1", "north"))[1]["cells"] == ["C-1", "C-2"]
    assert network.get("west", "/objects/parameters", kind="cell", name="C-9", owner="north")[0] == 404

    network.post("north", f"/datasets/{produced}/withdraw", {})
    hidden("R-1")


def test_equal_names_of_two_owners_are_two_things(network: Network) -> None:
    network.production("north")
    west = network.production("west", run(Stacking=[["Cell id", "Made from roll"], ["W-1", "R-1; R-2"]]))
    north_test, west_test = network.test("north", "W-1"), network.test("west", "W-1")
    network.share("west", west, "north", "tables")
    network.share("west", west_test, "north", "metadata")

    assert network.get("north", "/objects/tests", **roll())[1]["cells"] == ["C-1", "C-2"]
    found = network.get("north", "/objects/tests", **roll(owner="west"))[1]
    assert found["cells"] == ["W-1"] and [one["dataset"] for one in found["tests"]] == [west_test]
    assert network.get("north", f"/datasets/{north_test}/production")[0] == 404, "another owner's cell of that name"


def test_a_production_run_is_released_delivered_and_not_compared(network: Network) -> None:
    produced = network.production("north", licence=None)
    status, answer = network.get("north", f"/datasets/{produced}")
    assert answer["missing"] == ["licence or agreement"]
    header = network.world.header("north")
    changed = network.client.patch(
        f"/api/v1/datasets/{produced}/metadata", json={"licence": "CC-BY-4.0"}, headers=header
    )
    assert changed.status_code == 200
    network.share("north", produced, "west", "tables")

    status, page = network.get("west", f"/datasets/{produced}/tables/parameters", columns=["object", "value", "time"])
    assert status == 200 and ["SL-1", 62.5, "2026-03-02T07:00:00+00:00"] in page["rows"]
    address = f"/api/v1/datasets/{produced}/tables"
    text = network.client.get(f"{address}/parameters/csv", headers=network.world.header("west")).text
    assert "2026-03-02T07:00:00+00:00" in text
    edges = network.client.get(f"{address}/genealogy/csv", headers=network.world.header("west")).text
    assert "R-1,roll,stacking,C-1,cell" in edges
    assert network.client.get(f"{address}/parameters/parquet", headers=header).content[:4] == b"PAR1"
    assert network.get("west", f"/datasets/{produced}/tables/timeseries")[0] == 404
    assert network.get("west", f"/datasets/{produced}/summary")[1]["cycles"] == []
    status, problem = network.get("north", "/comparison", dataset=[produced])
    assert status == 422 and produced in str(problem["errors"])


def test_every_look_is_on_record(network: Network, services: Services) -> None:
    from sqlalchemy import text

    network.get("west", "/objects/tests", **roll("R-1", "north"))
    with services.sessions.read() as session:
        events = session.execute(
            text(
                "SELECT user_id, action, said FROM plx_audit JOIN plx_audit_actor ON pseudonym = actor "
                "JOIN plx_audit_person ON event_id = plx_audit.id"
            )
        ).all()
    assert [(actor, action) for actor, action, _ in events] == [("west", "read:list")]
    assert "north's roll R-1" in events[0][2]


def test_a_run_that_is_read_again_tells_no_difference(network: Network) -> None:
    produced = network.production("north")
    again = network.post("north", f"/datasets/{produced}/builds", {})
    process.perform(network.bench, again["id"], Job(lambda _name, do: do(), lambda: True))
    status, found = network.get("north", f"/datasets/{produced}/builds/2/difference", other=1)
    assert status == 200 and found["tables"] == [], found
    assert network.get("north", "/objects/tests", **roll())[1]["cells"] == ["C-1", "C-2"]


def test_what_is_raw_only_shows_others_no_objects(network: Network, services: Services) -> None:
    from sqlalchemy import text

    produced = network.production("north")
    again = network.post("north", f"/datasets/{produced}/builds", {})
    process.perform(network.bench, again["id"], Job(lambda _name, do: do(), lambda: True))
    with services.sessions.begin() as session:  # As a stricter reader would judge the same bytes.
        session.execute(text("UPDATE plx_ingest_run SET state = 'quarantined' WHERE id = :id"), {"id": again["id"]})
    network.post("north", f"/datasets/{produced}/release", {"raw_only": True})
    network.post("north", f"/datasets/{produced}/grants", {"grantee": "west", "level": "tables"})
    assert network.get("west", f"/datasets/{produced}/tables/parameters")[0] == 404
    for path in ("tests", "parameters"):
        assert network.get("west", f"/objects/{path}", **roll("R-1", "north"))[0] == 404
    assert network.get("north", "/objects/tests", **roll())[1]["cells"] == ["C-1", "C-2"]
