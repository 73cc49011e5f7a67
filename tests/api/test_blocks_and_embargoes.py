"""What owners shut: blocks, embargoes, and the world's titles."""

from exchange.sharing import embargo
from tests.desk import Desk

TABLES = {"grantee": "west", "level": "tables"}


def test_a_blocked_organisation_gets_no_hint_that_a_dataset_exists(at: Desk) -> None:
    id = at.released()
    at.done("north", "PUT", f"/datasets/{id}/visibility", {"visibility": "network"})
    at.done("north", "POST", f"/datasets/{id}/grants", TABLES)
    assert (at.sees("west", id), at.sees("south", id)) == ("tables", "listed")

    block = at.done("north", "POST", "/blocks", {"blocked": "west", "dataset": id, "reason": "Contract ended"})
    hidden, absent = (at.ask("west", "GET", f"/datasets/{one}") for one in (id, "PLX-0000-0000"))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"].replace(id, "PLX-0000-0000") == absent.json()["detail"]
    assert at.ask("west", "POST", f"/datasets/{id}/grants", TABLES).status_code == 404
    assert (at.sees("west", id), at.sees("south", id)) == ("", "listed")
    assert [one["id"] for one in at.done("north", "GET", f"/datasets/{id}/blocks")] == [block["id"]]

    at.done("north", "DELETE", f"/blocks/{block['id']}")
    assert at.sees("west", id) == "tables"
    assert at.done("north", "GET", "/blocks")[0]["ended_by"] == "north"


def test_a_block_on_everything_covers_what_is_released_later(at: Desk) -> None:
    at.done("north", "POST", "/blocks", {"blocked_kind": "user", "blocked": "west", "reason": "A person left"})
    id = at.released()
    at.done("north", "PUT", f"/datasets/{id}/visibility", {"visibility": "network"})
    assert (at.sees("west", id), at.sees("south", id)) == ("", "listed")


def test_nobody_can_block_their_own(at: Desk) -> None:
    for kind, blocked in (("organisation", "north"), ("user", "north-viewer"), ("organisation", "nobody")):
        wanted = {"blocked_kind": kind, "blocked": blocked, "reason": "By mistake"}
        assert at.ask("north", "POST", "/blocks", wanted).status_code == 422
    assert at.ask("north-contributor", "POST", "/blocks", wanted | {"blocked": "west"}).status_code == 403
    at.done("north", "POST", "/blocks", {"blocked": "west", "reason": "Contract ended"})
    assert at.ask("north", "POST", "/blocks", {"blocked": "west", "reason": "Again"}).status_code == 409


def test_when_an_embargo_ends_only_what_was_confirmed_opens(at: Desk) -> None:
    id = at.released()
    end = "2026-08-01T00:00:00Z"
    at.done("north", "PUT", f"/datasets/{id}/embargo", {"until": end})
    west = at.done("north", "POST", f"/datasets/{id}/grants", TABLES)
    at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "south", "level": "raw"})
    at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "partner", "level": "raw", "during_embargo": True})
    assert [at.sees(one, id) for one in ("west", "south", "partner")] == ["metadata", "metadata", "raw"]

    early = at.ask("north", "POST", f"/datasets/{id}/embargo/confirmations", {})
    assert early.status_code == 409 and "2026-07-18" in early.json()["detail"]
    at.clock.wait(days=80)
    left = at.done("north", "POST", f"/datasets/{id}/embargo/confirmations", {"grants": [west["id"]]})
    assert [one["grantee"] for one in left] == ["south"]
    assert [at.sees(one, id) for one in ("west", "south")] == ["metadata", "metadata"]

    at.clock.wait(days=10)
    assert [at.sees(one, id) for one in ("west", "south", "partner")] == ["tables", "metadata", "raw"]
    assert at.done("north", "POST", f"/datasets/{id}/embargo/confirmations", {}) == []
    assert at.sees("south", id) == "raw"


def test_an_embargo_that_is_moved_asks_for_another_confirmation_and_one_lifted_for_none(at: Desk) -> None:
    id = at.released()
    at.done("north", "POST", f"/datasets/{id}/grants", TABLES)
    at.done("north", "PUT", f"/datasets/{id}/embargo", {"until": "2026-05-10T00:00:00Z"})
    at.done("north", "POST", f"/datasets/{id}/embargo/confirmations", {})
    at.done("north", "PUT", f"/datasets/{id}/embargo", {"until": "2026-05-12T00:00:00Z"})
    at.clock.wait(days=20)
    assert at.sees("west", id) == "metadata"
    at.done("north", "PUT", f"/datasets/{id}/embargo", {"until": None})
    assert at.sees("west", id) == "tables"
    assert at.ask("north", "PUT", f"/datasets/{id}/embargo", {"until": "2026-05-12T00:00:00Z"}).status_code == 422


def test_owners_are_reminded_once_of_each_end_of_an_embargo(at: Desk) -> None:
    id = at.released()
    at.done("north", "PUT", f"/datasets/{id}/embargo", {"until": "2026-08-01T00:00:00Z"})
    assert embargo.remind(at.services) == []
    at.clock.wait(days=80)
    assert (embargo.remind(at.services), embargo.remind(at.services)) == ([id], [])
    assert [one["kind"] for one in at.done("north", "GET", "/notifications")["items"]] == ["embargo-ending"]
    at.done("north", "PUT", f"/datasets/{id}/embargo", {"until": "2026-08-02T00:00:00Z"})
    assert embargo.remind(at.services) == [id]


def test_a_neutral_title_stands_for_the_records_below_metadata(at: Desk) -> None:
    id = at.released()
    at.done("north", "PUT", f"/datasets/{id}/visibility", {"visibility": "network"})
    at.done("north", "PUT", f"/datasets/{id}/public-title", {"title": "Cell test"})
    assert at.done("west", "GET", f"/datasets/{id}")["title"] == "Cell test"
    assert at.done("north", "GET", f"/datasets/{id}")["title"].startswith("Formation")


def test_a_grant_is_edited_by_another_in_its_place(at: Desk) -> None:
    id = at.released()
    old = at.done("north", "POST", f"/datasets/{id}/grants", TABLES)
    at.clock.wait(minutes=1)
    new = at.done("north", "PUT", f"/datasets/{id}/grants/{old['id']}", {"grantee": "west", "level": "listed"})
    assert at.sees("west", id) == "listed"
    bad = at.ask("north", "PUT", f"/datasets/{id}/grants/{new['id']}", {"grantee": "nobody", "level": "raw"})
    assert (bad.status_code, at.sees("west", id)) == (422, "listed")
    assert [one["revoked_at"] is None for one in at.done("north", "GET", f"/datasets/{id}/grants")] == [False, True]
    gone = at.ask("north", "PUT", f"/datasets/{id}/grants/{old['id']}", {"grantee": "west", "level": "raw"})
    assert gone.status_code == 404


def test_what_cannot_be_given_is_refused_when_saved(at: Desk) -> None:
    id = at.draft()
    wrong: list[dict[str, object]] = [
        {"level": "everything"},
        {"conditions": [{"type": "full moon"}]},
        {"view": "columns", "columns": ["voltage_volt", "no_such_column"]},
        {"view": "blinded", "level": "raw"},
        {"conditions": [{"type": "reciprocity", "collection": "none", "kind": "cell-test"}]},
    ]
    for one in wrong:
        assert at.ask("north", "POST", f"/datasets/{id}/grants", TABLES | one).status_code == 422, one
    columns = TABLES | {"view": "columns", "columns": ["voltage_volt"]}
    assert at.ask("north", "POST", f"/datasets/{id}/grants", columns).status_code == 201
    empty = at.done("north", "POST", "/datasets", {})["id"]
    world = {"grantee_kind": "everybody", "level": "metadata"}
    assert at.ask("north", "POST", f"/datasets/{empty}/grants", world).status_code == 422
    assert at.ask("north", "POST", f"/datasets/{id}/grants", world).status_code == 201
