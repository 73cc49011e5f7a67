"""The terms as ODRL: what the caller is offered, in the vocabulary's own words, and nobody else's grants."""

from datetime import timedelta

from exchange.fair.odrl import ACTIONS
from schemas.dataset import Visibility
from storage import policies
from tests.agreed import Json, Network, on

LEFT = {"dateTime", "purpose", "recipient", "delayPeriod"}
OPERATORS = {"eq", "lt", "lteq", "gteq", "isAnyOf"}
DUTIES = {"reviewPolicy", "nextPolicy", "delete", "inform"}


def offered(people: Network, who: str | None, dataset: str) -> Json:
    answer = people.send(who, "GET", f"/datasets/{dataset}/odrl")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/ld+json")
    document: Json = answer.json()
    _well_formed(document)
    return document


def _well_formed(document: Json) -> None:
    """As the Information Model asks: an offer has a uid, an assigner and a rule; every rule an action and a target."""
    assert document["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert document["@type"] == "Offer" and document["uid"] and document["assigner"] and document["permission"]
    for rule in (*document["permission"], *document.get("prohibition", ())):
        assert rule["target"]
        assert rule["action"] in {*(action for _, action in ACTIONS.values()), "distribute"}
        for duty in rule.get("duty", ()):
            assert duty["action"] in DUTIES or duty["action"] == {"@id": "plx:contribute"}
            _constraints(duty.get("constraint", ()))
        _constraints(rule.get("constraint", ()))


def _constraints(found: list[Json]) -> None:
    for one in found:
        assert set(one) == {"leftOperand", "operator", "rightOperand"}
        assert one["leftOperand"] in LEFT and one["operator"] in OPERATORS


def parts(document: Json, dataset: str) -> list[str]:
    targets = [rule["target"] for rule in document["permission"]]
    ids = [one if isinstance(one, str) else one["uid"] for one in targets]
    return [one.split(dataset)[1] for one in ids]


def test_the_world_gets_the_offer_that_its_own_level_sees(people: Network) -> None:
    dataset = people.dataset(visibility=Visibility.WORLD)
    people.grant(dataset, "west")
    [rule] = offered(people, None, dataset)["permission"]
    assert rule == {"target": f"http://127.0.0.1:8000/api/v1/datasets/{dataset}", "action": "index"}
    assert people.send(None, "GET", f"/datasets/{people.dataset()}/odrl").status_code == 404


def test_a_grantee_is_offered_each_level_with_its_end_purpose_and_agreement(people: Network) -> None:
    terms = {
        "onward_sharing": "forbidden",
        "purposes": ["research"],
        "deletion_days": 30,
        "publication_review_days": 21,
    }
    made = people.published(terms=terms)
    dataset = people.dataset(visibility=Visibility.NETWORK)
    end = people.clock[0] + timedelta(days=9)
    people.grant(dataset, "west", expires_at=end.isoformat(), **on())
    document = offered(people, "west", dataset)
    assert parts(document, dataset) == ["", "", "#record", "#summary", "#tables"]
    rule = document["permission"][-1]
    assert rule["action"] == "use"
    assert rule["constraint"] == [
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": {"@id": "urn:plx:organisation:west"}},
        {
            "leftOperand": "dateTime",
            "operator": "lt",
            "rightOperand": {"@value": end.isoformat(), "@type": "xsd:dateTime"},
        },
        {"leftOperand": "purpose", "operator": "isAnyOf", "rightOperand": [{"@id": "urn:plx:purpose:research"}]},
    ]
    review, delete, inform = rule["duty"]
    assert review["target"]["plx:sha256"] == made["sha256"]
    assert review["target"]["uid"].endswith("/agreements/dea/versions/1")
    assert delete["constraint"][0]["rightOperand"]["@value"] == "P30D"
    assert (inform["action"], inform["informedParty"]) == ("inform", document["assigner"])
    assert {rule["action"] for rule in document["prohibition"]} == {"distribute"}


def test_nobody_else_is_named_in_an_offer(people: Network) -> None:
    people.published("secret")
    dataset = people.dataset(visibility=Visibility.NETWORK)
    people.grant(dataset, "south", **on("secret"))
    people.grant(dataset, "eg5", grantee_kind="group")
    for who in ("west", "partner", "office"):
        text = str(offered(people, who, dataset))
        assert "south" not in text and "secret" not in text and "eg5" not in text, who
    bare = people.dataset(visibility=Visibility.NETWORK)
    told = [str(offered(people, "partner", one)).replace(one, "") for one in (dataset, bare)]
    assert told[0] == told[1]


def test_chosen_columns_are_said_and_an_embargo_offers_no_more_than_the_record(people: Network) -> None:
    dataset = people.dataset()
    people.grant(dataset, "west", view="columns", columns=["voltage_volt"])
    assert offered(people, "west", dataset)["permission"][-1]["target"]["plx:columns"] == ["voltage_volt"]
    with people.services.sessions.begin() as session:
        policies.set_embargo(session, dataset, people.clock[0] + timedelta(days=3))
    assert set(parts(offered(people, "west", dataset), dataset)) == {"", "#record"}
    people.grant(dataset, "west", during_embargo=True)
    assert "#tables" in parts(offered(people, "west", dataset), dataset)


def test_an_offer_under_the_id_says_nothing_of_a_blinded_view(people: Network) -> None:
    blinded, bare = people.dataset(visibility=Visibility.NETWORK), people.dataset(visibility=Visibility.NETWORK)
    people.post("office", "/collections", {"id": "rr", "name": "Round robin"})
    for one in (blinded, bare):
        assert people.send("north", "PUT", f"/datasets/{one}/collections/rr").status_code == 204
    people.grant(blinded, "west", view="blinded", collection="rr")
    told = [str(offered(people, "west", one)).replace(one, "") for one in (blinded, bare)]
    assert told[0] == told[1]


def test_the_licence_is_said_from_the_record_on(people: Network) -> None:
    id = str(people.post("north", "/datasets", {"title": "A", "licence": "CC-BY-4.0"})["id"])
    assert offered(people, "north", id)["dcterms:license"] == "https://spdx.org/licenses/CC-BY-4.0"
    listed = people.dataset(visibility=Visibility.NETWORK)
    assert "dcterms:license" not in offered(people, "west", listed)


def test_a_withdrawn_dataset_offers_its_entry_alone(people: Network) -> None:
    dataset = people.dataset(visibility=Visibility.NETWORK)
    people.grant(dataset, "west")
    people.post("north", f"/datasets/{dataset}/withdraw", status=200)
    assert set(parts(offered(people, "west", dataset), dataset)) == {""}
