"""Third parties with rights: nothing is open to others until each has consented, and the consent is on record."""

from schemas.dataset import Visibility
from tests.agreed import Network, on

HOLDER = {"organisation": "Electrolytes Ltd", "basis": "Material transfer agreement", "restriction": "No composition"}
CONSENT = {"given_by": "Dr. Ada Example", "given_on": "2026-03-01", "words": "We agree."}


def test_a_dataset_closes_to_others_until_every_third_party_consents(people: Network) -> None:
    dataset = people.dataset(visibility=Visibility.NETWORK)
    people.grant(dataset)
    holders = f"/datasets/{dataset}/rights-holders"
    first, second = (people.post("north", holders, HOLDER | {"organisation": name}) for name in ("A", "B"))
    assert (people.level("west", dataset), people.level("north", dataset)) == ("hidden", "raw")
    [shown] = people.get("north", f"/datasets/{dataset}/grants")
    assert shown["effect"] == "waiting for the consent of a third party"
    people.post("north", f"{holders}/{first['id']}/consent", CONSENT)
    assert people.level("west", dataset) == "hidden"
    people.post("north", f"{holders}/{second['id']}/consent", CONSENT)
    assert people.level("west", dataset) == "tables"
    assert [one["id"] for one in people.get("south", "/datasets")["items"]] == [dataset]


def test_listing_beyond_the_organisation_names_who_has_not_consented(people: Network) -> None:
    dataset = people.dataset()
    holder = people.post("north", f"/datasets/{dataset}/rights-holders", HOLDER)
    refused = people.send("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "network"})
    assert refused.status_code == 409 and "Electrolytes Ltd" in refused.json()["detail"]
    assert (
        people.send("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "organisation"}).status_code
        == 200
    )
    people.post("north", f"/datasets/{dataset}/rights-holders/{holder['id']}/consent", CONSENT)
    assert people.send("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "network"}).status_code == 200


def test_a_consent_keeps_its_evidence_and_withdrawn_closes_at_once(people: Network) -> None:
    dataset = people.dataset()
    people.grant(dataset)
    path = f"/datasets/{dataset}/rights-holders"
    holder = people.post("north", path, HOLDER)
    [given] = people.post("north", f"{path}/{holder['id']}/consent", CONSENT)["consents"]
    assert {name: given[name] for name in CONSENT} == CONSENT and given["recorded_by"] == "north"
    letter = people.send("north", "PUT", f"{path}/consents/{given['id']}/documents/letter.pdf", content=b"%PDF")
    assert letter.status_code == 201, letter.text
    assert people.send("office", "POST", f"/documents/{letter.json()['id']}/link").status_code == 404
    assert people.level("west", dataset) == "tables"
    people.post("north", f"{path}/{holder['id']}/consent/withdraw", {"reason": "They changed their mind"}, 200)
    people.later(minutes=1)
    assert people.level("west", dataset) == "hidden"
    people.post("north", f"{path}/{holder['id']}/consent", CONSENT | {"words": "Again."})
    [one] = people.get("north", path)
    assert [(each["words"], each["reason"]) for each in one["consents"]] == [
        ("We agree.", "They changed their mind"),
        ("Again.", ""),
    ]
    assert [each["filename"] for each in one["consents"][0]["documents"]] == ["letter.pdf"]


def test_rights_that_ended_stay_on_record_and_ask_no_more(people: Network) -> None:
    dataset = people.dataset()
    people.grant(dataset)
    path = f"/datasets/{dataset}/rights-holders"
    holder = people.post("north", path, HOLDER)
    people.post("north", f"{path}/{holder['id']}/end", {"reason": "Entered by mistake"}, 200)
    assert people.level("west", dataset) == "tables"
    assert people.get("north", path)[0]["end_reason"] == "Entered by mistake"
    assert people.send("north", "POST", f"{path}/{holder['id']}/end", {"reason": "Again"}).status_code == 409


def test_third_parties_are_the_owners_stewards_business(people: Network) -> None:
    people.published()
    dataset = people.dataset(visibility=Visibility.NETWORK)
    path = f"/datasets/{dataset}/rights-holders"
    people.post("north", path, HOLDER)
    assert people.send("north-contributor", "GET", path).status_code == 403
    assert people.send("west", "GET", path).status_code == 404
    assert people.send("west", "POST", path, HOLDER).status_code == 404
    people.grant(dataset, **on())


def test_what_was_made_from_it_waits_for_the_same_consent(people: Network) -> None:
    source, made = people.dataset(), people.dataset()
    people.grant(made)
    people.post("north", f"/datasets/{made}/sources", {"sources": [source]}, 200, "PUT")
    assert people.level("west", made) == "tables"
    holder = people.post("north", f"/datasets/{source}/rights-holders", HOLDER)
    assert people.level("west", made) == "hidden"
    assert people.get("west", "/datasets")["items"] == []
    people.post("north", f"/datasets/{source}/rights-holders/{holder['id']}/consent", CONSENT)
    assert people.level("west", made) == "tables"
    assert [one["id"] for one in people.get("west", "/datasets")["items"]] == [made]
