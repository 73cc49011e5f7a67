"""Versions and revisions: what changed, when, for whom it is told, and what remains of what was withdrawn."""

from typing import Any

from exchange.identify import issue_token
from schemas.dataset import RunState
from schemas.ingested import Column, Ingested, Table
from storage import catalogue, people, runs
from storage.tables import RevisionRow
from tests.desk import Desk
from tests.worlds import ALL

Json = dict[str, Any]
COLUMNS = (Column(name="test_time_second", type="double", unit="s"), Column(name="voltage_volt", type="double"))


def second(at: Desk, dataset: str, content: bytes, note: str = "") -> None:
    """Another version with a table, released with a note."""
    headers = {"Authorization": f"Bearer {issue_token(at.services, 'north', 'test', ALL)}"}
    at.client.put(f"/api/v1/datasets/{dataset}/files/b.csv", content=content, headers=headers).raise_for_status()
    with at.services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        run = runs.runs_of(session, dataset, present.latest_version or 0)[-1]
        held = runs.claim(session, run.id, at.services.new_id(), at.services.now())
        assert held is not None and run.state is RunState.QUEUED
        zone = people.zone_of_line(session, present.owner, present.metadata.line)
        table = Table(name="timeseries", file="t.parquet", rows=7, bytes=9, sha256="a" * 64, columns=COLUMNS)
        made = Ingested(
            reader="test",
            reader_version="1",
            schema_version="1",
            declared=present.metadata.declared(zone),
            tables=(table,),
        )
        keys = {"timeseries": f"tables/{run.id}/t.parquet"}
        assert runs.finish(session, held, made, keys, at.services.now())
    at.done("north", "POST", f"/datasets/{dataset}/release", {"note": note})


def test_two_versions_are_compared_as_far_as_the_reader_may_see_them(at: Desk) -> None:
    dataset = at.released(description="Before")
    at.clock.wait(hours=1)
    at.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"description": "After", "cell": {"serial": "S-9"}})
    at.ready(dataset)
    second(at, dataset, b"test_time_second\nanother", "The current had the wrong sign.")
    asked = f"/datasets/{dataset}/difference?from=1&to=2"
    own: Json = at.done("north", "GET", asked)
    assert own["note"] == "The current had the wrong sign." and own["record"] == ["cell.serial", "description"]
    assert [one["name"] for one in own["raw_files"]["added"]] == ["b.csv"]
    assert [one["name"] for one in own["raw_files"]["removed"]] == ["a.csv"]
    [table] = own["tables"]
    assert (table["rows_before"], table["rows_after"], table["same"]) == (None, 7, False)
    assert table["columns_added"] == ["test_time_second", "voltage_volt"]
    at.done("north", "POST", f"/datasets/{dataset}/grants", {"grantee": "west", "level": "metadata"})
    others: Json = at.done("west", "GET", asked)
    assert others["raw_files"] is None and others["tables"] is None and others["record"] == own["record"]
    assert at.ask("partner", "GET", asked).status_code == 404
    assert at.ask("west", "GET", f"/datasets/{dataset}/difference?from=1&to=3").status_code == 404
    at.done("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "world"})
    at.done(
        "north",
        "POST",
        f"/datasets/{dataset}/grants",
        {"grantee_kind": "everybody", "grantee": "", "level": "metadata"},
    )
    assert at.done("", "GET", asked)["record"] == ["description"], "the serial number is for the network"


def test_others_are_told_of_revisions_since_the_release_and_of_places_open_to_them(at: Desk) -> None:
    dataset = at.draft(description="A secret of the draft")
    at.clock.wait(hours=1)
    at.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"description": "As released"})
    at.clock.wait(hours=1)
    body = {"visibility": "organisation", "template": "none"}
    at.done("north", "POST", f"/datasets/{dataset}/release", body)
    at.clock.wait(hours=1)
    changed = {"cell": {"serial": "S-9", "specification": {"n_p_ratio": 1.1}}, "keywords": ["cell"]}
    at.done("north-contributor", "PATCH", f"/datasets/{dataset}/metadata", changed)
    own = at.done("north", "GET", f"/datasets/{dataset}/revisions")
    assert [one["number"] for one in own] == [1, 2, 3] and own[1]["changed"] == ["description"]
    assert own[2]["changed"] == ["cell.serial", "cell.specification.n_p_ratio", "keywords"]
    assert {one["organisation"] for one in own} == {"north"} and "contributor" not in str(own)
    at.done("north", "POST", f"/datasets/{dataset}/grants", {"grantee": "west", "level": "metadata"})
    told = at.done("west", "GET", f"/datasets/{dataset}/revisions")
    assert [one["number"] for one in told] == [2, 3]
    assert told[1]["changed"] == ["cell.serial", "keywords"], "the ratio is confidential"
    assert at.ask("west", "GET", f"/datasets/{dataset}/revisions/1").status_code == 404
    assert at.ask("west", "GET", f"/datasets/{dataset}/revisions/3?since=1").status_code == 404
    shown = at.done("west", "GET", f"/datasets/{dataset}/revisions/3?since=2")
    assert shown["record"]["keywords"] == ["cell"] and shown["written"] is None
    assert "n_p_ratio" not in str({name: value for name, value in shown["record"]["cell"].items() if value})
    assert at.done("north", "GET", f"/datasets/{dataset}/revisions/3?since=1")["changed"] == [
        "cell.serial",
        "cell.specification.n_p_ratio",
        "description",
        "keywords",
    ]


def test_a_record_of_an_earlier_schema_is_given_as_written_and_converted(at: Desk) -> None:
    dataset = at.draft()
    old = {"schema_version": "0.1", "title": "Old", "kind": "cell-test", "cell": "C-1", "lower_voltage_v": 2.5}
    with at.services.sessions.begin() as session:
        row = session.get_one(RevisionRow, (dataset, 1))
        row.record, row.schema_version = old, "0.1"
    shown = at.done("north", "GET", f"/datasets/{dataset}/revisions/1")
    assert shown["written"] == old and shown["schema_version"] == "0.1"
    assert shown["record"]["schema_version"] == "1.0" and shown["record"]["cell"]["id"] == "C-1"
    assert shown["record"]["test"]["lower_voltage_v"] == 2.5


def test_notes_stand_on_the_page_and_a_withdrawn_dataset_leaves_a_tombstone(at: Desk) -> None:
    dataset = at.released()
    second(at, dataset, b"test_time_second\nanother", "The <current> had the wrong sign.")
    at.done("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "world"})
    page = at.client.get(f"/datasets/{dataset}")
    assert page.status_code == 200 and "wrong sign" not in page.text, "a note is for readers of the record"
    body = {"grantee_kind": "everybody", "grantee": "", "level": "metadata"}
    at.done("north", "POST", f"/datasets/{dataset}/grants", body)
    assert "The &lt;current&gt; had the wrong sign." in at.client.get(f"/datasets/{dataset}").text
    older = at.client.get(f"/datasets/{dataset}@1")
    assert "There is a newer version" in older.text and older.headers["link"].startswith(
        f'<http://127.0.0.1:8000/datasets/{dataset}@1>; rel="cite-as"'
    )
    at.clock.wait(days=1)
    at.done("north", "POST", f"/datasets/{dataset}/withdraw", {"note": "Cell A-01 was another one."})
    tombstone = at.client.get(f"/datasets/{dataset}")
    assert tombstone.status_code == 200 and "withdrawn on 2026-05-05" in tombstone.text
    assert "Cell A-01 was another one." in tombstone.text and "Versions" in tombstone.text
    assert at.client.get(f"/datasets/{dataset}/as/schema.org").json()["creativeWorkStatus"] == "Withdrawn"
    shown = at.client.get(f"/datasets/{dataset}/as/json").json()["tombstone"]
    assert shown == {"withdrawn_at": "2026-05-05T12:00:00Z", "note": "Cell A-01 was another one."}
    assert at.client.get(f"/datasets/{dataset}/files/timeseries.parquet").status_code == 403
