"""What is sealed stays shut whatever was given, emergency access is told, reciprocity counts as it stands."""

import hashlib

from exchange.sharing import sealing
from schemas.sealing import NewSeal
from tests.desk import Desk

CONTENT = b"test_time_second,voltage_volt\n0,3.6\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
RAW = {"grantee_kind": "network", "level": "raw"}
WHY = {"reason": "A thermal event was reported for this cell type", "hours": 2}


def _seal(at: Desk, **binds: object) -> None:
    wanted = NewSeal.model_validate({"round": "rr1", "submitter": "north"} | binds)
    with at.services.sessions.begin() as session:
        sealing.seal(at.services, session, wanted)


def test_a_seal_closes_every_dataset_with_the_bytes_whoever_owns_it_and_whatever_was_given(at: Desk) -> None:
    mine, copy, other = at.released(content=CONTENT), at.released("west", CONTENT), at.released()
    for owner, id in (("north", mine), ("west", copy), ("north", other)):
        at.done(owner, "POST", f"/datasets/{id}/grants", RAW)
    _seal(at, sha256=SHA256, test_houses=["south"])
    assert [at.sees("partner", one) for one in (mine, copy, other)] == ["", "", "raw"]
    assert [at.sees("south", one) for one in (mine, copy)] == ["raw", "raw"]
    late = at.released("west", CONTENT)
    at.done("west", "POST", f"/datasets/{late}/grants", RAW)
    assert (at.sees("partner", late), at.sees("north", late)) == ("", "raw")

    with at.services.sessions.begin() as session:
        assert set(sealing.open_round(at.services, session, "rr1")) == {mine, copy, late}
    assert [at.sees("partner", one) for one in (mine, copy, late)] == ["raw"] * 3


def test_a_seal_of_a_cell_closes_what_is_described_as_that_cell_later(at: Desk) -> None:
    id = at.released(cell="A-07")
    at.done("north", "POST", f"/datasets/{id}/grants", RAW)
    _seal(at, cell="A-08")
    assert at.sees("west", id) == "raw"
    at.done("north", "PATCH", f"/datasets/{id}/metadata", {"cell": {"id": "A-08"}})
    assert at.sees("west", id) == ""
    theirs = at.released("south", cell="A-08")
    at.done("south", "POST", f"/datasets/{theirs}/grants", RAW)
    assert at.sees("west", theirs) == "raw"


def test_nobody_gets_a_sealed_dataset_blinded_and_in_full(at: Desk) -> None:
    id = at.released(content=CONTENT)
    _seal(at, sha256=SHA256)
    at.done("office", "POST", "/collections", {"id": "rr1", "name": "Round robin"})
    blinded = {"grantee": "west", "level": "tables", "view": "blinded", "collection": "rr1"}
    first = at.done("north", "POST", f"/datasets/{id}/grants", blinded)
    for full in (RAW, {"grantee_kind": "group", "grantee": "eg5", "level": "listed"}):
        assert at.ask("north", "POST", f"/datasets/{id}/grants", full).status_code == 409
    assert at.ask("north", "PUT", f"/datasets/{id}/visibility", {"visibility": "network"}).status_code == 409
    at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "south", "level": "raw"})
    at.done("north", "DELETE", f"/datasets/{id}/grants/{first['id']}")
    at.done("north", "POST", f"/datasets/{id}/grants", RAW)


def test_a_sealed_dataset_does_not_change_hands(at: Desk) -> None:
    id = at.released(content=CONTENT)
    _seal(at, sha256=SHA256)
    made = at.done("north", "POST", f"/datasets/{id}/transfer", {"taker": "west", "reason": "The line moves"})
    assert at.ask("west", "POST", f"/transfers/{made['id']}/accept").status_code == 409


def test_emergency_access_is_the_offices_ends_by_itself_and_is_in_the_owners_sight(at: Desk) -> None:
    id = at.draft()
    path = f"/datasets/{id}/break-glass"
    assert at.ask("west", "POST", path, WHY).status_code == 403
    for wrong in (WHY | {"hours": 25}, WHY | {"reason": "Because"}):
        assert at.ask("office", "POST", path, wrong).status_code == 422
    made = at.done("office", "POST", path, WHY)
    assert at.sees("office", id) == "raw"
    [seen] = at.done("north", "GET", f"/datasets/{id}/grants")
    assert (seen["break_glass"], seen["reason"]) == (True, WHY["reason"])
    [told] = at.done("north", "GET", "/notifications")["items"]
    assert told["kind"] == "glass-broken" and WHY["reason"] in told["text"]
    assert at.ask("north", "DELETE", f"/datasets/{id}/grants/{made['id']}").status_code == 403
    assert at.ask("north", "PUT", f"/datasets/{id}/grants/{made['id']}", RAW).status_code == 403
    at.clock.wait(hours=2)
    assert at.sees("office", id) == ""
    again = at.done("office", "POST", path, WHY)
    at.done("office", "DELETE", f"{path}/{again['id']}")
    assert at.sees("office", id) == ""


def test_emergency_access_breaks_no_seal(at: Desk) -> None:
    id, late = at.draft(content=CONTENT), at.draft(cell="A-09")
    _seal(at, sha256=SHA256)
    assert at.ask("office", "POST", f"/datasets/{id}/break-glass", WHY).status_code == 409
    at.done("office", "POST", f"/datasets/{late}/break-glass", WHY)
    _seal(at, cell="A-09")
    assert at.sees("office", late) == ""


def test_reciprocity_counts_what_is_in_the_collection_at_that_moment(at: Desk) -> None:
    at.done("office", "POST", "/collections", {"id": "rr-2026", "name": "Round robin 2026"})
    assert at.ask("north", "POST", "/collections", {"id": "mine", "name": "Mine"}).status_code == 403
    assert at.ask("office", "POST", "/collections", {"id": "rr-2026", "name": "Other"}).status_code == 409
    id, theirs = at.released(), at.draft("west")
    reciprocity = {"type": "reciprocity", "collection": "rr-2026", "kind": "round-robin-test"}
    at.done("north", "POST", f"/datasets/{id}/grants", RAW | {"conditions": [reciprocity]})
    at.done("west", "PUT", f"/datasets/{theirs}/collections/rr-2026")
    assert at.ask("north", "PUT", f"/datasets/{theirs}/collections/rr-2026").status_code == 404
    assert at.sees("west", id) == ""
    at.done("west", "POST", f"/datasets/{theirs}/release", {"visibility": "organisation"})
    assert (at.sees("west", id), at.sees("south", id)) == ("raw", "")
    assert [one["count"] for one in at.done("west", "GET", "/collections")["contributed"]] == [1]
    at.done("west", "DELETE", f"/datasets/{theirs}/collections/rr-2026")
    assert at.sees("west", id) == ""
    assert at.ask("west", "PUT", f"/datasets/{theirs}/collections/none").status_code == 404
