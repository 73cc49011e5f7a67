"""Agreements bind: texts with hashes, acceptances with evidence, access that rests on them, duties beyond their end."""

import hashlib
from datetime import timedelta

import pytest

from tests.agreed import Network, on


def test_a_text_is_kept_under_its_hash_with_what_it_says(people: Network) -> None:
    terms = {"purposes": ["research"], "governing_law": "German law", "deletion_days": 30, "ends_on": "2031-12-31"}
    made = people.published(text="Süße Daten.", terms=terms)
    assert made["sha256"] == hashlib.sha256("Süße Daten.".encode()).hexdigest()
    read = people.get("west", "/agreements/dea/versions/1")
    assert read == made
    assert {name: read["terms"][name] for name in terms} == terms


def test_only_the_office_publishes_and_retires(people: Network) -> None:
    people.published()
    wanted = {"id": "own", "kind": "non-disclosure", "title": "Own", "text": "Mine."}
    for method, path, body in (
        ("POST", "/agreements", wanted),
        ("POST", "/agreements/dea/versions", {"text": "Other."}),
        ("POST", "/agreements/dea/retire", {"reason": "No"}),
        ("PUT", "/agreements/dea/requirement", {"required_from": None}),
        ("GET", "/agreements/dea/register", None),
    ):
        assert people.send("north", method, path, body).status_code == 403, path


def test_an_acceptance_keeps_who_signed_on_which_authority_and_which_text(people: Network) -> None:
    made = people.published()
    given = people.accepts("west")
    assert given["evidence"] == {
        "name": "west steward",
        "organisation": "West Line",
        "function": "Head",
        "basis": "Statutes",
        "title": "DEA",
        "sha256": made["sha256"],
    }
    assert people.get("west", "/agreements/dea/acceptances") == [given]
    assert people.get("north", "/agreements/dea/acceptances") == []


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"version": 2}])
def test_what_was_not_shown_cannot_be_accepted(people: Network, wrong: dict[str, object]) -> None:
    made = people.published()
    given = {"version": 1, "sha256": made["sha256"], "function": "Head", "basis": "Statutes"} | wrong
    assert people.send("west", "POST", "/agreements/dea/acceptances", given).status_code == 409


def test_only_a_signatory_accepts(people: Network) -> None:
    made = people.published()
    given = {"version": 1, "sha256": made["sha256"], "function": "Head", "basis": "Statutes"}
    for who in ("north-viewer", "north-contributor", "north-admin", "office"):
        assert people.send(who, "POST", "/agreements/dea/acceptances", given).status_code == 403, who
    assert people.send("north-signatory", "POST", "/agreements/dea/acceptances", given).status_code == 201


def test_a_grant_waits_without_effect_until_its_agreement_is_accepted(people: Network) -> None:
    people.published()
    dataset = people.dataset()
    people.grant(dataset, **on())
    [shown] = people.get("north", f"/datasets/{dataset}/grants")
    assert (shown["effect"], people.level("west", dataset)) == ("waiting for dea@1", "hidden")
    people.accepts("west")
    [shown] = people.get("north", f"/datasets/{dataset}/grants")
    assert (shown["effect"], people.level("west", dataset)) == ("in force", "tables")


def test_a_grant_freezes_policy_agreement_and_what_was_accepted(people: Network) -> None:
    made = people.published()
    people.accepts("west")
    terms = people.grant(people.dataset(), grantee="eg5", grantee_kind="group", **on())["terms"]
    people.post("office", "/agreements/dea/versions", {"text": "Other words."})
    assert "The group eg5 gets level tables" in terms["policy"] and "depends on the agreement dea" in terms["policy"]
    assert terms["sha256"] == hashlib.sha256(terms["policy"].encode()).hexdigest()
    assert terms["agreement:dea"] == f"dea@1 sha256:{made['sha256']}"
    assert terms["accepted:dea"] == "north: not yet; west@1"


def test_of_a_group_it_is_shown_who_has_not_accepted(people: Network) -> None:
    people.published()
    people.accepts("west")
    dataset = people.dataset("south")
    people.grant(dataset, by="south", grantee="eg5", grantee_kind="group", **on())
    [shown] = people.get("south", f"/datasets/{dataset}/grants")
    assert shown["effect"] == "in force"
    assert [(one["organisation"], one["version"]) for one in shown["waiting"]] == [("north", 1)]
    assert (people.level("west", dataset), people.level("north", dataset)) == ("tables", "hidden")


@pytest.mark.parametrize(
    ("rule", "at_once", "after_grace"),
    [("keep", "tables", "tables"), ("grace", "tables", "hidden"), ("suspend", "hidden", "hidden")],
)
def test_a_new_version_keeps_graces_or_suspends(people: Network, rule: str, at_once: str, after_grace: str) -> None:
    people.published(on_new_version=rule, grace_days=10 if rule == "grace" else 0)
    people.accepts("west")
    dataset = people.dataset()
    people.grant(dataset, **on())
    people.post("office", "/agreements/dea/versions", {"text": "Stricter."})
    assert [one["kind"] for one in people.get("west", "/notifications")["items"]] == ["agreement-published"]
    standing = people.get("west", "/agreements/dea")["standing"]
    assert (standing["accepted"], standing["asked"]) == (1, 2)
    assert standing["grants"] == (1 if at_once == "tables" else 0)  # What does not open may be hidden.
    assert [one["accepted"] for one in people.get("office", "/agreements/dea/register")] == [1]
    assert people.level("west", dataset) == at_once
    people.later(days=10)
    assert people.level("west", dataset) == after_grace
    people.accepts("west")
    assert people.level("west", dataset) == "tables"
    assert people.get("west", "/agreements/dea")["standing"]["asked"] is None


def test_withdrawing_an_acceptance_ends_access_and_keeps_the_record(people: Network) -> None:
    people.published()
    given = people.accepts("west")
    dataset = people.dataset()
    people.grant(dataset, **on())
    path = f"/agreements/dea/acceptances/{given['id']}/withdraw"
    people.post("west", path, {"reason": "We part"}, status=200)
    assert people.level("west", dataset) == "hidden"
    [kept] = people.get("west", "/agreements/dea/acceptances")
    assert (kept["end_reason"], kept["evidence"]) == ("We part", given["evidence"])
    assert people.send("west", "POST", path, {"reason": "Again"}).status_code == 409
    assert people.send("north", "POST", path, {"reason": "Not ours"}).status_code == 404


def test_past_its_last_day_nothing_rests_on_an_agreement(people: Network) -> None:
    last = people.clock[0].date() + timedelta(days=3)
    people.published(terms={"ends_on": last.isoformat()})
    people.accepts("west")
    dataset = people.dataset()
    people.grant(dataset, **on())
    assert people.level("west", dataset) == "tables"
    people.later(days=4)
    assert people.level("west", dataset) == "hidden"


def test_retiring_ends_access_and_hands_past_recipients_what_still_binds_them(people: Network) -> None:
    terms = {"surviving_duties": ["Keep silent."], "deletion_days": 30, "confidentiality_months": 24}
    people.published(terms=terms)
    dataset = people.dataset()
    people.grant(dataset, **on())
    people.grant(dataset, grantee_kind="network", grantee="", **on())
    for who in ("west", "south", "partner"):
        people.accepts(who)
    assert people.level("partner", dataset) == "tables"  # It reads; the south, which has as much, does not.

    retired = people.post("office", "/agreements/dea/retire", {"reason": "Replaced"}, status=200)

    assert [(one["organisation"], one["reads"] > 0) for one in retired["duties"]] == [
        ("partner", True),
        ("west", False),
    ]
    assert people.level("west", dataset) == people.level("partner", dataset) == "hidden"
    [shown, _] = people.get("north", f"/datasets/{dataset}/grants")
    assert shown["effect"] == "ended with the agreement dea"
    [duty] = people.get("west", "/agreements/dea/duties")
    [told] = people.get("west", "/notifications")["items"]
    assert told["kind"] == "agreement-retired" and "Keep silent." in told["text"] and duty["notified_at"]
    assert people.get("south", "/notifications")["items"] == []
    assert duty["duties"][0] == "Keep silent." and any("24 months" in one for one in duty["duties"])
    assert (duty["version"], duty["deletion"], duty["confirmed_at"]) == (1, True, None)
    said = {"statement": "All copies are deleted."}
    done = people.post("west", f"/agreements/dea/duties/{duty['id']}/confirm", said, status=200)
    assert (done["confirmed_by"], done["statement"]) == ("west", "All copies are deleted.")
    assert people.send("partner", "POST", f"/agreements/dea/duties/{duty['id']}/confirm", said).status_code == 404
    confirmed = {one["organisation"]: one["confirmed_at"] for one in people.get("office", "/agreements/dea/duties")}
    assert confirmed["west"] and not confirmed["partner"]
    people.grant(dataset, status=422, **on())


def test_what_taking_part_needs_is_asked_first_and_leaves_ones_own_and_the_way_out(people: Network) -> None:
    people.published("terms-of-use", kind="terms-of-use")
    theirs, own = people.dataset("north"), people.dataset("west")
    people.grant(theirs)
    soon = (people.clock[0] + timedelta(days=1)).isoformat()
    people.post("office", "/agreements/terms-of-use/requirement", {"required_from": soon}, 200, "PUT")
    assert people.level("west", theirs) == "tables"
    people.later(days=2)
    assert (people.level("west", theirs), people.level("west", own)) == ("hidden", "raw")
    refused = people.send("west", "POST", "/datasets", {"title": "New"})
    assert refused.status_code == 403 and "terms-of-use" in refused.json()["detail"]
    assert people.send("west", "POST", f"/datasets/{own}/withdraw").status_code == 200
    people.accepts("west", "terms-of-use")
    assert people.level("west", theirs) == "tables"
    assert people.send("west", "POST", "/datasets", {"title": "New"}).status_code == 201


def test_an_agreement_between_some_is_nobody_elses_business(people: Network) -> None:
    people.published("nda", kind="non-disclosure", addressees=["north", "west"])
    for path in ("/agreements/nda", "/agreements/nda/versions/1", "/agreements/nda/acceptances"):
        hidden, absent = (people.send("south", "GET", path.replace("nda", id)) for id in ("nda", "ndb"))
        assert hidden.status_code == 404
        assert hidden.json()["detail"].replace("nda", "ndb") == absent.json()["detail"]
    assert people.get("south", "/agreements") == []
    of_south = people.dataset("south")
    for agreement in ("nda", "ndb"):
        refused = people.grant(of_south, by="south", status=422, **on(agreement))
        assert refused["errors"][0]["message"] == "there is no agreement in force with this id"
    refused = people.grant(people.dataset(), grantee="south", status=422, **on("nda"))
    assert "not addressed to south" in refused["errors"][0]["message"]
    for kind, grantee, status in (("network", "", 422), ("group", "eg5", 201)):
        people.grant(people.dataset(), grantee=grantee, grantee_kind=kind, status=status, **on("nda"))


def test_the_world_reads_what_newcomers_are_asked_and_nothing_of_dealings(people: Network) -> None:
    people.published("terms-of-use", kind="terms-of-use")
    people.published("dea")
    assert [one["id"] for one in people.get(None, "/agreements")] == ["terms-of-use"]
    assert people.send(None, "GET", "/agreements/dea").status_code == 404


def test_a_countersigned_document_is_kept_with_its_hash_and_shown_to_the_parties_alone(people: Network) -> None:
    people.published()
    given = people.accepts("west")
    path = f"/agreements/dea/acceptances/{given['id']}/documents/signed.pdf"
    octets = {"content": b"%PDF signed", "headers": {"Content-Type": "application/octet-stream"}}
    kept = people.send("west", "PUT", path, **octets)
    assert kept.status_code == 201, kept.text
    assert kept.json()["sha256"] == hashlib.sha256(b"%PDF signed").hexdigest()
    link = f"/documents/{kept.json()['id']}/link"
    for who, status in (("west", 200), ("office", 200), ("north", 404), ("partner", 404)):
        assert people.send(who, "POST", link).status_code == status, who
    url = people.send("west", "POST", link).json()["url"]
    assert people.client.get(url.removeprefix("http://127.0.0.1:8000")).content == b"%PDF signed"
    assert people.send("north", "PUT", path, **octets).status_code == 404


def test_the_same_id_or_text_is_not_published_twice(people: Network) -> None:
    people.published()
    again = {"id": "dea", "kind": "round-rules", "title": "Again", "text": "Again."}
    assert people.send("office", "POST", "/agreements", again).status_code == 409
    assert people.send("office", "POST", "/agreements/dea/versions", {"text": "The dea."}).status_code == 409
    assert people.post("office", "/agreements/dea/versions", {"text": "Another."})["number"] == 2


def test_grants_tell_what_they_are_worth(people: Network) -> None:
    dataset = people.dataset()
    start, end = (people.clock[0] + timedelta(days=days) for days in (1, 2))
    grant = people.grant(dataset, starts_at=start.isoformat(), expires_at=end.isoformat())
    revoked = people.grant(dataset, grantee="south")
    people.send("north", "DELETE", f"/datasets/{dataset}/grants/{revoked['id']}")

    def effects() -> dict[str, str]:
        return {one["id"]: one["effect"] for one in people.get("north", f"/datasets/{dataset}/grants")}

    assert effects() == {grant["id"]: "not begun", revoked["id"]: "revoked"}
    people.later(hours=30)
    assert effects()[grant["id"]] == "in force"
    people.later(hours=30)
    assert effects()[grant["id"]] == "ended"
