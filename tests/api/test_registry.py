"""Objects with ids of their own through the doors: who registers them, who sees them, and what they tell."""

import json
from typing import Any

from pydantic import TypeAdapter

from schemas.identifiers import ObjectId
from tests.desk import Desk

Json = dict[str, Any]
SPECIFIED: Json = {
    "id": "A-01",
    "chemistry": "NMC811",
    "nominal_capacity_ah": 5.0,
    "specification": {"mass_g": 98.4, "n_p_ratio": 1.1},
}
STEPS: Json = {"name": "RR-1", "steps": [{"number": 1, "kind": "charge", "rate_c": 0.5, "until_voltage_v": 4.2}]}


def cell(at: Desk, user: str = "north", name: str = "A-01", **record: Any) -> str:
    made = at.done(user, "POST", "/registry", {"kind": "cell", "name": name, "record": {"cell": SPECIFIED | record}})
    return str(made["id"])


def pointing(at: Desk, object: str, **fields: Any) -> str:
    return at.released(**{"cell.object": object} | fields)


def give(at: Desk, dataset: str, level: str, **more: Any) -> None:
    at.done("north", "POST", f"/datasets/{dataset}/grants", {"grantee": "west", "level": level} | more)


def sees(at: Desk, user: str, object: str) -> Json | None:
    """The object as somebody sees it; None where it does not exist for them. Page, list and HTML agree."""
    answer = at.ask(user, "GET", f"/registry/{object}")
    listed = [one["id"] for one in at.done(user, "GET", "/registry")["items"]] if user else None
    assert answer.status_code in (200, 404), answer.text
    if listed is not None:
        assert (object in listed) == (answer.status_code == 200)
    absent = at.ask(user, "GET", f"/registry/{object[:3]}-0000-0000").json()
    if answer.status_code == 404:
        told = answer.json()["detail"].replace(object, f"{object[:3]}-0000-0000")
        assert told == absent["detail"], "what is hidden is told like what does not exist"
        return None
    return dict(answer.json())


def test_an_object_gets_an_id_and_is_seen_by_its_own_people_alone(at: Desk) -> None:
    made = at.done("north", "POST", "/registry", {"kind": "cell", "name": "A-01", "record": {"cell": SPECIFIED}})
    assert (
        TypeAdapter(ObjectId).validate_python(made["id"])
        and made["id"].startswith("CEL-")
        and made["visibility"] == "organisation"
    )
    for user in ("north", "north-viewer", "north-contributor"):
        assert (sees(at, user, made["id"]) or {})["record"]["cell"]["specification"]["n_p_ratio"] == 1.1
    for user in ("west", "office", "partner", ""):
        assert sees(at, user, made["id"]) is None
    for user in ("north-admin", "north-signatory"):
        assert at.ask(user, "GET", f"/registry/{made['id']}").status_code == 404

    again = at.ask("north-contributor", "POST", "/registry", {"kind": "cell", "name": "A-01"})
    assert again.status_code == 409 and "'A-01'" in again.json()["detail"]
    assert at.ask("north", "POST", "/registry", {"kind": "equipment", "name": "A-01"}).status_code == 201
    assert at.ask("west", "POST", "/registry", {"kind": "cell", "name": "A-01"}).status_code == 201
    assert at.ask("north-viewer", "POST", "/registry", {"kind": "cell", "name": "B"}).status_code == 403
    wrong = at.ask("north", "POST", "/registry", {"kind": "cell", "name": "C", "record": {"lot": {"count": 2}}})
    assert wrong.status_code == 422 and "record.cell, not record.lot" in wrong.text


def test_whoever_reads_the_record_of_data_that_point_to_it_sees_it_by_class(at: Desk) -> None:
    object = cell(at)
    dataset = pointing(at, object)
    assert sees(at, "west", object) is None
    give(at, dataset, "listed")
    assert sees(at, "west", object) is None, "the entry does not tell to what a dataset points"
    give(at, dataset, "metadata")
    found = sees(at, "west", object) or {}
    assert found["name"] == "A-01" and found["record"]["cell"]["specification"]["mass_g"] == 98.4
    assert found["record"]["cell"]["specification"]["n_p_ratio"] is None, "confidential"
    assert [one["dataset"] for one in found["datasets"]] == [dataset] and found["visibility"] is None
    give(at, dataset, "tables")
    assert (sees(at, "west", object) or {})["record"]["cell"]["specification"]["n_p_ratio"] == 1.1
    assert sees(at, "south", object) is None and sees(at, "", object) is None

    at.done("north", "POST", "/blocks", {"blocked": "west", "reason": "A contract ended"})
    assert sees(at, "west", object) is None, "a block closes it"


def test_a_page_lists_the_data_that_its_reader_may_read_and_no_other(at: Desk) -> None:
    object = cell(at)
    read, listed, hidden = (pointing(at, object, title=title) for title in ("Read", "Listed", "Hidden"))
    by_name = at.released(title="By name alone")
    give(at, read, "metadata")
    give(at, listed, "listed")
    give(at, by_name, "metadata")
    found = sees(at, "west", object) or {}
    assert [one["dataset"] for one in found["datasets"]] == [read]
    assert {one["dataset"] for one in found["tests"]} == {read, by_name}
    own = sees(at, "north", object) or {}
    assert {one["dataset"] for one in own["datasets"]} == {read, listed, hidden}
    at.done("north", "PATCH", f"/datasets/{read}/metadata", {"cell": {"object": None}})
    assert sees(at, "west", object) is None, "the index follows the record"


def test_a_steward_shows_it_to_the_network_or_the_world(at: Desk) -> None:
    object = cell(at)
    assert (
        at.ask("north-contributor", "PUT", f"/registry/{object}/visibility", {"visibility": "world"}).status_code == 403
    )
    at.done("north", "PUT", f"/registry/{object}/visibility", {"visibility": "network"})
    assert (sees(at, "partner", object) or {})["record"]["cell"]["chemistry"] == "NMC811" and sees(
        at, "", object
    ) is None
    at.done("north", "POST", "/blocks", {"blocked": "partner", "reason": "A contract ended"})
    assert sees(at, "partner", object) is None and sees(at, "west", object) is not None
    at.done("north", "PUT", f"/registry/{object}/visibility", {"visibility": "world"})
    world = sees(at, "", object) or {}
    assert world["name"] == "A-01" and world["record"]["cell"] is None, (
        "the world sees core fields, and a cell has none"
    )
    assert at.ask("west", "PUT", f"/registry/{object}/visibility", {"visibility": "world"}).status_code == 403
    at.done("north", "PUT", f"/registry/{object}/visibility", {"visibility": "organisation"})
    assert sees(at, "west", object) is None


def test_data_of_another_organisation_open_nothing(at: Desk) -> None:
    object = cell(at)
    at.done("north", "PUT", f"/registry/{object}/visibility", {"visibility": "network"})
    theirs = at.released("west", **{"cell.object": object})
    found = sees(at, "west", object) or {}
    assert found["record"]["cell"]["specification"]["n_p_ratio"] is None, (
        "one's own data do not open confidential fields"
    )
    assert [one["dataset"] for one in found["datasets"]] == [theirs]
    assert not (sees(at, "north", object) or {})["datasets"], "its owner sees no dataset that is not shown to them"
    at.done("north", "PUT", f"/registry/{object}/visibility", {"visibility": "organisation"})
    assert sees(at, "west", object) is None, "what its owner has closed stays closed"
    at.done("west", "PATCH", f"/datasets/{theirs}/metadata", {"title": "Another"})


PLACES = {
    "/cell/object": ("CEL", {"cell": {"object": "?"}}),
    "/test/protocol/object": ("PRO", {"test": {"protocol": {"object": "?"}}}),
    "/test/instrument/object": ("EQP", {"test": {"instrument": {"object": "?"}}}),
    "/test/chamber/object": ("EQP", {"test": {"chamber": {"object": "?"}}}),
    "/production/steps/0/object": ("EQP", {"production": {"steps": [{"step": "coating", "object": "?"}]}}),
    "/material/object": ("MAT", {"material": {"object": "?"}}),
    "/material/composition/0/object": ("LOT", {"material": {"composition": [{"name": "NMC811", "object": "?"}]}}),
}
KINDS = {"CEL": "cell", "PRO": "protocol", "EQP": "equipment", "MAT": "material", "LOT": "lot"}


def test_an_id_in_a_record_is_of_something_that_exists_and_is_shown(at: Desk) -> None:
    def made(user: str) -> dict[str, str]:
        return {
            prefix: str(at.done(user, "POST", "/registry", {"kind": kind, "name": "One"})["id"])
            for prefix, kind in KINDS.items()
        }

    theirs, own = made("west"), made("north")
    draft = at.done("north", "POST", "/datasets", {})["id"]
    for place, (kind, record) in PLACES.items():
        wrong = set()
        for id in (theirs[kind], f"{kind}-0000-0000"):
            for method, path in (("POST", "/datasets"), ("PATCH", f"/datasets/{draft}/metadata")):
                answer = at.ask("north", method, path, named(record, id))
                assert answer.status_code == 422, f"{place}: {answer.text}"
                [trouble] = answer.json()["errors"]
                assert trouble["pointer"] == place
                wrong.add(trouble["message"].replace(id, ""))
        assert wrong == {"there is no object  that you may see"}, "what is hidden is told like what does not exist"
        unfit = own["CEL" if kind != "CEL" else "MAT"]
        [trouble] = at.ask("north", "PATCH", f"/datasets/{draft}/metadata", named(record, unfit)).json()["errors"]
        assert trouble["pointer"] == place and trouble["message"].startswith("names no ")
        at.done("north", "PATCH", f"/datasets/{draft}/metadata", named(record, own[kind]))
    typo = own["MAT"][:-1] + ("1" if own["MAT"][-1] != "1" else "2")
    refused = at.ask("north", "PATCH", f"/datasets/{draft}/metadata", {"material": {"object": typo}})
    assert refused.status_code == 422 and "check character" in refused.text


def named(record: Json, id: str) -> Json:
    return dict(json.loads(json.dumps(record).replace("?", id)))


def test_a_record_is_described_in_revisions_and_ends_when_it_is_retired(at: Desk) -> None:
    object = cell(at)
    path = f"/registry/{object}"
    change = {
        "name": "A-01b",
        "record": {"cell": {"grade": "A", "specification": {"mass_g": {"value": 0.1, "unit": "kg"}}}},
    }
    made = at.done("north-contributor", "PATCH", path, change)
    assert (made["revision"], made["name"], made["record"]["cell"]["specification"]["mass_g"]) == (2, "A-01b", 100.0)
    assert at.done("north", "PATCH", path, {"record": {"cell": {"grade": "A"}}})["revision"] == 2, "nothing changed"
    at.done("north", "PATCH", path, {"record": {"cell": {"grade": None}}})
    told = at.done("north-viewer", "GET", f"{path}/revisions")
    assert [(one["number"], one["record"]["cell"].get("grade")) for one in told] == [(1, None), (2, "A"), (3, None)]
    at.done("north", "PUT", f"{path}/visibility", {"visibility": "network"})
    assert at.ask("west", "GET", f"{path}/revisions").status_code == 403
    assert at.ask("west", "PATCH", path, {"name": "x"}).status_code == 403
    wrong = at.ask("north", "PATCH", path, {"record": {"lot": {"count": 3}}})
    assert wrong.status_code == 422 and "record.lot" in wrong.text
    cell(at, name="B")
    assert at.ask("north", "PATCH", path, {"name": "B"}).status_code == 409
    assert at.done("north", "POST", f"{path}/retire")["state"] == "retired"
    for method, where in (("PATCH", path), ("POST", f"{path}/retire")):
        assert at.ask("north", method, where, {"name": "x"} if method == "PATCH" else None).status_code == 409
    assert (sees(at, "west", object) or {})["state"] == "retired"


def test_versions_of_a_protocol_never_change_and_old_ones_stay_readable(at: Desk) -> None:
    object = at.done("north", "POST", "/registry", {"kind": "protocol", "name": "RR-1", "record": {"protocol": STEPS}})[
        "id"
    ]
    path = f"/registry/{object}/versions"
    document = at.done("north", "POST", "/datasets", {"kind": "document", "title": "The text"})["id"]
    first = at.done("north-contributor", "POST", path, {"document": document, "note": "The first"})
    assert at.ask("north", "POST", path, {"document": document}).status_code == 409, "says the same"
    target = {
        "step": "coating",
        "parameter": "dry_loading",
        "target": 12.5,
        "unit": "mg/cm²",
        "minus": 0.2,
        "plus": 0.2,
    }
    second = at.done("north", "POST", path, {"protocol": STEPS | {"targets": [target]}, "document_sha256": "0" * 64})
    assert (first["number"], second["number"]) == (1, 2) and first["sha256"] != second["sha256"]
    at.done("north", "PATCH", f"/registry/{object}", {"record": {"protocol": {"steps": []}}})
    assert at.done("north", "GET", f"{path}/1") == first and at.done("north", "GET", f"{path}/2") == second
    assert at.ask("north", "POST", path, {}).status_code == 422, "neither steps nor targets"
    assert (
        at.ask("west", "GET", f"{path}/1").status_code == 404 and at.ask("north", "GET", f"{path}/3").status_code == 404
    )

    used = {"test.protocol": {"name": "RR-1", "version": "1", "sha256": first["sha256"], "object": object}}
    dataset = at.released(**used)
    give(at, dataset, "metadata")
    found = at.done("west", "GET", f"{path}/1")
    assert found["content"]["protocol"]["steps"] and found["content"]["document"] is None, "a draft is not told of"
    [trouble] = at.ask("west", "POST", "/registry/PRO-0000-0000/versions", {}).json().get("errors") or [None]
    assert trouble is None
    theirs = at.done("west", "POST", "/registry", {"kind": "protocol", "name": "Mine"})["id"]
    for named in (document, "PLX-0000-0000"):
        told = at.ask("west", "POST", f"/registry/{theirs}/versions", {"protocol": STEPS, "document": named})
        assert told.status_code == 422 and told.json()["errors"][0]["pointer"] == "/document"
        assert told.json()["errors"][0]["message"] == f"there is no dataset {named} that you may see"
    assert at.ask("north", "POST", f"/registry/{cell(at)}/versions", {"protocol": STEPS}).status_code == 409


def test_the_list_is_searched_within_what_is_shown_and_goes_in_pages(at: Desk) -> None:
    ids = sorted(cell(at, name=f"N-{number}") for number in range(5))
    at.done("north", "POST", "/registry", {"kind": "lot", "name": "N-lot"})
    at.done("north", "PUT", f"/registry/{ids[0]}/visibility", {"visibility": "network"})
    first = at.done("north", "GET", "/registry?kind=cell&limit=3")
    rest = at.done("north", "GET", f"/registry?kind=cell&limit=3&after={first['next']}")
    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids and rest["next"] is None
    assert [one["id"] for one in at.done("west", "GET", "/registry?text=n-")["items"]] == [ids[0]]
    assert [one["name"] for one in at.done("north", "GET", "/registry?text=LOT")["items"]] == ["N-lot"]
    assert at.done("west", "GET", "/registry?owner=north&state=retired")["items"] == []


def test_pages_are_html_or_json_as_asked_and_tell_no_more(at: Desk) -> None:
    object = cell(at, name="<b>A")
    dataset = pointing(at, object)
    give(at, dataset, "metadata")
    from exchange.identify import issue_token
    from tests.worlds import ALL

    def page(user: str, path: str, accept: str, method: str = "GET") -> Any:
        header = {"Authorization": f"Bearer {issue_token(at.services, user, 'test', ALL)}"} if user else {}
        return at.client.request(method, path, headers=header | {"Accept": accept})

    html = page("west", f"/objects/{object}", "text/html,application/xhtml+xml,*/*;q=0.8")
    assert html.status_code == 200 and html.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;A" in html.text and "<b>A" not in html.text and "98.4 g" in html.text
    assert dataset in html.text and "Areal capacity of the negative" not in html.text
    assert page("west", f"/objects/{object}", "application/json").json()["id"] == object
    assert page("west", f"/objects/{object}", "text/html", "HEAD").status_code == 200
    assert page("", f"/objects/{object}", "text/html").status_code == 404
    assert "north-1" in page("west", "/lines/north-1", "text/html").text
    assert page("west", "/lines/north-1", "application/json;q=0.9,text/html;q=0.1").json()["id"] == "north-1"
    assert page("", "/lines/north-1", "text/html").status_code == 404


def test_every_look_at_an_object_is_on_record(at: Desk) -> None:
    from sqlalchemy import text

    object = cell(at)
    dataset = pointing(at, object)
    give(at, dataset, "metadata")
    at.ask("south", "GET", f"/registry/{object}")
    at.done("west", "GET", f"/registry/{object}")
    with at.services.sessions.read() as session:
        events = session.execute(
            text(
                "SELECT organisation, allowed, dataset FROM plx_audit "
                "LEFT JOIN plx_audit_touched ON event_id = plx_audit.id "
                "WHERE action = 'read:object' AND target = :object ORDER BY plx_audit.id"
            ),
            {"object": object},
        ).all()
    assert [(one[0], bool(one[1]), one[2]) for one in events] == [("south", False, None), ("west", True, dataset)]
