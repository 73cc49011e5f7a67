"""Somebody asks for access, a steward answers, both are told; third parties learn nothing of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from exchange.services import Services
from schemas.access import Level
from schemas.dataset import Visibility
from storage import catalogue
from tests.apps import create_app
from tests.told import granted, released, shown_to
from tests.worlds import World

WANTED = {"level": "tables", "purpose": "benchmarking", "text": "Compare our formation with yours"}
Answer = dict[str, Any]


@pytest.fixture
def client(services: Services, world: World) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def dataset(services: Services, world: World) -> str:
    return released(services, "north", "Formation of N-01")


class Caller:
    """One person at the API."""

    def __init__(self, client: TestClient, world: World, user: str) -> None:
        self._client, self._header = client, world.header(user)

    def post(self, path: str, body: object = None, expected: int = 200) -> Answer:
        answer = self._client.post(f"/api/v1{path}", json=body, headers=self._header)
        assert answer.status_code == expected, answer.text
        found: Answer = answer.json()
        return found

    def get(self, path: str, expected: int = 200) -> Answer:
        answer = self._client.get(f"/api/v1{path}", headers=self._header)
        assert answer.status_code == expected, answer.text
        found: Answer = answer.json()
        return found

    def ask(self, dataset: str, expected: int = 201, **changes: object) -> Answer:
        return self.post(f"/datasets/{dataset}/requests", WANTED | changes, expected)

    def told(self) -> list[str]:
        return [one["kind"] for one in self.get("/notifications")["items"]]

    def level(self, dataset: str) -> str:
        return str(self.get(f"/datasets/{dataset}")["level"])


@pytest.fixture
def west(client: TestClient, world: World) -> Caller:
    return Caller(client, world, "west")


@pytest.fixture
def north(client: TestClient, world: World) -> Caller:
    return Caller(client, world, "north")


@pytest.fixture
def south(client: TestClient, world: World) -> Caller:
    return Caller(client, world, "south")


def test_a_request_becomes_a_grant_and_both_sides_are_told(
    services: Services, west: Caller, north: Caller, dataset: str
) -> None:
    until = (services.now() + timedelta(days=90)).isoformat()
    asked = west.ask(dataset, until=until)
    assert (asked["state"], asked["organisation"], asked["user"]) == ("sent", "west", "west")
    assert north.told() == ["request-received"]
    message = north.get("/notifications")["items"][0]["text"]
    assert "west steward of West Line asks for level 'tables'" in message and "> Compare our formation" in message

    (waiting,) = north.get("/requests?box=received&state=sent")["items"]
    assert waiting["id"] == asked["id"] and waiting["title"] == f"{dataset} 'Formation of N-01'"
    assert [one["id"] for one in north.get(f"/datasets/{dataset}/requests")["items"]] == [asked["id"]]
    approved = north.post(f"/requests/{asked['id']}/approve", {"level": "summary", "reason": "Gladly."})

    assert west.level(dataset) == "summary"
    assert west.told() == ["request-approved"]
    seen = west.get(f"/requests/{asked['id']}")
    assert (seen["state"], seen["grant"], seen["reason"]) == ("approved", approved["grant"], "Gladly.")
    (grant,) = north.get(f"/datasets/{dataset}/grants")
    assert grant["request"] == asked["id"] and grant["grantee"] == "west"
    assert grant["expires_at"][:19] == until[:19], "until it was asked for, as the steward chose nothing else"


def test_an_approval_that_contradicts_itself_is_refused_with_a_sentence(
    west: Caller, north: Caller, dataset: str
) -> None:
    asked = west.ask(dataset, view="columns")
    refusal = north.post(f"/requests/{asked['id']}/approve", {}, expected=422)
    assert "`columns` are named" in str(refusal["errors"])
    north.post(f"/requests/{asked['id']}/approve", {"columns": ["voltage_volt"]})
    assert west.level(dataset) == "metadata", "the record comes with chosen columns"


def test_a_declined_request_says_why_and_gives_nothing(west: Caller, north: Caller, dataset: str) -> None:
    asked = west.ask(dataset)
    north.post(f"/requests/{asked['id']}/decline", {"reason": ""}, expected=422)
    north.post(f"/requests/{asked['id']}/decline", {"reason": "Not before the paper is out."})
    assert west.level(dataset) == "listed"
    assert west.told() == ["request-declined"]
    assert west.get("/requests")["items"][0]["reason"] == "Not before the paper is out."
    north.post(f"/requests/{asked['id']}/approve", {}, expected=409)
    west.post(f"/requests/{asked['id']}/withdraw", expected=409)


def test_a_request_taken_back_can_no_longer_be_approved(west: Caller, north: Caller, dataset: str) -> None:
    asked = west.ask(dataset)
    assert west.post(f"/requests/{asked['id']}/withdraw")["state"] == "withdrawn"
    assert north.told() == ["request-withdrawn", "request-received"]
    north.post(f"/requests/{asked['id']}/approve", {}, expected=409)
    assert west.level(dataset) == "listed"


def test_an_organisation_has_one_open_request_on_a_dataset(west: Caller, dataset: str) -> None:
    first = west.ask(dataset)
    refused = west.ask(dataset, expected=409, level="raw")
    assert first["id"] in refused["detail"]
    west.post(f"/requests/{first['id']}/withdraw")
    west.ask(dataset)


def test_what_is_not_listed_to_somebody_cannot_be_asked_for(
    services: Services, west: Caller, world: World, client: TestClient
) -> None:
    hidden = released(services, "north", visible_to=Visibility.ORGANISATION)
    refused = west.ask(hidden, expected=404)
    absent = west.ask("PLX-0000-0000", expected=404)
    assert refused["detail"].replace(hidden, "PLX-0000-0000") == absent["detail"]
    with services.sessions.read() as session:
        chosen = text("SELECT count(*) FROM plx_audit WHERE action = 'right:request access' AND NOT allowed")
        assert session.scalar(chosen) == 2


def test_what_one_has_or_owns_is_not_asked_for(services: Services, west: Caller, north: Caller, dataset: str) -> None:
    north.ask(dataset, expected=409)
    granted(services, dataset, "west", Level.TABLES)
    west.ask(dataset, expected=409)
    west.ask(dataset, level="raw")


def test_only_who_reads_for_an_organisation_may_ask(client: TestClient, world: World, services: Services) -> None:
    theirs = released(services, "west")
    for user in ("north-signatory", "north-admin"):
        Caller(client, world, user).ask(theirs, expected=403)
    Caller(client, world, "north-viewer").ask(theirs)


def test_third_parties_and_colleagues_without_the_role_learn_nothing_of_a_request(
    client: TestClient, world: World, west: Caller, south: Caller, dataset: str
) -> None:
    asked = west.ask(dataset)["id"]
    absent = "0" * 26
    for path, body in ((asked, None), (f"{asked}/approve", {}), (f"{asked}/decline", {"reason": "a"})):
        if body is None:
            found, none = south.get(f"/requests/{path}", 404), south.get(f"/requests/{absent}", 404)
        else:
            found = south.post(f"/requests/{path}", body, 404)
            none = south.post(f"/requests/{path.replace(asked, absent)}", body, 404)
        assert found["detail"].replace(asked, absent) == none["detail"]
    south.post(f"/requests/{asked}/withdraw", expected=404)
    south.get(f"/datasets/{dataset}/requests", 403)
    assert south.get("/requests?box=received")["items"] == [] == south.get("/requests")["items"]

    viewer = Caller(client, world, "north-viewer")
    viewer.get("/requests?box=received", 403)
    viewer.post(f"/requests/{asked}/approve", {}, 403)
    west.post(f"/requests/{asked}/approve", {}, 403)


def test_a_request_on_what_is_hidden_meanwhile_names_it_no_more(
    services: Services, west: Caller, north: Caller, dataset: str
) -> None:
    asked = west.ask(dataset)
    shown_to(services, dataset, Visibility.ORGANISATION)
    north.post(f"/requests/{asked['id']}/decline", {"reason": "It is secret now."})
    seen = west.get(f"/requests/{asked['id']}")
    assert seen["dataset"] is None and seen["title"] is None and seen["reason"] == ""
    assert dataset not in str(seen) and dataset not in str(west.get("/notifications"))
    assert "secret" not in str(west.get("/notifications"))


def test_a_steward_can_give_to_the_one_who_asked_alone(
    client: TestClient, world: World, services: Services, north: Caller
) -> None:
    theirs = released(services, "west")
    viewer, west = Caller(client, world, "north-viewer"), Caller(client, world, "west")
    asked = viewer.ask(theirs)
    west.post(f"/requests/{asked['id']}/approve", {"only_asker": True})
    assert (viewer.level(theirs), north.level(theirs)) == ("tables", "listed")


def test_what_a_steward_chooses_is_checked_like_any_grant(west: Caller, north: Caller, dataset: str) -> None:
    asked = west.ask(dataset)
    gone = {"conditions": [{"type": "agreement", "agreement": "no-such"}]}
    refused = north.post(f"/requests/{asked['id']}/approve", gone, 422)
    assert refused["errors"][0]["pointer"] == "/conditions/0/agreement"
    north.post(f"/requests/{asked['id']}/approve", {"view": "blinded"}, 422)
    north.post(f"/requests/{asked['id']}/approve", {"without_end": True, "expires_at": "2990-01-01T00:00:00Z"}, 422)
    assert west.level(dataset) == "listed"
    assert west.get(f"/requests/{asked['id']}")["state"] == "sent"


def test_a_request_is_checked_as_a_whole(west: Caller, dataset: str) -> None:
    wrong = {"until": "2020-01-01T00:00:00Z", "agreements": ["no-such"], "level": "raw", "view": "columns"}
    refused = west.ask(dataset, expected=422, **wrong)
    assert [one["pointer"] for one in refused["errors"]] == ["/view", "/until", "/agreements/0"]
    west.ask(dataset, expected=422, organisation="south")
    west.ask(dataset, expected=422, text="  ")
    west.ask(dataset, expected=422, view="blinded")


def test_nothing_is_asked_of_what_was_withdrawn(services: Services, west: Caller, dataset: str) -> None:
    with services.sessions.begin() as session:
        catalogue.withdraw(session, dataset)
    west.ask(dataset, expected=409)


def test_requests_come_in_pages(services: Services, west: Caller, north: Caller) -> None:
    made = [west.ask(released(services, "north"))["id"] for _ in range(3)]
    first = west.get("/requests?limit=2")
    rest = west.get(f"/requests?limit=2&cursor={first['next']}")
    assert sorted(one["id"] for one in [*first["items"], *rest["items"]]) == sorted(made)
    assert rest["next"] is None
    assert len(north.get("/requests?box=received")["items"]) == 3
