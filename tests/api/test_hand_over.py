"""A dataset changes hands with its files; the old owner keeps what it is granted."""

import hashlib
from base64 import b64encode

from sqlalchemy import select

from exchange.identify import issue_token
from storage.tables import RawFileRow, VersionFileRow
from tests.desk import Desk
from tests.worlds import ALL

CONTENT = b"test_time_second,voltage_volt\n0,3.5\n"
OFFER = {"taker": "west", "reason": "The line moves to West"}


def _files(at: Desk, dataset: str) -> list[tuple[str, str, str]]:
    """Owner, object and hash of each file of a dataset."""
    with at.services.sessions.read() as session:
        chosen = (
            select(RawFileRow.owner, RawFileRow.key, RawFileRow.sha256)
            .join(VersionFileRow, VersionFileRow.raw_file == RawFileRow.id)
            .where(VersionFileRow.dataset == dataset)
        )
        return [tuple(row) for row in session.execute(chosen)]


def _upload(at: Desk, dataset: str) -> dict[str, str]:
    """Headers of an upload that begins."""
    told = f"filename {b64encode(b'b.csv').decode()},dataset {b64encode(dataset.encode()).decode()}"
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": told}
    return tus | {"Authorization": f"Bearer {issue_token(at.services, 'north', 'test', ALL)}"}


def _hand(at: Desk, id: str, **offer: object) -> None:
    made = at.done("north", "POST", f"/datasets/{id}/transfer", OFFER | offer)
    at.done("west", "POST", f"/transfers/{made['id']}/accept")


def test_the_old_owner_keeps_nothing_unless_it_is_granted(at: Desk) -> None:
    id = at.released()
    at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "south", "level": "raw"})
    _hand(at, id)
    assert [at.sees(one, id) for one in ("west", "north", "south")] == ["raw", "", ""]
    assert at.ask("north", "GET", f"/datasets/{id}/grants").status_code == 404
    at.done("west", "POST", f"/datasets/{id}/grants", {"grantee": "north", "level": "summary"})
    assert at.sees("north", id) == "summary"
    assert [owner for owner, _, _ in _files(at, id)] == ["west"]


def test_what_was_given_stays_when_the_offer_says_so_and_the_new_owners_blocks_apply(at: Desk) -> None:
    id = at.released()
    for grantee in ("south", "partner", "west"):
        at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": grantee, "level": "tables"})
    at.done("north", "POST", "/blocks", {"blocked": "south", "dataset": id, "reason": "A quarrel"})
    at.done("west", "POST", "/blocks", {"blocked": "partner", "reason": "Contract ended"})
    assert [at.sees(one, id) for one in ("south", "partner")] == ["", "tables"]
    _hand(at, id, keep_grants=True)
    assert [at.sees(one, id) for one in ("south", "partner")] == ["tables", ""]
    given = at.done("west", "GET", f"/datasets/{id}/grants")
    assert {one["grantee"]: one["revoked_at"] is None for one in given} == {
        "south": True,
        "partner": True,
        "west": False,
    }


def test_a_file_that_other_datasets_hold_too_is_copied_and_both_keep_it(at: Desk) -> None:
    stays, goes = at.released(content=CONTENT), at.released(content=CONTENT)
    [(_, key, _)] = _files(at, stays)
    _hand(at, goes)
    [(owner, copy, sha256)] = _files(at, goes)
    assert (owner, sha256, copy != key) == ("west", hashlib.sha256(CONTENT).hexdigest(), True)
    assert _files(at, stays) == [("north", key, sha256)]
    assert at.services.objects.get(copy) == at.services.objects.get(key) == CONTENT


def test_a_file_that_the_new_owner_holds_already_is_theirs_once(at: Desk) -> None:
    theirs, goes = at.released("west", CONTENT), at.released(content=CONTENT)
    [(_, old, _)] = _files(at, goes)
    _hand(at, goes)
    assert _files(at, goes) == _files(at, theirs)
    assert old not in {one.key for one in at.services.objects.list("raw/")}


def test_a_hand_over_leaves_no_object_behind_that_nobody_names(at: Desk) -> None:
    at.released("west", CONTENT), at.released(content=CONTENT)
    goes = at.released(content=CONTENT)
    _hand(at, goes)
    with at.services.sessions.read() as session:
        named = set(session.scalars(select(RawFileRow.key)))
    assert {one.key for one in at.services.objects.list("raw/")} == named
    kept = at.released(content=CONTENT + b"1,3.6\n"), at.released(content=CONTENT + b"1,3.6\n")
    made = at.done("north", "POST", f"/datasets/{kept[0]}/transfer", OFFER)
    at.client.post("/api/v1/uploads", headers=_upload(at, kept[0])).raise_for_status()
    assert at.ask("west", "POST", f"/transfers/{made['id']}/accept").status_code == 409
    with at.services.sessions.read() as session:
        named = set(session.scalars(select(RawFileRow.key)))
    assert {one.key for one in at.services.objects.list("raw/")} == named


def test_a_cell_of_a_file_with_others_goes_only_together_with_them(at: Desk) -> None:
    picked = at.released(content=CONTENT, reading={"channel": "1"})
    at.released(content=CONTENT, reading={"channel": "2"})
    made = at.done("north", "POST", f"/datasets/{picked}/transfer", OFFER)
    assert at.ask("west", "POST", f"/transfers/{made['id']}/accept").status_code == 409
    assert at.sees("north", picked) == "raw"


def test_an_offer_is_answered_by_the_other_organisation_alone_and_once(at: Desk) -> None:
    id = at.released()
    made = at.done("north", "POST", f"/datasets/{id}/transfer", OFFER)
    accept = f"/transfers/{made['id']}/accept"
    assert [one["kind"] for one in at.done("west", "GET", "/notifications")["items"]] == ["dataset-offered"]
    assert [at.ask(one, "POST", accept).status_code for one in ("north", "south", "north-contributor")] == [
        404,
        404,
        403,
    ]
    assert at.ask("north", "POST", f"/datasets/{id}/transfer", OFFER).status_code == 409
    assert [at.done(one, "GET", "/transfers") for one in ("north", "west", "south")] == [[made], [made], []]
    at.done("north", "DELETE", f"/transfers/{made['id']}")
    assert at.ask("west", "POST", accept).status_code == 409
    again = at.done("north", "POST", f"/datasets/{id}/transfer", OFFER)
    assert at.done("west", "POST", f"/transfers/{again['id']}/decline")["state"] == "declined"
    assert at.sees("north", id) == "raw"
    for taker in ("partner", "north", "nobody"):
        assert at.ask("north", "POST", f"/datasets/{id}/transfer", OFFER | {"taker": taker}).status_code == 422


def test_a_record_without_zone_keeps_that_of_the_line_it_was_read_with(at: Desk) -> None:
    id = at.draft(time_zone=None)
    _hand(at, id)
    assert at.record(id).time_zone == "Europe/Berlin"
