"""Many datasets are described at once: a preview tells all that changes or is wrong, and then it is all or nothing."""

from typing import Any

import httpx

from exchange.identify import issue_token
from exchange.sheets.template import MEDIA_TYPES, Filled, sheet
from schemas.access import Level, Right
from schemas.metadata import DatasetKind
from schemas.sheet import SheetForm
from storage import audit
from tests.desk import Desk, Json
from tests.told import granted
from tests.worlds import ALL


def sent(
    at: Desk, step: str, content: bytes, user: str = "north", form: str = "yaml", token: str = ""
) -> httpx.Response:
    header = {"Authorization": f"Bearer {issue_token(at.services, user, 'test', ALL)}"}
    params = {"filename": f"cells.{form}"} | ({"token": token} if token else {})
    header["Content-Type"] = MEDIA_TYPES[SheetForm(form)]
    return at.client.post(f"/api/v1/metadata/{step}", content=content, headers=header, params=params)


def applied(at: Desk, content: bytes, form: str = "yaml") -> Json:
    token = sent(at, "preview", content, form=form).json()["token"]
    answer = sent(at, "apply", content, form=form, token=token)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def events(at: Desk, action: str, dataset: str) -> list[tuple[bool, str]]:
    """Of each event about a dataset whether it was allowed, and the owner who sees it."""
    with at.services.sessions.read() as session:
        found = [one for one in audit.events(session, dataset) if one.action == action]
    return [(one.allowed, touched.owner) for one in found for touched in one.touched]


def test_a_sheet_changes_drafts_and_makes_new_ones_and_a_second_run_changes_nothing(at: Desk) -> None:
    id = at.draft()
    for number, form in enumerate(SheetForm):
        cells = f"N-{number}7", f"N-{number}8"
        rows = [
            Filled({"cell": {"id": cells[0]}, "test": {"protocol": {"version": str(number)}}}, {"dataset": id}),
            Filled({"title": "Made", "cell": {"id": cells[1]}}),
        ]
        content = sheet(DatasetKind.CELL_TEST, form, rows, {"kind": "cell-test", "line": f"North {number}"})
        before, seen = at.record(id), sent(at, "preview", content, form=form).json()
        assert seen["problems"] == []
        change, new = seen["datasets"]
        places = {one["place"]: (one["before"], one["after"]) for one in change["changes"]}
        assert places["cell.id"] == (before.cell_id, cells[0])
        assert places["test.protocol.version"][1] == str(number)
        assert (change["dataset"], new["dataset"], new["title"]) == (id, None, "Made")
        assert at.record(id) == before, "a preview changes nothing"
        done = sent(at, "apply", content, form=form, token=seen["token"]).json()
        [made] = done["created"]
        assert done["datasets"] == [id, made]
        assert (at.record(id).line, at.record(made).cell_id) == (f"North {number}", cells[1])
        assert events(at, f"right:{Right.CREATE.value}", made) == [(True, "north")]
        assert applied(at, content, form) == {"datasets": [], "created": [], "unchanged": 2}
    assert events(at, f"right:{Right.DESCRIBE.value}", id) == [(True, "north")] * 16


def test_a_row_finds_its_dataset_by_the_name_of_an_uploaded_file(at: Desk) -> None:
    id = at.draft()
    assert applied(at, b"datasets: [{file: a.csv, title: By its file}]")["datasets"] == [id]
    assert at.record(id).title == "By its file"
    other = at.draft()
    [problem] = sent(at, "preview", b"datasets: [{file: a.csv}]").json()["problems"]
    assert id in problem["message"] and other in problem["message"] and problem["pointer"] == "/datasets/0/file"
    [problem] = sent(at, "preview", b"datasets: [{file: b.csv, title: A}]").json()["problems"]
    assert "no dataset of your organisation has a file b.csv" in problem["message"]
    [problem] = sent(at, "preview", b"datasets: [{file: a.csv}]", "west").json()["problems"]
    assert id not in str(problem), "another organisation's are not told of"


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_applied(at: Desk) -> None:
    released, draft, foreign = at.released(), at.draft(), at.draft("west")
    before = at.record(draft)
    content = f"""\
datasets:
  - {{dataset: {released}, title: null}}
  - {{dataset: {draft}, title: Other, test: {{lower_voltage_v: 5}}}}
  - {{dataset: {foreign}, title: Mine}}
  - {{dataset: {draft}, line: West}}
  - {{test: {{cycles: 3}}}}
  - {{title: New, test: {{instrument: {{object: EQP-0000-0000}}}}}}
""".encode()
    seen = sent(at, "preview", content).json()
    assert seen["token"] is None
    told = {(one["row"], one["pointer"]): one["message"] for one in seen["problems"]}
    assert "released; its record cannot be without: title" in told.pop((2, "/datasets/0"))
    assert "is not below" in told.pop((3, "/datasets/1"))
    assert f"There is no dataset {foreign} that you may see." == told.pop((4, "/datasets/2/dataset"))
    assert "same dataset as row 3" in told.pop((5, "/datasets/3/dataset"))
    assert "nothing says which dataset" in told.pop((6, "/datasets/4"))
    assert "no object EQP-0000-0000 that you may see" in told.pop((7, "/datasets/5/test/instrument/object"))
    assert not told
    answer = sent(at, "apply", content, token=f"1-{0:064x}")
    assert answer.status_code == 422 and len(answer.json()["errors"]) == 6
    assert at.record(draft) == before
    assert (False, "west") in events(at, f"right:{Right.DESCRIBE.value}", foreign)


def test_a_preview_is_void_when_anything_it_rests_on_has_changed(at: Desk) -> None:
    id = at.draft()
    content = f"datasets: [{{dataset: {id}, title: Other}}]".encode()

    def apply(token: str, content: bytes = content, user: str = "north") -> int:
        return sent(at, "apply", content, user, token=token).status_code

    token = sent(at, "preview", content).json()["token"]
    assert apply(token, content.replace(b"Other", b"Third")) == 409
    assert apply(token, user="north-contributor") == 409
    at.done("north", "PATCH", f"/datasets/{id}/metadata", {"keywords": ["a"]})
    assert apply(token) == 409
    token = sent(at, "preview", content).json()["token"]
    at.clock.wait(hours=2)
    assert apply(token) == 409
    token = sent(at, "preview", content).json()["token"]
    assert (apply(token), apply(token)) == (200, 409)


def test_whoever_may_describe_nothing_learns_nothing(at: Desk) -> None:
    id = at.draft()
    content = f"datasets: [{{dataset: {id}, title: Other}}]".encode()
    assert sent(at, "preview", content, "north-viewer").status_code == 403
    assert sent(at, "preview", content, "west").status_code == 404
    assert sent(at, "preview", b"datasets: [{title: New}]", "partner").status_code == 403, "no member makes drafts"


def test_a_sheet_is_taken_by_its_type_and_up_to_its_size(at: Desk) -> None:
    header = {"Authorization": f"Bearer {issue_token(at.services, 'north', 'test', ALL)}"}
    address = "/api/v1/metadata/preview"
    wrong = at.client.post(address, content=b"a", headers=header | {"Content-Type": "application/pdf"})
    assert wrong.status_code == 415 and "text/csv" in wrong.text
    long = at.client.post(address, content=b" " * (8 * 2**20 + 1), headers=header | {"Content-Type": "text/csv"})
    assert long.status_code == 413


def test_one_field_of_many_datasets_is_edited_after_a_preview_of_old_and_new(at: Desk) -> None:
    ids = sorted([at.draft(), at.draft(), at.released()])
    wanted: Json = {"query": {"kind": "round-robin-test"}, "place": "cell.nominal_capacity_ah"}
    wanted["value"] = {"value": 2500, "unit": "mAh"}
    for id in ids:
        granted(at.services, id, "west", Level.TABLES)
        at.ask("west", "GET", f"/datasets/{id}/tables")
    seen = at.done("north", "POST", "/metadata/edit/preview", wanted)
    assert [one["dataset"] for one in seen["datasets"]] == ids and seen["refused"] == []
    for one in seen["datasets"]:
        assert one["changes"] == [{"place": "cell.nominal_capacity_ah", "before": 5.0, "after": 2.5}]
        assert one["read_again"]
        state = at.done("north", "GET", f"/datasets/{one['dataset']}")["state"]
        assert one["readers_told"] == (["West Line"] if state == "released" else [])
    done = at.done("north", "POST", "/metadata/edit/apply", wanted | {"token": seen["token"]})
    assert done == {"datasets": ids, "unchanged": 0}
    assert {at.record(id).cell.nominal_capacity_ah for id in ids} == {2.5}  # type: ignore[union-attr]  # it has one
    assert all(events(at, f"right:{Right.DESCRIBE.value}", id) == [(True, "north")] * 2 for id in ids)
    again = at.done("north", "POST", "/metadata/edit/preview", wanted)
    assert (again["datasets"], again["unchanged"]) == ([], 3)


def test_an_edit_names_the_datasets_that_it_cannot_change_and_why(at: Desk) -> None:
    draft, released, foreign = at.draft(), at.released(), at.draft("west")
    wanted: Json = {"datasets": [draft, released, foreign], "place": "licence", "value": None}
    seen = at.done("north", "POST", "/metadata/edit/preview", wanted)
    why = {one["dataset"]: one["reasons"] for one in seen["refused"]}
    assert seen["token"] is None and set(why) == {released, foreign}
    assert "cannot be without: licence" in why[released][0] and "no dataset" in why[foreign][0]
    answer = at.ask("north", "POST", "/metadata/edit/apply", wanted | {"token": f"1-{0:064x}"})
    assert answer.status_code == 422 and at.record(draft).licence is not None
    wanted["datasets"] = [draft]
    token = at.done("north", "POST", "/metadata/edit/preview", wanted)["token"]
    at.done("north", "POST", "/metadata/edit/apply", wanted | {"token": token})
    assert at.record(draft).licence is None


def test_an_edit_with_a_wrong_place_or_value_is_refused(at: Desk) -> None:
    wrong: list[tuple[str, Any, str, str]] = [
        ("test.protocl.name", "RR", "/place", "test.protocol.name"),
        ("test.protocol", {"name": "RR"}, "/place", "no field"),
        ("cell.nominal_capacity_ah", {"value": 5, "unit": "V"}, "/value", "unit of"),
        ("cell.configuration", "ful", "/value", "nearest is 'full'"),
        ("creators", [{"name": "Ada", "orcid": "1"}], "/value/0/orcid", "no ORCID"),
        ("test.started_at", "2026-03-31T14:05:00", "/value", "offset"),
    ]
    for place, value, pointer, said in wrong:
        answer = at.ask("north", "POST", "/metadata/edit/preview", {"query": {}, "place": place, "value": value})
        [error] = answer.json()["errors"]
        assert answer.status_code == 422 and error["pointer"] == pointer and said in error["message"]


def test_a_sheet_that_names_what_is_hidden_is_told_nothing_of_it(at: Desk) -> None:
    own, hidden = at.draft(), at.draft("south", title="Hidden secret")
    rows = "\n".join(f"- {{dataset: {id}, title: Mine now}}" for id in (own, hidden, "PLX-0000-0000", f"{hidden}@1"))
    answer = sent(at, "preview", f"datasets:\n{rows}".encode())
    told = answer.json()
    assert "Hidden secret" not in answer.text
    assert [one["dataset"] for one in told["datasets"]] == [own] and told["token"] is None
    said = {one["value"]: one["message"].replace(one["value"], "") for one in told["problems"]}
    assert said[hidden] == said["PLX-0000-0000"]
