"""What a record lacks is said at once, and what could be filled in is offered with its source."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa

from ingest.parquet import TableWriter
from schemas.ingested import Ingested
from storage import catalogue, runs
from tests.desk import Desk
from tests.records import COMPLETE

Json = dict[str, Any]
HEADER = {
    "1": "EC-Lab ASCII FILE",
    "6": "Run on channel : A1 (SN 0335)",
    "7": "Channel : Grounded",
    "8": "Device : VSP (SN 1705)",
    "9": "Battery capacity : 2500.000 mA.h",
}
STARTED = datetime(2026, 3, 31, 12, 5, tzinfo=UTC)


def uploaded(at: Desk, folder: Path, record: Json, filename: str, user: str = "north") -> str:
    """A draft whose file has been read, with a header and two rows, a day apart."""
    writer = TableWriter(folder / "timeseries.parquet", "timeseries")
    writer.write(pa.RecordBatch.from_pydict({"unix_time_second": [STARTED.timestamp(), STARTED.timestamp() + 86400]}))
    table = writer.close({})
    at.services.objects.put("tables/made.parquet", folder / "timeseries.parquet")
    id = str(at.done(user, "POST", "/datasets", record)["id"])
    token = at.ask(user, "GET", "/me").request.headers["Authorization"]
    sent = at.client.put(
        f"/api/v1/datasets/{id}/files/{filename}", content=f"{id}\n".encode(), headers={"Authorization": token}
    )
    sent.raise_for_status()
    with at.services.sessions.begin() as session:
        run = runs.runs_of(session, id, catalogue.lock(session, id).latest_version or 0)[-1]
        held = runs.claim(session, run.id, at.services.new_id(), at.services.now())
        assert held is not None
        made = Ingested(
            reader="BioLogic text",
            reader_version="1",
            schema_version="1",
            instrument="BioLogic",
            started_at=STARTED,
            header=HEADER,
            tables=(table,),
        )
        assert runs.finish(session, held, made, {"timeseries": "tables/made.parquet"}, at.services.now())
    return id


def offered(at: Desk, dataset: str, user: str = "north") -> dict[str, list[Json]]:
    every: dict[str, list[Json]] = {}
    for one in at.done(user, "GET", f"/datasets/{dataset}/suggestions")["suggestions"]:
        every.setdefault(one["place"], []).append(one)
    return every


def test_what_a_record_lacks_is_said_for_every_profile_to_those_who_may_describe_it(at: Desk) -> None:
    id = at.done("north", "POST", "/datasets", COMPLETE)["id"]
    said = at.done("north", "GET", f"/datasets/{id}/missing")["missing"]
    assert said["draft"] == [] and said["shareable"] == []
    assert {"test.calibration.at", "test.instrument.serial"} <= set(said["round"])
    assert {"description", "creators.agreed"} <= set(said["open"])
    assert at.done("north-contributor", "GET", f"/datasets/{id}/missing")["missing"] == said
    for door in ("missing", "suggestions"):
        assert at.ask("north-viewer", "GET", f"/datasets/{id}/{door}").status_code == 403
        assert at.ask("west", "GET", f"/datasets/{id}/{door}").status_code == 404
        assert at.ask("", "GET", f"/datasets/{id}/{door}").status_code == 401


def test_a_record_is_checked_without_being_stored(at: Desk) -> None:
    before = len(at.done("north", "GET", "/datasets")["items"])
    right = at.done("north", "POST", "/metadata/check", {"record": COMPLETE})
    assert (right["valid"], right["problems"], right["missing"]["shareable"]) == (True, [], [])
    wrong = at.done(
        "north", "POST", "/metadata/check", {"record": COMPLETE | {"title": "", "licence": 7, "kinds": "x"}}
    )
    assert sorted(one["pointer"] for one in wrong["problems"]) == ["/kinds", "/licence", "/title"]
    assert wrong["missing"]["shareable"] == ["title", "licence or agreement"]
    assert at.ask("north-viewer", "POST", "/metadata/check", {"record": COMPLETE}).status_code == 403
    assert at.ask("", "POST", "/metadata/check", {"record": COMPLETE}).status_code == 401
    assert len(at.done("north", "GET", "/datasets")["items"]) == before


def test_header_name_and_line_of_a_file_are_offered_with_their_source_and_nothing_is_applied(
    at: Desk, tmp_path: Path
) -> None:
    id = uploaded(at, tmp_path, {"kind": "cell-test"}, "L05-C0231_25degC_CH03_formation.mpt")
    every = offered(at, id)
    first = {place: (held[0]["value"], held[0]["origin"]) for place, held in every.items()}
    assert first == {
        "cell.id": ("L05-C0231", "file name"),
        "cell.nominal_capacity_ah": (2.5, "file header"),
        "line": ("north 1", "line"),
        "test.chamber.set_temperature_c": (25.0, "file name"),
        "test.instrument.channel": ("A1", "file header"),
        "test.instrument.maker": ("BioLogic", "file header"),
        "test.instrument.model": ("VSP", "file header"),
        "test.instrument.serial": ("1705", "file header"),
        "test.ended_at": ("2026-04-01T12:05:00+00:00", "file header"),
        "test.kind": ("formation", "file name"),
        "test.started_at": ("2026-03-31T12:05:00+00:00", "file header"),
        "time_zone": ("Europe/Berlin", "line"),
    }
    assert [one["origin"] for one in every["test.instrument.channel"]] == ["file header", "file name"]
    assert "Run on channel : A1" in every["test.instrument.channel"][0]["said"]
    assert at.record(id).cell is None
    patch = at.done("north", "GET", f"/datasets/{id}/suggestions")["patch"]
    taken = at.done("north", "PATCH", f"/datasets/{id}/metadata", patch)["metadata"]
    assert taken["cell"]["nominal_capacity_ah"] == 2.5 and taken["test"]["instrument"]["serial"] == "1705"
    assert offered(at, id) == {}


def test_the_last_upload_of_the_same_kind_is_offered_ones_own_first_and_never_another_organisations(at: Desk) -> None:
    people = [{"name": "Ada Example", "agreed": True}]
    made = {"kind": "cell-test", "licence": "CC-BY-4.0", "creators": people, "cell": {"id": "A-1", "chemistry": "LFP"}}
    mine = at.done("north-contributor", "POST", "/datasets", made)["id"]
    at.clock.wait(hours=1)
    at.done("north", "POST", "/datasets", made | {"licence": "CC0-1.0"})
    at.done("west", "POST", "/datasets", made | {"licence": "MIT"})
    at.clock.wait(hours=1)
    id = at.done("north-contributor", "POST", "/datasets", {"kind": "cell-test"})["id"]
    every = offered(at, id, "north-contributor")
    assert [one["value"] for one in every["licence"]] == ["CC-BY-4.0"]
    assert every["licence"][0]["said"] == f"your last cell-test, {mine}"
    assert every["cell.chemistry"][0]["value"] == "LFP" and "cell.id" not in every
    assert every["creators"][0]["value"][0]["agreed"] is False, "a person agrees with one dataset, not with the next"
    other = at.done("south", "POST", "/datasets", {"kind": "cell-test"})["id"]
    assert {one["origin"] for held in offered(at, other, "south").values() for one in held} == {"line"}


def test_what_is_known_of_registered_objects_is_offered(at: Desk) -> None:
    def registered(kind: str, name: str, **record: Json) -> str:
        return str(at.done("north", "POST", "/registry", {"kind": kind, "name": name, "record": record})["id"])

    steps = [
        {"number": 1, "kind": "charge", "until_voltage_v": 4.2},
        {"number": 2, "kind": "discharge", "until_voltage_v": 2.7},
    ]
    protocol = registered("protocol", "RR-2026-1", protocol={"tests": ["capacity-check"], "steps": steps})
    at.done("north", "POST", f"/registry/{protocol}/versions", {})
    cycler = registered(
        "equipment",
        "Cycler 3",
        equipment={"maker": "Arbin", "calibrations": [{"at": "2026-01-01T00:00:00Z", "voltage_v": 0.001}]},
    )
    cell = registered("cell", "L05-C0231", cell={"chemistry": "NMC622", "nominal_capacity_ah": 5})
    pointing = {
        "kind": "cell-test",
        "cell": {"object": cell},
        "test": {"protocol": {"object": protocol}, "instrument": {"object": cycler}},
    }
    id = at.done("north", "POST", "/datasets", pointing)["id"]
    every = {
        place: held[0]["value"] for place, held in offered(at, id).items() if held[0]["origin"] == "registered object"
    }
    assert len(every.pop("test.protocol.sha256")) == 64
    assert every == {
        "cell.id": "L05-C0231",
        "cell.chemistry": "NMC622",
        "cell.nominal_capacity_ah": 5.0,
        "test.protocol.name": "RR-2026-1",
        "test.protocol.version": "1",
        "test.upper_voltage_v": 4.2,
        "test.lower_voltage_v": 2.7,
        "test.kind": "capacity-check",
        "test.instrument.name": "Cycler 3",
        "test.instrument.maker": "Arbin",
        "test.calibration.at": "2026-01-01T00:00:00Z",
        "test.calibration.voltage_v": 0.001,
    }


def test_words_that_are_no_terms_are_told_and_hinder_nothing(at: Desk) -> None:
    told = at.done("north", "POST", "/metadata/check", {"record": COMPLETE | {"licence": "CC-BY-4.0-ish"}})
    assert told["valid"] is True
    assert [one["pointer"] for one in told["unknown_terms"]] == ["/licence"]
    assert "no term of licences" in told["unknown_terms"][0]["message"]


def test_the_round_is_offered_to_a_dataset_that_is_in_its_collection(at: Desk) -> None:
    at.done("office", "POST", "/collections", {"id": "rr-2026", "name": "Round robin 2026"})
    id = at.done("north", "POST", "/datasets", {"kind": "round-robin-test"})["id"]
    at.done("north", "PUT", f"/datasets/{id}/collections/rr-2026")
    [one] = offered(at, id)["test.round"]
    assert (one["value"], one["origin"]) == ("rr-2026", "round")


def test_the_schema_and_its_page_are_public(at: Desk) -> None:
    present = at.client.get("/api/v1/schemas/metadata")
    assert present.headers["content-type"] == "application/schema+json"
    jsonschema.Draft202012Validator(present.json()).validate(COMPLETE)
    assert at.client.get("/api/v1/schemas/metadata/1.0").json() == present.json()
    assert at.client.get("/api/v1/schemas/metadata/2.0").status_code == 404
    page = at.client.get("/metadata")
    assert page.status_code == 200 and "cell.nominal_capacity_ah" in page.text.replace("<wbr>", "")
    assert "http://qudt.org/vocab/unit/A-HR" in page.text
