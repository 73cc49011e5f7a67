"""Changing many datasets at once: the preview tells what then happens, and what has changed meanwhile is noticed."""

import pytest

from tests.desk import Desk, Json

WHO = ("west", "south", "partner", "office")
GRANT: Json = {"type": "grant", "grant": {"grantee_kind": "group", "grantee": "eg5", "level": "tables"}}


def _levels(at: Desk, ids: list[str]) -> dict[str, list[str]]:
    return {who: [at.sees(who, id) or "none" for id in ids] for who in WHO}


def _foretold(preview: Json, before: dict[str, list[str]], ids: list[str]) -> dict[str, list[str]]:
    """The levels in full view that the preview promises at once, for datasets that are all alike."""
    then = {who: list(levels) for who, levels in before.items()}
    for effect in preview["effects"]:
        shifts = [one for one in effect["gains"] + effect["loses"] if one["view"] == "full"]
        if effect["kind"] == "organisation" and effect["since"] is None and shifts and effect["id"] in then:
            assert effect["datasets"] == len(ids)
            assert {shift["before"]["level"] for shift in shifts} == set(before[effect["id"]])
            then[effect["id"]] = [shifts[0]["after"]["level"]] * len(ids)
    return then


@pytest.mark.parametrize(
    "action",
    [
        GRANT,
        {"type": "grant", "grant": {"grantee_kind": "network", "level": "metadata"}},
        {"type": "revoke", "grantee_kind": "organisation", "grantee": "south"},
        {"type": "visibility", "visibility": "network"},
        {"type": "embargo", "until": "2027-01-01T00:00:00Z"},
        {"type": "block", "blocked": "south", "reason": "Contract ended"},
    ],
    ids=lambda action: action["type"],
)
def test_what_the_preview_foretells_is_what_then_happens(at: Desk, action: Json) -> None:
    ids = [at.released() for _ in range(2)]
    for id in ids:
        at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "south", "level": "raw"})
    change = {"datasets": ids, "action": action}
    before = _levels(at, ids)
    preview = at.done("north", "POST", "/bulk/preview", change)
    assert _levels(at, ids) == before, "a preview changes nothing"
    at.done("north", "POST", "/bulk/apply", change | {"token": preview["token"]})
    assert _levels(at, ids) == _foretold(preview, before, ids) != before


def test_the_preview_says_through_which_group_and_from_when(at: Desk) -> None:
    id = at.released()
    later = GRANT | {
        "grant": GRANT["grant"] | {"starts_at": "2026-06-01T00:00:00Z", "expires_at": "2026-07-01T00:00:00Z"}
    }
    preview = at.done("north", "POST", "/bulk/preview", {"datasets": [id], "action": later})
    [begins, ends] = preview["effects"]
    assert (begins["id"], begins["through"], begins["since"]) == ("west", ["EG5"], "2026-06-01T00:00:00Z")
    assert begins["gains"][0]["after"]["level"] == "tables"
    assert (ends["since"], ends["gains"], ends["loses"]) == ("2026-07-01T00:00:00Z", [], [])


def test_a_preview_is_void_when_anything_it_rests_on_has_changed(at: Desk) -> None:
    id, other = at.released(), at.released()
    change = {"datasets": [id], "action": GRANT}

    def apply(change: Json, token: str, user: str = "north") -> int:
        return at.ask(user, "POST", "/bulk/apply", change | {"token": token}).status_code

    token = at.done("north", "POST", "/bulk/preview", change)["token"]
    assert apply({"datasets": [other], "action": GRANT}, token) == 409
    assert apply(change | {"action": GRANT | {"grant": GRANT["grant"] | {"level": "raw"}}}, token) == 409
    at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "south", "level": "listed"})
    assert apply(change, token) == 409
    token = at.done("north", "POST", "/bulk/preview", change)["token"]
    at.clock.wait(hours=2)
    assert apply(change, token) == 409
    assert at.sees("west", id) == ""
    token = at.done("north", "POST", "/bulk/preview", change)["token"]
    assert (apply(change, token), apply(change, token)) == (200, 409)


def test_a_bulk_change_is_refused_whole_where_one_dataset_is_not_ones_own(at: Desk) -> None:
    mine, theirs = at.released(), at.released("west")
    change = {"datasets": [mine, theirs], "action": GRANT}
    assert at.ask("north", "POST", "/bulk/preview", change).status_code == 404
    at.done("west", "PUT", f"/datasets/{theirs}/visibility", {"visibility": "network"})
    assert at.ask("north", "POST", "/bulk/preview", change).status_code == 403
    assert (
        at.ask("north-contributor", "POST", "/bulk/preview", {"datasets": [mine], "action": GRANT}).status_code == 403
    )
    nobody = {"type": "grant", "grant": {"grantee": "nobody", "level": "raw"}}
    assert at.ask("north", "POST", "/bulk/preview", {"datasets": [mine], "action": nobody}).status_code == 422


def test_datasets_are_chosen_by_what_they_are(at: Desk) -> None:
    tests, runs = at.released(), at.released(kind="production-run")
    at.released("west")
    query = {"kind": "production-run", "state": "released"}
    assert at.done("north", "POST", "/bulk/preview", {"query": query, "action": GRANT})["datasets"] == [runs]
    every = at.done("north", "POST", "/bulk/preview", {"query": {}, "action": GRANT})["datasets"]
    assert every == sorted([tests, runs])
    assert at.ask("north", "POST", "/bulk/preview", {"query": {"text": "%"}, "action": GRANT}).status_code == 422
    assert at.ask("north", "POST", "/bulk/preview", {"action": GRANT}).status_code == 422


def test_a_template_is_applied_to_many_from_the_day_of_their_release(at: Desk) -> None:
    id = at.released()
    grant = {"grantee": "west", "level": "tables", "begins_after": {"days": 10}}
    template = at.done("north", "POST", "/sharing-templates", {"name": "A", "automatic": False, "grants": [grant]})
    at.clock.wait(days=11)
    change = {"datasets": [id], "action": {"type": "template", "template": template["id"]}}
    token = at.done("north", "POST", "/bulk/preview", change)["token"]
    at.done("north", "POST", "/bulk/apply", change | {"token": token})
    assert at.sees("west", id) == "tables"


def test_letters_are_given_to_a_blinded_view_when_the_change_is_made_and_not_before(at: Desk) -> None:
    at.done("office", "POST", "/collections", {"id": "rr", "name": "Round robin"})
    ids = [at.released() for _ in range(2)]
    blinded = {"grantee": "west", "level": "tables", "view": "blinded", "collection": "rr"}
    change = {"datasets": ids, "action": {"type": "grant", "grant": blinded}}
    preview = at.done("north", "POST", "/bulk/preview", change)
    [effect] = [one for one in preview["effects"] if one["kind"] == "organisation"]
    assert (effect["id"], effect["gains"][0]["view"], effect["datasets"]) == ("west", "blinded", 2)
    at.done("north", "POST", "/bulk/apply", change | {"token": preview["token"]})
    codes = {at.done("north", "GET", f"/datasets/{id}/grants")[0]["code"] for id in ids}
    assert len(codes) == 2 and "" not in codes


def test_one_event_tells_of_a_bulk_change(at: Desk) -> None:
    ids = [at.released() for _ in range(2)]
    change = {"datasets": ids, "action": GRANT}
    token = at.done("north", "POST", "/bulk/preview", change)["token"]
    at.done("north", "POST", "/bulk/apply", change | {"token": token})
    from storage import audit

    with at.services.sessions.read() as session:
        told = [one for one in audit.events(session) if one.detail.get("what") == "bulk apply: grant"]
    assert [(one.detail["count"], {each.dataset for each in one.touched}) for one in told] == [(2, set(ids))]
