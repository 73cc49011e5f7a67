"""What leaves in the view of chosen columns, and what a blinded dataset tells: its numbers, and nothing of whose."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from exchange import remind
from exchange.auditing import erase
from exchange.delivery import rebuild
from exchange.services import Services
from exchange.sweep import GRACE, sweep
from schemas.dataset import Visibility
from schemas.errors import Conflict
from schemas.metadata import DatasetKind, Metadata
from storage import collections
from tests.apps import create_app
from tests.built import built
from tests.records import metadata
from tests.worlds import World

Json = dict[str, Any]
BASE = "/api/v1/datasets"
START = 1_767_225_600.0


@dataclass(frozen=True)
class Identity:
    """Everything by which somebody could tell whose dataset it is, and when it was measured."""

    title: str = "Secret title"
    line: str = "Secret line"
    cell: str = "SECRET-CELL"
    filename: str = "SECRETFILE.csv"
    instrument: str = "Secretcycler 9000"
    step: str = "secret recipe"
    start: float = START
    begin: float = 0.0

    def metadata(self) -> Metadata:
        return metadata(
            title=self.title,
            kind=DatasetKind.ROUND_ROBIN_TEST,
            line=self.line,
            cell=self.cell,
            instrument=self.instrument,
            time_zone="Europe/Berlin",
            nominal_capacity_ah=1.0,
        )

    def content(self, cycles: int = 2, capacity: float = 1.0) -> bytes:
        """Cycles of one hour's charge and discharge, a row a minute, with clock times and the line's own step names."""
        head = "test_time_second,unix_time_second,voltage_volt,current_ampere,step_type,ambient_temperature_celsius"
        rows, time = [head], 0
        for _ in range(cycles):
            for sign in (1, -1):
                for minute in range(61):
                    volts = 3.0 + minute / 60 if sign > 0 else 4.0 - minute / 60
                    clock = f"{self.begin + time},{self.start + time}"
                    rows.append(f"{clock},{volts:.5f},{sign * capacity:.4f},{self.step},23.5")
                    time += 60
        return ("\n".join(rows) + "\n").encode()


SECRET = Identity()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def secret(services: Services, world: World) -> str:
    return built(services, "north", SECRET.content(), SECRET.filename, SECRET.metadata())


@pytest.fixture
def partner(client: TestClient, world: World) -> "Caller":
    return Caller(client, world.header("partner"))


@pytest.fixture
def steward(client: TestClient, world: World) -> "Caller":
    return Caller(client, world.header("north"))


@dataclass(frozen=True)
class Caller:
    client: TestClient
    header: dict[str, str]

    def ask(self, address: str, method: str = "GET", **query: object) -> httpx.Response:
        return self.client.request(method, address, headers=self.header, params=query)  # type: ignore[arg-type]  # any value

    def get(self, address: str, **query: object) -> Any:
        answer = self.ask(address, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def grant(self, dataset: str, **wanted: object) -> Json:
        body = {"grantee": "partner", "level": "tables"} | wanted
        answer = self.client.post(f"{BASE}/{dataset}/grants", headers=self.header, json=body)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    def file(self, address: str) -> bytes:
        """What a link leads to, with the name and hash it announces."""
        link = self.client.post(address, headers=self.header)
        assert link.status_code == 201, link.text
        url = link.json()["url"]
        return self.client.get(url[url.index("/blobs") :]).content


def collection(services: Services, id: str = "rr") -> str:
    with services.sessions.begin() as session:
        if not collections.exists(session, id):
            collections.add(session, id, f"Round {id}")
    return id


def test_chosen_columns_leave_at_every_exit_and_no_others(secret: str, steward: Caller, partner: Caller) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt", "test_time_second"])
    address = f"{BASE}/{secret}/tables"
    [table] = partner.get(address, view="columns")
    assert [column["name"] for column in table["columns"]] == ["test_time_second", "voltage_volt"]
    page = partner.get(f"{address}/timeseries", view="columns")
    assert page["columns"] == ["test_time_second", "voltage_volt"] and page["units"] == ["s", "V"]
    assert partner.get(f"{BASE}/{secret}/series", y="voltage_volt", view="columns")["points"] > 10
    assert (
        partner.ask(f"{address}/timeseries/csv", view="columns").text.splitlines()[0] == "test_time_second,voltage_volt"
    )
    whole = partner.ask(f"{address}/timeseries/parquet", view="columns").content
    linked = partner.file(f"{address}/timeseries/link?view=columns")
    assert whole == linked and len(whole) == table["bytes"]
    for refused in (
        partner.ask(f"{address}/timeseries", view="columns", columns="current_ampere"),
        partner.ask(f"{BASE}/{secret}/series", y="current_ampere", view="columns"),
        partner.ask(f"{BASE}/{secret}/series", y="voltage_volt", x="unix_time_second", view="columns"),
        partner.ask(f"{address}/timeseries/csv", view="columns", columns="step_type"),
    ):
        assert refused.status_code == 422 and "current_ampere" not in refused.json()["errors"][0]["hint"]


def test_a_view_of_columns_is_a_file_made_anew_without_a_trace_of_the_others(
    secret: str, steward: Caller, partner: Caller
) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt"])
    content = partner.file(f"{BASE}/{secret}/tables/timeseries/link?view=columns")
    footer = pq.read_metadata(io.BytesIO(content))
    assert [footer.schema.column(at).name for at in range(footer.num_columns)] == ["row", "voltage_volt"]
    assert set(footer.metadata) == {b"ARROW:schema", b"provenance"} and footer.metadata[b"provenance"] == b"{}"
    for trace in (b"current_ampere", b"unix_time", b"SECRET", b"Secret", b"secret", secret.encode(), b"north"):
        assert trace not in content


def test_a_selection_without_an_axis_is_plotted_over_the_row(secret: str, steward: Caller, partner: Caller) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt"])
    drawn = partner.get(f"{BASE}/{secret}/series", y="voltage_volt", view="columns", points=5000)
    assert drawn["x"] == "row" and drawn["columns"]["row"][:3] == [0, 1, 2]


def test_columns_of_several_grants_add_up_and_a_smaller_level_adds_none(
    secret: str, steward: Caller, partner: Caller
) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt"])
    steward.grant(secret, view="columns", columns=["test_time_second"])
    steward.grant(secret, view="columns", columns=["current_ampere"], level="summary")
    page = partner.get(f"{BASE}/{secret}/tables/timeseries", view="columns")
    assert page["columns"] == ["test_time_second", "voltage_volt"]


def test_the_cycle_is_asked_for_only_where_the_view_tells_the_cycles(
    secret: str, steward: Caller, partner: Caller
) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt"])
    address = f"{BASE}/{secret}/tables/timeseries"
    refused = partner.ask(address, view="columns", cycle=1)
    assert refused.status_code == 422 and "cycle" in refused.json()["detail"]
    steward.grant(secret, view="columns", columns=["cycle", "start_row", "end_row"])
    assert 100 < partner.get(address, view="columns", cycle=1)["total"] < 125


def test_a_refusal_in_full_view_names_the_view_that_is_open(secret: str, steward: Caller, partner: Caller) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt"])
    refused = partner.ask(f"{BASE}/{secret}/tables/timeseries")
    assert refused.status_code == 403 and "view=columns" in refused.json()["detail"]
    other = partner.ask(f"{BASE}/{secret}/tables/steps", view="columns")
    assert other.status_code == 404 and "voltage_volt" in other.json()["detail"]


def test_the_summary_of_columns_has_these_alone(secret: str, steward: Caller, partner: Caller) -> None:
    columns = ["cycle", "truncated", "discharge_capacity_ah"]
    steward.grant(secret, view="columns", columns=columns, level="summary")
    found = partner.get(f"{BASE}/{secret}/summary", view="columns")
    assert found["first_cycle_efficiency"] is None
    assert [one["discharge_capacity_ah"] for one in found["cycles"]] == pytest.approx([1.0, 1.0], rel=0.05)
    assert {one["charge_capacity_ah"] for one in found["cycles"]} == {None}
    compared = partner.get("/api/v1/comparison", dataset=secret, view="columns")
    assert compared["lines"][0]["discharge_capacity_ah"][0]["n"] == 1
    assert partner.ask(f"{BASE}/{secret}/tables", view="columns").status_code == 403


def test_a_view_is_made_once_and_goes_with_its_build(
    services: Services, secret: str, steward: Caller, partner: Caller
) -> None:
    steward.grant(secret, view="columns", columns=["voltage_volt"])
    for _ in range(2):
        partner.get(f"{BASE}/{secret}/tables/timeseries", view="columns")
    [kept] = list(services.objects.list("views/"))
    services.objects.put("views/lost/attempt", b"made second")
    later = replace(services, now=lambda: services.now() + GRACE + timedelta(minutes=1))
    assert sweep(later) == 1
    assert [one.key for one in services.objects.list("views/")] == [kept.key]
    with services.sessions.begin() as session:
        session.execute(text("DELETE FROM plx_table"))
    sweep(services)
    assert list(services.objects.list("views/")) == []


def test_a_blinded_dataset_is_reached_by_its_code_alone(
    services: Services, secret: str, steward: Caller, partner: Caller
) -> None:
    made = steward.grant(secret, view="blinded", collection=collection(services))
    assert re.fullmatch("[A-HJ-NP-Z]{2}", made["code"])
    coded = f"/api/v1/coded/rr/{made['code']}"
    assert partner.get("/api/v1/coded/rr") == [{"code": made["code"], "level": "tables"}]
    assert {one["name"] for one in partner.get(f"{coded}/tables")} >= {"timeseries", "cycles", "steps"}
    page = partner.get(f"{coded}/tables/timeseries", limit=5)
    assert page["reference"] == f"rr/{made['code']}" and page["next"] == 5
    assert page["columns"] == ["test_time_second", "voltage_volt", "current_ampere", "surface_temperature_celsius"]
    assert partner.get(f"{coded}/series", y="voltage_volt")["points"] > 10
    assert partner.get(f"{coded}/summary")["cell"] is None
    header = partner.ask(f"{coded}/tables/cycles/csv").headers["content-disposition"]
    assert f"rr_{made['code']}_cycles.csv" in header
    for address in (
        f"{BASE}/{secret}",
        f"{BASE}/{secret}/tables/timeseries",
        f"{BASE}/{secret}/summary",
        f"{BASE}/{secret}/versions",
        f"{BASE}/{secret}/report",
        f"{BASE}/{secret}/production",
    ):
        assert partner.ask(address).status_code == 404, address
    assert partner.ask(f"{BASE}/{secret}/tables/timeseries", view="blinded").status_code == 422
    assert partner.get(BASE)["items"] == []


def test_nothing_at_a_listed_dataset_tells_that_it_is_one_of_the_codes(
    services: Services, world: World, steward: Caller, partner: Caller
) -> None:
    """Of two listed datasets the partner holds the blinded and the aggregate view of one. All answers are alike."""
    both = [
        built(services, "north", SECRET.content(capacity=one), "a.csv", SECRET.metadata(), Visibility.NETWORK)
        for one in (1.0, 1.1)
    ]
    steward.grant(both[0], view="blinded", collection=collection(services))
    steward.grant(both[0], view="aggregate", level="summary")
    asked = [*_answers(services, both[0]), *_answers(services, both[0], view="blinded")]
    assert len(asked) > 20
    for method, path, query in asked:
        answers = [partner.ask(path.replace(both[0], one), method, **query) for one in both]
        told = [_without_what_differs(one.text, both) for one in answers]
        assert (answers[0].status_code, told[0]) == (answers[1].status_code, told[1]), f"{method} {path} {query}"
    for body in ({}, {"view": "columns"}, {"view": "blinded"}, {"view": "aggregate", "level": "summary"}):
        wanted = {"level": "tables", "purpose": "research", "text": "To compare"} | body
        asked_for = [f"{BASE}/{one}/requests" for one in both]
        answers = [partner.client.post(one, headers=partner.header, json=wanted) for one in asked_for]
        assert answers[0].status_code == answers[1].status_code, body


def _answers(services: Services, dataset: str, **query: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every address of a dataset that is only read, with what it needs."""
    names = {"dataset": dataset, "table": "timeseries", "form": "csv", "file": "0" * 26, "build": "1", "id": "0" * 26}
    document = create_app(services).openapi()["paths"]
    for path, operations in document.items():
        if path.startswith(f"{BASE}/{{dataset}}") and "get" in operations:
            needed = {one["name"]: "1" for one in operations["get"].get("parameters", ()) if one["required"]}
            needed |= {"y": "voltage_volt", "view": "full"} | query
            known = {one["name"] for one in operations["get"].get("parameters", ())}
            given = {name: value for name, value in needed.items() if name in known and name not in names}
            yield "GET", re.sub(r"{(\w+)}", lambda match: names.get(match[1], "abc"), path), given


def _without_what_differs(answer: str, datasets: list[str]) -> str:
    for id in datasets:
        answer = answer.replace(id, "PLX")
    return re.sub(r'"[a-z_]*_at":"[^"]*"|"reference":"[^"]*"', "", answer)


def test_who_reads_the_summary_under_the_datasets_name_gets_no_blinded_view(
    services: Services, secret: str, steward: Caller, partner: Caller
) -> None:
    made = steward.grant(secret, view="blinded", collection=collection(services))
    coded = f"/api/v1/coded/rr/{made['code']}/tables"
    assert partner.ask(coded).status_code == 200
    steward.grant(secret, level="summary")
    assert partner.ask(coded).status_code == 404
    assert partner.ask("/api/v1/coded/rr").status_code == 404


def test_a_code_is_one_per_dataset_and_collection(
    services: Services, world: World, secret: str, steward: Caller, partner: Caller, client: TestClient
) -> None:
    collection(services)
    collection(services, "rr2")
    first = steward.grant(secret, view="blinded", collection="rr", code="QX")
    again = steward.grant(secret, view="blinded", collection="rr", grantee="west")
    other = steward.grant(secret, view="blinded", collection="rr2", grantee="west")
    assert first["code"] == again["code"] == "QX"
    second = built(services, "north", SECRET.content(capacity=1.2))
    for dataset, code, collection_ in ((second, "QX", "rr"), (secret, "BM", "rr"), (second, "", "absent")):
        body = {"grantee": "west", "level": "tables", "view": "blinded", "collection": collection_, "code": code}
        assert client.post(f"{BASE}/{dataset}/grants", headers=steward.header, json=body).status_code == 422
    # The partner's grant is of another collection than this code.
    assert partner.ask(f"/api/v1/coded/rr2/{other['code']}/tables").status_code == 404
    west = Caller(client, world.header("west"))
    assert west.ask(f"/api/v1/coded/rr2/{other['code']}/tables").status_code == 200


def test_a_code_that_is_closed_and_one_that_is_not_there_are_refused_alike(
    services: Services, secret: str, steward: Caller, partner: Caller, client: TestClient
) -> None:
    made = steward.grant(secret, view="blinded", collection=collection(services), grantee="west")
    absent = "AA" if made["code"] != "AA" else "BB"
    world_ = Caller(client, {})
    for caller in (partner, world_):
        answers = [caller.ask(f"/api/v1/coded/rr/{code}/tables") for code in (made["code"], absent)]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].json()["detail"].replace(made["code"], absent) == answers[1].json()["detail"]


def test_the_audit_knows_which_dataset_a_code_was(
    services: Services, secret: str, steward: Caller, partner: Caller
) -> None:
    made = steward.grant(secret, view="blinded", collection=collection(services))
    partner.get(f"/api/v1/coded/rr/{made['code']}/tables/timeseries")
    with services.sessions.read() as session:
        target, detail = session.execute(text("SELECT target, detail FROM plx_audit ORDER BY id DESC LIMIT 1")).one()
    detail = json.loads(detail) if isinstance(detail, str) else detail
    assert target == secret and (detail["collection"], detail["code"]) == ("rr", made["code"])


def test_rows_that_go_back_in_time_have_no_blinded_form() -> None:
    names = ["test_time_second", "voltage_volt", "current_ampere"]
    batches = [pa.RecordBatch.from_arrays([pa.array(times)] * 3, names=names) for times in ([5.0, 6.0], [7.0, 6.5])]
    assert [len(batch) for batch in rebuild.blinded(iter(batches[:1]), "timeseries", 5.0)] == [2]
    with pytest.raises(Conflict, match="order"):
        list(rebuild.blinded(iter(batches), "timeseries", 5.0))


def test_whoever_read_by_a_code_is_told_of_nothing_by_the_id(
    services: Services, world: World, steward: Caller, partner: Caller
) -> None:
    """Not that the grant ends, not that the data were corrected or withdrawn, not by what is kept of the person."""
    dataset = built(services, "north", SECRET.content(), "a.csv", SECRET.metadata(), Visibility.NETWORK)
    now = services.now()
    ends = (now + timedelta(days=20)).isoformat()
    made = steward.grant(dataset, view="blinded", collection=collection(services), expires_at=ends)
    partner.get(f"/api/v1/coded/rr/{made['code']}/tables/timeseries")
    later = replace(services, now=lambda: now + timedelta(days=10))
    remind.remind(later)
    steward.client.post(f"{BASE}/{dataset}/withdraw", headers=steward.header)
    assert dataset not in partner.ask("/api/v1/notifications").text
    assert "ends by itself" in steward.ask("/api/v1/notifications").text
    kept = json.dumps(erase.everything(services, "partner"), default=str)
    assert made["code"] in kept and dataset not in kept


NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=9, max_size=16).map(lambda name: f"zq{name}")
IDENTITIES = st.builds(
    Identity,
    title=NAMES,
    line=NAMES,
    cell=NAMES,
    filename=NAMES.map(lambda name: f"{name}.csv"),
    instrument=NAMES,
    step=NAMES,
    start=st.integers(1_500_000_000, 1_800_000_000).map(float),
    begin=st.sampled_from([0.0, 0.1, 1.7, 3600.5, 123456.789]),
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
@given(one=IDENTITIES, other=IDENTITIES)
def test_whose_a_blinded_dataset_is_cannot_be_told_from_its_bytes(
    services: Services, world: World, client: TestClient, one: Identity, other: Identity
) -> None:
    """The same measurement under two identities of two owners gives the same bytes, so that nothing of them is in."""
    collection(services)
    found: list[dict[str, bytes]] = []
    for owner, who in (("north", one), ("west", other)):
        dataset = built(services, owner, who.content(), who.filename, who.metadata())
        made = Caller(client, world.header(owner)).grant(dataset, view="blinded", collection="rr")
        reader, coded = Caller(client, world.header("partner")), f"/api/v1/coded/rr/{made['code']}/tables"
        names = [table["name"] for table in reader.get(coded)]
        found.append({name: reader.file(f"{coded}/{name}/link") for name in names})
        answers = "".join(reader.ask(f"{coded}/{name}").text for name in names)
        answers += reader.client.post(f"{coded}/cycles/link", headers=reader.header).text
        traces = (who.title, who.line, who.cell, who.filename, who.instrument, who.step, dataset, owner, "Berlin")
        raw = _raw_hash(services, dataset)
        for trace in (*traces, raw, str(int(who.start))):
            assert trace not in answers
            for content in found[-1].values():
                assert trace.encode() not in content
                assert trace not in _everything_in(content)
    assert found[0] == found[1]


def _raw_hash(services: Services, dataset: str) -> str:
    with services.sessions.read() as session:
        joined = "plx_raw_file f JOIN plx_version_file v ON v.raw_file = f.id"
        query = f"SELECT f.sha256 FROM {joined} WHERE v.dataset = :dataset"
        return str(session.scalar(text(query), {"dataset": dataset}))


def _everything_in(content: bytes) -> str:
    file = pq.ParquetFile(io.BytesIO(content))
    told = [str(file.metadata.metadata), str(file.schema_arrow), str(file.metadata.to_dict())]
    return "\n".join((*told, str(file.read().to_pylist())))


def test_the_picture_is_one_for_all_and_has_no_more_than_its_pixels(
    services: Services, world: World, client: TestClient, steward: Caller, partner: Caller
) -> None:
    dataset = built(services, "north", SECRET.content(cycles=40), SECRET.filename, SECRET.metadata())
    address = f"{BASE}/{dataset}/picture.svg"
    assert partner.ask(address).status_code == 404
    steward.grant(dataset, level="metadata")
    assert partner.ask(address).status_code == 403
    steward.grant(dataset, level="summary")
    seen = [caller.ask(address) for caller in (steward, partner, partner)]
    assert seen[0].headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in seen[0].headers["content-security-policy"]
    picture = seen[0].text
    assert {one.text for one in seen} == {picture}
    lines = re.findall(r'd="(M[^"]*)" stroke="#1f5fa8"', picture)
    assert len(lines) == 2 and all(20 < len(re.findall("[ML]", line)) <= 500 for line in lines)
    assert picture.count("<circle") in range(1, 41)
    for trace in (dataset, "SECRET", "Secret", "secret", "north", "North"):
        assert trace not in picture
    assert partner.ask(address, x="test_time_second").status_code == 422
    assert len(list(services.objects.list("views/"))) == 1
