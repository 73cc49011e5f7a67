"""Offboarding: an organisation settles what it holds, hands it over or withdraws it, and leaves; nothing is lost."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from exchange import visibility
from exchange.services import Services
from schemas.dataset import DatasetState, Visibility
from storage import catalogue
from tests.apps import create_app
from tests.worlds import World

API = "/api/v1"
WHY = {"reason": "The line moves to West"}
FILE = b"test_time_second,voltage_volt,current_ampere\n0,3.5,1\n1,3.6,1\n"


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


def uploaded(services: Services, client: TestClient, header: dict[str, str], content: bytes = FILE) -> str:
    id = str(client.post(f"{API}/datasets", json={"title": "A cell"}, headers=header).json()["id"])
    client.put(f"{API}/datasets/{id}/files/a.csv", content=content, headers=header).raise_for_status()
    with services.sessions.begin() as session:
        # A file that is being read does not change hands; here nobody reads it.
        session.execute(text("UPDATE plx_ingest_run SET state = 'failed'"))
    return id


def released(services: Services, client: TestClient, header: dict[str, str], content: bytes = FILE) -> str:
    id = uploaded(services, client, header, content)
    with services.sessions.begin() as session:
        catalogue.release(session, id, 1, Visibility.NETWORK, services.now())
        visibility.refresh(session, [id])
    return id


def leave(client: TestClient, world: World, **more: object) -> int:
    body = {"state": "left", "reason": "The institute closes"} | more
    return client.post(f"{API}/organisations/north/state", json=body, headers=world.header("office")).status_code


def owner_of(services: Services, dataset: str) -> str:
    with services.sessions.read() as session:
        found = catalogue.find(session, dataset)
    assert found is not None
    return found.owner


def test_what_it_holds_is_counted_for_the_office_and_named_for_its_stewards(
    services: Services, client: TestClient, world: World
) -> None:
    shown = released(services, client, world.header("north"))
    uploaded(services, client, world.header("north"), FILE + b"2,3.7,1\n")
    address = f"{API}/organisations/north/holdings"
    own = client.get(address, headers=world.header("north")).json()
    assert (own["drafts"], own["released"], own["undecided"]) == (1, 1, [shown])
    assert own["raw_bytes"] == 2 * len(FILE) + len(b"2,3.7,1\n") and own["lines"] == 1 and own["groups"] == ["eg5"]
    assert client.get(address, headers=world.header("office")).json() == own | {"undecided": None}
    for other in ("west", "partner", "north-viewer", "north-admin"):
        assert client.get(address, headers=world.header(other)).status_code == 403


def test_datasets_go_to_another_member_and_nothing_is_lost(
    services: Services, client: TestClient, world: World
) -> None:
    north, west = world.header("north"), world.header("west")
    shown, draft = released(services, client, north), uploaded(services, client, north, FILE + b"2,3.7,1\n")
    address = f"{API}/organisations/north/handover"
    assert client.post(address, json={"taker": "west"} | WHY, headers=west).status_code == 403
    assert client.post(address, json={"taker": "partner"} | WHY, headers=north).status_code == 422
    assert leave(client, world) == 409
    assert client.post(address, json={"taker": "west"} | WHY, headers=north).json() == {"datasets": 2}
    assert client.post(address, json={"taker": "west"} | WHY, headers=north).json() == {"datasets": 0}
    assert owner_of(services, shown) == "north"

    taken = f"{API}/organisations/takeover"
    assert client.post(taken, json={"giver": "north"}, headers=world.header("south")).json() == {"datasets": 0}
    assert client.post(taken, json={"giver": "north"}, headers=world.header("west")).json() == {"datasets": 2}
    assert [owner_of(services, one) for one in (shown, draft)] == ["west", "west"]
    assert leave(client, world) == 200
    for one in (shown, draft):
        link = client.get(f"{API}/datasets/{one}/versions", headers=west).json()[0]["files"][0]
        assert client.get(f"{API}/datasets/{one}/raw/{link['id']}", headers=west).status_code == 200


def test_some_are_handed_over_and_the_rest_is_withdrawn(services: Services, client: TestClient, world: World) -> None:
    north, west = world.header("north"), world.header("west")
    given, kept = released(services, client, north), released(services, client, north)
    address = f"{API}/organisations/north"
    client.post(f"{address}/handover", json={"taker": "west", "datasets": [given]} | WHY, headers=north)
    assert client.post(f"{API}/organisations/takeover", json={"giver": "north"}, headers=west).json() == {"datasets": 1}
    assert client.post(f"{address}/withdrawal", json=WHY, headers=world.header("office")).status_code == 403
    assert client.post(f"{address}/withdrawal", json=WHY, headers=north).json() == {"datasets": 1}
    assert leave(client, world) == 200
    entries = {one["id"]: one for one in client.get(f"{API}/datasets", headers=west).json()["items"]}
    assert entries[given]["owner"] == "west" and entries[given]["state"] == "released"
    assert entries[kept]["owner"] == "north" and entries[kept]["state"] == "withdrawn"


def test_the_office_lets_a_silent_organisation_go_and_closes_what_it_left_open(
    services: Services, client: TestClient, world: World
) -> None:
    shown = released(services, client, world.header("north"))
    draft = uploaded(services, client, world.header("north"))
    assert leave(client, world) == 409
    assert leave(client, world, withdraw_rest=True) == 200
    with services.sessions.read() as session:
        states = [one.state for one in (catalogue.find(session, shown), catalogue.find(session, draft)) if one]
    assert states == [DatasetState.WITHDRAWN, DatasetState.DRAFT]
    assert client.get(f"{API}/datasets/{draft}", headers=world.header("office")).status_code == 404
    assert visibility.check(services.sessions) == []
