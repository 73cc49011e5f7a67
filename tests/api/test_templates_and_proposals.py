"""How data are released by standing templates, and by proposals that a steward answers."""

from storage import audit
from tests.desk import Desk, Json

MEMBERS: Json = {
    "name": "Members see tables after six months",
    "visibility": "network",
    "embargo": {"months": 3},
    "grants": [
        {"grantee_kind": "network", "level": "tables", "begins_after": {"months": 6}, "lasts": {"months": 12}},
        {"grantee": "west", "level": "raw", "during_embargo": True},
    ],
}


def test_a_template_shares_what_is_released_and_does_so_by_the_calendar(at: Desk) -> None:
    at.done("north", "POST", "/sharing-templates", MEMBERS)
    id = at.draft()
    at.done("north", "POST", f"/datasets/{id}/release", {})
    assert [at.sees(one, id) for one in ("west", "south")] == ["raw", "listed"]
    starts = {one["starts_at"] for one in at.done("north", "GET", f"/datasets/{id}/grants")}
    assert starts == {None, "2026-11-04T12:00:00Z"}

    at.clock.wait(days=184)
    assert at.sees("south", id) == "metadata"
    at.done("north", "POST", f"/datasets/{id}/embargo/confirmations", {})
    assert at.sees("south", id) == "tables"
    at.clock.wait(days=366)
    assert at.sees("south", id) == "listed"


def test_a_steward_chooses_another_template_or_none(at: Desk) -> None:
    every = at.done("north", "POST", "/sharing-templates", MEMBERS)
    named = {"name": "By hand", "automatic": False, "grants": [{"grantee": "south", "level": "summary"}]}
    by_hand = at.done("north", "POST", "/sharing-templates", named)
    plain, other, own = at.draft(), at.draft(), at.draft()
    at.done("north", "POST", f"/datasets/{plain}/release", {"template": "none"})
    at.done("north", "POST", f"/datasets/{other}/release", {"template": by_hand["id"]})
    at.done("north", "POST", f"/datasets/{own}/release", {"visibility": "organisation"})
    assert [at.sees("west", one) for one in (plain, other, own)] == ["listed", "listed", "raw"]
    assert [at.sees("south", one) for one in (plain, other, own)] == ["listed", "summary", ""]
    at.done("north", "DELETE", f"/sharing-templates/{every['id']}")
    late = at.draft()
    assert at.ask("north", "POST", f"/datasets/{late}/release", {"template": every["id"]}).status_code == 404
    at.done("north", "POST", f"/datasets/{late}/release", {})
    assert at.sees("west", late) == "listed"


def test_the_most_particular_template_is_applied_and_two_alike_ask_for_a_choice(at: Desk) -> None:
    def settle(name: str, level: str, **more: object) -> str:
        body = {"name": name, "grants": [{"grantee": "west", "level": level}], **more}
        return str(at.done("north", "POST", "/sharing-templates", body)["id"])

    settle("All", "listed")
    settle("Tests", "summary", kinds=["round-robin-test"])
    settle("Line", "tables", lines=["north  1"])
    id = at.draft()
    at.done("north", "POST", f"/datasets/{id}/release", {})
    assert at.sees("west", id) == "tables"
    twin = settle("Line again", "raw", lines=["North 1"])
    id = at.draft()
    refused = at.ask("north", "POST", f"/datasets/{id}/release", {})
    assert refused.status_code == 409 and twin in refused.json()["detail"]


def test_what_a_template_could_not_give_is_refused_when_it_is_settled(at: Desk) -> None:
    for grant in ({"grantee": "nobody", "level": "raw"}, {"grantee": "north", "level": "raw"}):
        assert at.ask("north", "POST", "/sharing-templates", {"name": "A", "grants": [grant]}).status_code == 422
    world = {"name": "A", "visibility": "world", "contributors_may_release": True}
    assert at.ask("north", "POST", "/sharing-templates", world).status_code == 422
    assert at.ask("north-contributor", "POST", "/sharing-templates", MEMBERS).status_code == 403


def test_a_contributor_releases_alone_only_within_a_standing_template_that_lets_them(at: Desk) -> None:
    def release(id: str, **wanted: object) -> int:
        return at.ask("north-contributor", "POST", f"/datasets/{id}/release", wanted).status_code

    id = at.draft()
    assert release(id) == 403
    closed = at.done("north", "POST", "/sharing-templates", MEMBERS)
    assert release(id) == 403
    with at.services.sessions.read() as session:
        assert not list(audit.events(session, id))[-1].allowed, "it is the guard that refuses"
    at.done("north", "DELETE", f"/sharing-templates/{closed['id']}")
    at.done("north", "POST", "/sharing-templates", MEMBERS | {"contributors_may_release": True})
    assert [release(id, visibility="world"), release(id, template="none"), release(id, raw_only=True)] == [403] * 3
    assert at.ask("north-viewer", "POST", f"/datasets/{id}/release", {}).status_code == 403
    assert release(id) == 200
    assert at.sees("west", id) == "raw"
    assert at.ask("north-contributor", "POST", f"/datasets/{id}/withdraw").status_code == 403


def test_a_proposal_is_approved_by_a_steward_and_releases(at: Desk) -> None:
    id = at.draft()
    made = at.done("north-contributor", "POST", f"/datasets/{id}/proposals", {"note": "Checked"})
    assert at.ask("north-contributor", "POST", f"/datasets/{id}/proposals", {}).status_code == 409
    assert "Checked" in at.done("north", "GET", "/notifications")["items"][0]["text"]
    approve = f"/proposals/{made['id']}/approve"
    assert [at.ask(one, "POST", approve, {}).status_code for one in ("north-contributor", "west")] == [403, 404]
    assert [one["id"] for one in at.done("north", "GET", "/proposals?state=open")] == [made["id"]]
    assert at.done("west", "GET", "/proposals") == []
    assert at.done("north", "POST", approve, {"visibility": "network"})["state"] == "released"
    assert at.done("north", "GET", "/proposals")[0]["state"] == "approved"
    assert at.ask("north", "POST", approve, {}).status_code == 409


def test_a_proposal_is_declined_with_a_reason_and_overtaken_by_a_release(at: Desk) -> None:
    id = at.draft()
    made = at.done("north-contributor", "POST", f"/datasets/{id}/proposals", {})
    at.done("north", "POST", f"/proposals/{made['id']}/decline", {"reason": "The record lacks the lot"})
    [told] = at.done("north-contributor", "GET", "/proposals")
    assert (told["state"], told["answer"]) == ("declined", "The record lacks the lot")
    at.clock.wait(minutes=1)
    at.done("north-contributor", "POST", f"/datasets/{id}/proposals", {})
    at.done("north", "POST", f"/datasets/{id}/release", {})
    assert [one["state"] for one in at.done("north", "GET", "/proposals")] == ["declined", "overtaken"]
