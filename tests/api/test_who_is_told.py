"""Whoever is concerned by what others do is told of it: owners, takers, stewards, signatories, whole organisations."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from exchange.auditing import erase
from exchange.remind import remind
from exchange.services import Services
from schemas.access import Level
from schemas.dataset import Visibility
from schemas.organisation import Role, User
from storage import notifications, people, policies
from tests.agreed import Network
from tests.apps import create_app
from tests.told import granted, released, taken, with_addresses
from tests.worlds import World

REASON = "Suspected contamination of the data, by order of the board."


@pytest.fixture
def client(services: Services, world: World) -> Iterator[TestClient]:
    with_addresses(services)
    with TestClient(create_app(services)) as client:
        yield client


class Said:
    """What people do over HTTP, and what others read."""

    def __init__(self, client: TestClient, world: World) -> None:
        self._client, self._world = client, world

    def post(self, user: str, path: str, body: object = None) -> Any:  # Any: JSON
        answer = self._client.post(f"/api/v1{path}", json=body, headers=self._world.header(user))
        assert answer.status_code < 300, answer.text
        return answer.json()

    def told(self, user: str) -> list[tuple[str, str]]:
        answer = self._client.get("/api/v1/notifications", headers=self._world.header(user))
        return [(one["kind"], one["text"]) for one in answer.json()["items"]]


@pytest.fixture
def said(client: TestClient, world: World) -> Said:
    return Said(client, world)


def test_the_owner_is_told_at_once_of_emergency_access(services: Services, said: Said) -> None:
    dataset = released(services, "north", visible_to=Visibility.ORGANISATION)
    said.post("office", f"/datasets/{dataset}/break-glass", {"reason": REASON, "hours": 2})
    ((kind, text),) = said.told("north")
    assert kind == "glass-broken" and dataset in text
    assert "Office of Office took emergency access" in text and f"> {REASON}" in text
    ((_, hidden),) = said.told("north-admin")
    assert dataset not in hidden and REASON not in hidden, "an admin reads no data, and learns no more than that it was"
    assert said.told("west") == []


def test_stewards_are_told_of_a_proposal_and_takers_of_an_offer(services: Services, said: Said) -> None:
    dataset = released(services, "north", visible_to=Visibility.ORGANISATION)
    offer = said.post("north", f"/datasets/{dataset}/transfer", {"taker": "west", "reason": "They made the cells."})
    ((kind, text),) = said.told("west")
    assert kind == "dataset-offered" and dataset not in text, "it is not shown to them before it is theirs"
    said.post("west", f"/transfers/{offer['id']}/accept")
    assert (
        "owner-changed",
        f"{dataset} 'Formation' went from North Line to West Line.\n\n> They made the cells.",
    ) in said.told("west")


def test_an_organisation_is_told_what_becomes_of_it(said: Said) -> None:
    said.post("office", "/organisations/west/state", {"state": "suspended", "reason": "Fees unpaid for two years"})
    ((kind, text),) = said.told("west")
    assert kind == "organisation-changed" and "West Line is now suspended" in text and "> Fees unpaid" in text


def test_owners_are_told_once_that_an_embargo_ends(services: Services, said: Said) -> None:
    dataset = released(services, "north")
    with services.sessions.begin() as session:
        policies.set_embargo(session, dataset, services.now() + timedelta(days=5))
    assert (remind(services), remind(services)) == (1, 0)
    ((kind, text),) = said.told("north")
    assert kind == "embargo-ending" and dataset in text
    assert said.told("west") == []


def test_readers_are_told_when_everything_of_an_owner_is_withdrawn(
    services: Services, said: Said, world: World
) -> None:
    dataset = released(services, "north")
    granted(services, dataset, "west", Level.TABLES)
    taken(services, world, "west", dataset)
    said.post("north", "/organisations/north/withdrawal", {"reason": "The line is closed down"})
    ((kind, text),) = said.told("west")
    assert kind == "data-withdrawn" and "> The line is closed down" in text


def test_an_erased_person_leaves_no_name_in_what_others_were_told(services: Services, said: Said) -> None:
    with services.sessions.begin() as session:
        guest = User(id="ada", organisation="west", name="Ada Example", email="ada@example.org")
        people.add_user(session, guest, {Role.VIEWER}, services.now())
    from exchange.identify import issue_token
    from tests.worlds import ALL

    world = World({"ada": issue_token(services, "ada", "test", ALL)})
    dataset = released(services, "north")
    body = {"level": "tables", "purpose": "research", "text": "To learn"}
    ada = Said(said._client, world)
    asked = ada.post("ada", f"/datasets/{dataset}/requests", body)
    said.post("north", f"/requests/{asked['id']}/decline", {"reason": "No"})
    assert "Ada Example" in said.told("north")[0][1]

    erase.erase(services, "ada")
    ((_, text),) = said.told("north")
    assert "Ada" not in text and text.startswith("Erased person of West Line")
    with services.sessions.read() as session:
        assert notifications.page(session, "ada", "west", unread=False, after=None, limit=9) == []


def test_those_who_accepted_an_agreement_are_told_of_its_new_version_and_its_end(people: Network) -> None:
    people.published()
    people.accepts("west")
    assert people.send("office", "POST", "/agreements/dea/versions", {"text": "Other."}).status_code == 201
    assert people.send("office", "POST", "/agreements/dea/retire", {"reason": "It is replaced"}).status_code == 200
    told = people.get("west", "/notifications")["items"]
    kinds = [one["kind"] for one in told]
    assert kinds[-1] == "agreement-published" and set(kinds) <= {"agreement-published", "agreement-retired"}
    assert "'DEA' has a new version 2" in told[-1]["text"]
    assert people.get("south", "/notifications")["items"] == []
