"""Tests of several files, files of several cells, files that grow, and files that cannot be read as they are."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from exchange import guard
from exchange.arranging import arrange
from storage import audit, catalogue
from storage.tables import AuditPersonRow
from tests.api.test_exchange import HEADER, Installation, Line, cell, installation, north, partner
from tests.records import record
from tests.test_one_file import RECORD

__all__ = ["installation", "north", "partner"]

Json = dict[str, Any]


@pytest.fixture
def west(installation: Installation) -> Line:
    return installation.line("west")


def draft(by: Line, **fields: object) -> str:
    sent = record({"cell": {"nominal_capacity_ah": 1.0, "configuration": "full"}}, **fields)
    return str(by.person.post("/datasets", sent)["id"])


def send(line: Line, dataset: str, content: str | bytes, name: str) -> Json:
    raw = content.encode() if isinstance(content, str) else content
    line.http.put(f"/datasets/{dataset}/files/{name}", content=raw).raise_for_status()
    return line.person.wait(dataset)


def versions(line: Line, dataset: str) -> list[Json]:
    found: list[Json] = line.http.get(f"/datasets/{dataset}/versions").json()
    return found


def report(line: Line, dataset: str, **pin: int) -> Json:
    return line.person.get(f"/datasets/{dataset}/report", **pin)


def zipped(**members: str) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"cells/{name}.csv", content)
    return told.getvalue()


def later(text: str, hours: float) -> str:
    """The same rows with a test time that begins so much later, and other voltages."""
    head, *rows = text.splitlines()
    cells = [row.split(",") for row in rows]
    moved = [[f"{float(one[0]) + 3600 * hours:.0f}", f"{float(one[1]) + 0.0007:.5f}", *one[2:]] for one in cells]
    return "\n".join([head, *(",".join(row) for row in moved)]) + "\n"


# One file of several cells


def test_an_archive_of_many_cells_becomes_a_draft_for_each(north: Line) -> None:
    id = draft(north, title="Batch 7", line="North 1")
    assert send(north, id, zipped(a=cell(), b=cell(3)), "batch.zip")["state"] == "quarantined"
    assert report(north, id)["choices"] == {"by": "member", "names": ["cells/a.csv", "cells/b.csv"]}

    made = north.http.post(f"/datasets/{id}/split", json={"choices": "all"}).json()
    assert [(one["choice"], one["fresh"]) for one in made] == [("cells/a.csv", True), ("cells/b.csv", True)]
    for one, name, cycles in zip(made, ("a", "b"), (2, 3), strict=True):
        build = north.person.wait(one["dataset"])
        kept = north.person.get(f"/datasets/{one['dataset']}")["metadata"]
        assert (build["state"], build["cycles"]) == ("ready", cycles)
        assert (kept["title"], kept["cell"]["id"], kept["line"]) == (f"Batch 7 – {name}", name, "North 1")
        assert kept["reading"]["member"] == f"cells/{name}.csv"
        assert report(north, one["dataset"])["sources"][0]["member"] == f"{name}.csv"
    files = {versions(north, one)[0]["files"][0]["id"] for one in [id, *(one["dataset"] for one in made)]}
    assert len(files) == 1, "one raw file, kept once"

    again = north.http.post(f"/datasets/{id}/split", json={"choices": ["cells/b.csv", "cells/a.csv"]}).json()
    assert [(one["dataset"], one["fresh"]) for one in again] == [(one["dataset"], False) for one in reversed(made)]
    refused = north.http.post(f"/datasets/{id}/split", json={"choices": ["cells/a.csv", "c"]})
    assert refused.status_code == 422 and refused.json()["errors"][0]["pointer"] == "/choices/1"


def test_a_grant_of_raw_on_one_cell_does_not_hand_out_the_file_of_all(north: Line, partner: Line) -> None:
    whole = draft(north, **record(RECORD, nominal_capacity_ah=1.0))
    send(north, whole, zipped(a=cell(), b=cell(3)), "batch.zip")
    [made] = north.http.post(f"/datasets/{whole}/split", json={"choices": ["cells/a.csv"]}).json()
    id = made["dataset"]
    north.person.wait(id)
    released = north.http.post(f"/datasets/{id}/release", json={})
    assert released.status_code == 200, released.text
    north.person.post(f"/datasets/{id}/grants", {"grantee": "partner", "level": "raw"})
    file = versions(partner, id)[0]["files"][0]["id"]
    assert partner.http.get(f"/datasets/{id}/tables/timeseries").status_code == 200
    for answer in (
        partner.http.get(f"/datasets/{id}/raw/{file}"),
        partner.http.post(f"/datasets/{id}/raw/{file}/link"),
    ):
        assert answer.status_code == 403 and "more than this dataset" in answer.text
    assert north.http.get(f"/datasets/{id}/raw/{file}").status_code == 200


def test_a_file_that_offers_no_choice_is_not_split(north: Line) -> None:
    id = north.dataset(cell())
    assert north.http.post(f"/datasets/{id}/split", json={"choices": "all"}).status_code == 409
    empty = draft(north)
    assert north.http.post(f"/datasets/{empty}/split", json={"choices": "all"}).status_code == 409


def test_a_choice_that_no_record_can_keep_is_refused_and_makes_no_draft(north: Line) -> None:
    text = (Path(__file__).parent.parent / "files" / "pec.csv").read_text()
    start = text.index("Test,Cell,Rack")
    longer = text[start:].splitlines()[1:]
    both = text + "".join(f"{row.replace('207,1,', '207,' + 'C' * 150 + ',', 1)}\n" for row in longer)
    id = draft(north, time_zone="UTC")
    send(north, id, both, "pec.csv")
    assert [len(name) for name in report(north, id)["choices"]["names"]] == [1, 150]
    before = len(north.person.get("/datasets", limit=200)["items"])
    refused = north.http.post(f"/datasets/{id}/split", json={"choices": "all"})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == "/choices/1"
    assert len(north.person.get("/datasets", limit=200)["items"]) == before
    assert north.http.post(f"/datasets/{id}/split", json={"choices": ["1"]}).status_code == 201


# One test of several files


def test_files_of_one_draft_are_joined_as_proposed_and_confirmed(north: Line) -> None:
    id = draft(north)
    first, second = cell(2), later(cell(2), 10)
    assert send(north, id, second, "cell_02_cycling.csv")["state"] == "ready"
    assert send(north, id, first, "cell_01_formation.csv")["state"] == "ready"
    assert send(north, id, "rubbish", "notes.csv")["state"] == "quarantined"

    proposal = north.person.get(f"/datasets/{id}/proposal")
    assert [file["filename"] for file in proposal["files"]] == ["cell_01_formation.csv", "cell_02_cycling.csv"]
    assert proposal["files"][1]["why"].startswith("its test time goes from 36000")
    [left] = proposal["left_out"]
    assert (left["filename"], left["why"]) == ("notes.csv", "its build 1 is quarantined")

    order = {"files": [file["id"] for file in proposal["files"]]}
    made = north.person.post(f"/datasets/{id}/versions", order)
    assert made["number"] == 4 and [file["filename"] for file in made["files"]] == [
        "cell_01_formation.csv",
        "cell_02_cycling.csv",
    ]
    build = north.person.wait(id)
    assert (build["version"], build["state"], build["cycles"]) == (4, "ready", 4)
    rows = north.person.get(
        f"/datasets/{id}/tables/timeseries", columns=["test_time_second", "part"], start=243, limit=2
    )
    assert rows["rows"] == [[243 * 60.0, 1], [36000.0, 2]]
    assert [source["file"] for source in report(north, id)["sources"]] == [file["filename"] for file in made["files"]]
    assert north.person.post(f"/datasets/{id}/versions", order)["number"] == 4, "the same again changes nothing"
    assert len(versions(north, id)) == 4


def test_only_files_of_ones_own_organisation_can_be_joined(north: Line, west: Line) -> None:
    theirs = west.dataset(later(cell(), 77))
    file = versions(west, theirs)[0]["files"][0]["id"]
    mine = north.dataset(later(cell(), 78))
    own = versions(north, mine)[0]["files"][0]["id"]
    unknown = north.http.post(f"/datasets/{mine}/versions", json={"files": [own, "0" * 26]})
    foreign = north.http.post(f"/datasets/{mine}/versions", json={"files": [own, file]})
    assert unknown.status_code == foreign.status_code == 422
    told = [answer.json()["errors"][0] for answer in (unknown, foreign)]
    assert [one["pointer"] for one in told] == ["/files/1"] * 2 and told[0]["message"] == told[1]["message"]
    twice = north.http.post(f"/datasets/{mine}/versions", json={"files": [own, own]})
    assert twice.status_code == 422 and "named twice" in twice.text
    assert west.http.post(f"/datasets/{mine}/versions", json={"files": [file]}).status_code == 404


# A file that grows


def test_a_longer_file_is_known_by_its_beginning(north: Line, west: Line) -> None:
    whole = later(cell(40), 500)
    half = whole[: len(whole) // 2]
    started = half[: half.rindex("\n") + 1]
    id = draft(north)
    send(north, id, started, "running.csv")
    send(north, id, whole, "running.csv")
    [first, second] = versions(north, id)
    assert first["continues"] is None
    assert second["continues"] == {"dataset": id, "version": 1, "bytes": len(started)}
    [note] = [one for one in report(north, id)["report"]["problems"] if one["rule"] == "file-continues"]
    assert (
        f"the first {len(started)} bytes of {id}@1; bytes {len(started) + 1} to {len(whole)} are new" in note["message"]
    )

    # In another draft the owner is told where it belongs; another organisation is told nothing.
    more = whole + whole.splitlines()[-1] + "\n"
    other = draft(north)
    send(north, other, more, "export.csv")
    [note] = [one for one in report(north, other)["report"]["problems"] if one["rule"] == "file-continues"]
    assert f"upload it to {id}" in note["hint"]
    theirs = draft(west)
    send(west, theirs, more, "running.csv")
    assert versions(west, theirs)[0]["continues"] is None
    assert "file-continues" not in {one["rule"] for one in report(west, theirs)["report"]["problems"]}


def test_a_last_line_that_was_cut_off_does_not_matter(north: Line) -> None:
    whole = later(cell(4), 900)
    lines = whole.splitlines(keepends=True)
    written = "".join(lines[:100])
    id = draft(north)
    send(north, id, written + lines[100][:5] + "#", "running.csv")
    send(north, id, whole, "running.csv")
    assert versions(north, id)[1]["continues"] == {"dataset": id, "version": 1, "bytes": len(written)}
    unlike = draft(north)
    send(north, unlike, later(cell(8), 901), "running.csv")
    assert versions(north, unlike)[0]["continues"] is None


# Never a dead end

OWN = "seconds;U;I\n" + "\n".join(
    f"{60 * at};{(3.0 + at / 60) * 1000:.1f};{1000 if at < 61 else -1000}" for at in range(61)
)
DISCHARGE_POSITIVE = HEADER + "\n".join(
    ",".join([one.split(",")[0], one.split(",")[1], f"{-float(one.split(',')[2]):g}", "x"])
    for one in cell().splitlines()[1:]
)
NAIVE = (Path(__file__).resolve().parents[1] / "files/landt.csv").read_bytes()
CUT = cell() + "30000,oops,0.1,x\n30060,3.1,nothing,x\n"
MAPPING = {
    "seconds": {"quantity": "test_time_second", "unit": "s"},
    "U": {"quantity": "voltage_volt", "unit": "mV"},
    "I": {"quantity": "current_ampere", "unit": "mA"},
}


@pytest.mark.parametrize(
    ("content", "name", "reading"),
    [
        (OWN, "own.csv", {"columns": MAPPING}),
        (DISCHARGE_POSITIVE, "turned.csv", {"current_sign": "discharge-positive"}),
        (CUT, "cut.csv", {"last_row": len(cell().splitlines())}),
        (zipped(x=cell(), y=cell(3)), "two.zip", {"member": "cells/y.csv"}),
    ],
    ids=["mapping and units", "sign", "cut", "member"],
)
def test_a_quarantined_file_is_read_as_it_is_declared(
    north: Line,
    content: str | bytes,
    name: str,
    reading: Json,
) -> None:
    id = draft(north)
    assert send(north, id, content, name)["state"] == "quarantined"
    north.person.patch(f"/datasets/{id}/metadata", {"reading": reading})
    build = north.person.wait(id)
    assert (build["build"], build["state"]) == (2, "ready"), report(north, id)
    assert [one["state"] for one in north.person.builds(id)] == ["quarantined", "ready"]
    voltage = north.person.get(f"/datasets/{id}/tables/timeseries", columns="voltage_volt", limit=1)["rows"]
    assert voltage == [[3.0]]


def test_naive_times_get_their_zone_from_the_record_and_else_from_the_line(north: Line) -> None:
    id = draft(north, line="north 1")
    assert send(north, id, NAIVE, "landt.csv")["state"] == "ready"
    first = north.person.get(f"/datasets/{id}/tables/timeseries", columns="unix_time_second", limit=1)["rows"][0][0]
    north.person.patch(f"/datasets/{id}/metadata", {"time_zone": "Europe/Berlin"})
    assert north.person.wait(id)["build"] == 1, "the same zone, declared, is no other way of reading"
    north.person.patch(f"/datasets/{id}/metadata", {"time_zone": "UTC"})
    assert north.person.wait(id)["build"] == 2
    second = north.person.get(f"/datasets/{id}/tables/timeseries", columns="unix_time_second", limit=1)["rows"][0][0]
    assert second - first in (3600.0, 7200.0)


def test_what_cannot_be_read_can_be_released_raw_only(north: Line, partner: Line) -> None:
    id = str(north.person.post("/datasets", RECORD)["id"])
    assert send(north, id, "rubbish that no cycler wrote", "cell.csv")["state"] == "quarantined"
    refused = north.http.post(f"/datasets/{id}/release", json={})
    assert refused.status_code == 409 and "raw_only" in refused.text
    assert north.person.post(f"/datasets/{id}/release", {"raw_only": True})["raw_only"] is True
    north.person.post(f"/datasets/{id}/grants", {"grantee": "partner", "level": "raw"})

    [listed] = [one for one in partner.person.get("/datasets", limit=200)["items"] if one["id"] == id]
    assert listed["raw_only"] and partner.person.get(f"/datasets/{id}")["raw_only"]
    assert report(partner, id)["report"]["problems"][0]["rule"] == "unreadable"
    [version] = versions(partner, id)
    assert version["raw_only"] and [one["state"] for one in partner.person.builds(id)] == ["quarantined"]
    raw = partner.http.get(f"/datasets/{id}/raw/{version['files'][0]['id']}")
    assert raw.content == b"rubbish that no cycler wrote"
    for closed in ("tables", "tables/timeseries", "summary", "series?y=voltage_volt"):
        answer = partner.http.get(f"/datasets/{id}/{closed}")
        assert answer.status_code == 404 and "raw only" in answer.text, closed
    assert partner.http.get("/comparison", params={"dataset": id}).status_code == 404

    # A good version is not held back by it, and replaces it when it is released.
    assert send(north, id, later(cell(capacity=5.0), 33), "cell.csv")["state"] == "ready"
    assert north.http.post(f"/datasets/{id}/release", json={"raw_only": True}).status_code == 409
    assert north.person.post(f"/datasets/{id}/release", {})["raw_only"] is False
    assert partner.person.get(f"/datasets/{id}/tables/timeseries", limit=1)["total"] > 0
    assert partner.http.get(f"/datasets/{id}/tables", params={"version": 1}).status_code == 404


def test_one_event_says_what_was_split_joined_or_accepted(north: Line, installation: Installation) -> None:
    id = draft(north)
    send(north, id, zipped(p=cell(), q=cell(3)), "pair.zip")
    north.person.post(f"/datasets/{id}/split", {"choices": ["cells/q.csv"]})
    joined = draft(north)
    send(north, joined, cell(), "one.csv")
    send(north, joined, later(cell(), 20), "two.csv")
    north.http.get(f"/datasets/{joined}/proposal").raise_for_status()
    files = [one["files"][0]["id"] for one in versions(north, joined)]
    north.person.post(f"/datasets/{joined}/versions", {"files": files})
    north.person.wait(joined)
    accepted = {"rule": "time-gap", "reason": "The chamber was serviced"}
    north.person.post(f"/datasets/{joined}/report/acceptances", accepted)

    def told(dataset: str, action: str) -> list[str]:
        with installation.services.sessions.read() as session:
            found = [one for one in audit.events(session, dataset) if one.action == action]
        return [str(one.detail["what"]) for one in found if "what" in one.detail]

    assert told(id, "right:add files") == ["split off 1"]
    assert told(joined, "right:add files") == ["proposal", f"join {' '.join(files)}"]
    [why] = told(joined, "right:accept findings")
    assert "time-gap" in why and accepted["reason"] not in why
    with installation.services.sessions.read() as session:
        said = session.scalars(select(AuditPersonRow.said)).all()
    assert accepted["reason"] in said and "cells/q.csv" in said


def test_what_is_withdrawn_while_it_is_asked_for_is_not_changed(
    north: Line, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = draft(north, **RECORD)
    send(north, id, zipped(r=cell(), s=cell(3)), "late.zip")
    assert north.http.post(f"/datasets/{id}/release", json={"raw_only": True}).status_code == 200
    require = guard.require

    def overtaken(*asked: Any, **also: Any) -> Any:
        found = require(*asked, **also)
        with installation.services.sessions.begin() as session:
            catalogue.withdraw(session, id)
        return found

    for path, body in (("split", {"choices": "all"}), ("report/acceptances", {"rule": "x", "reason": "Any"})):
        monkeypatch.setattr(guard, "require", overtaken)
        answer = north.http.post(f"/datasets/{id}/{path}", json=body)
        assert answer.status_code == 409 and "withdrawn meanwhile" in answer.text, answer.text
        monkeypatch.undo()
        with installation.services.sessions.begin() as session:
            session.execute(text("UPDATE plx_dataset SET state = 'released' WHERE id = :id"), {"id": id})


def test_files_beyond_what_a_test_may_have_are_named_as_left_out(north: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrange, "MOST_FILES", 1)
    id = draft(north)
    send(north, id, later(cell(), 30), "one.csv")
    send(north, id, later(cell(), 60), "two.csv")
    proposal = north.person.get(f"/datasets/{id}/proposal")
    assert [one["filename"] for one in proposal["files"]] == ["two.csv"]
    assert [one["filename"] for one in proposal["left_out"]] == ["one.csv"]
    assert proposal["left_out"][0]["why"].startswith("a test has at most 1 files")
