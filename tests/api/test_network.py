"""The network through its doors: organisations and their states, groups, applications."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from exchange.identify import issue_token
from exchange.services import Services
from schemas.access import GranteeKind, Level
from schemas.organisation import NetworkRole, User
from schemas.policy import Grant
from storage import grants, members, people
from tests.apps import create_app
from tests.worlds import ALL, World

API = "/api/v1"
WHY = {"reason": "For this test"}
APPLICATION = {
    "name": "East Cell Institute",
    "country": "PL",
    "standing": "member",
    "contact_name": "Ada Example",
    "contact_email": "ada@east.example",
    "statement": "We run a pilot line for pouch cells.",
}


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def office(world: World) -> dict[str, str]:
    return world.header("office")


def bring(client: TestClient, office: dict[str, str], organisation: str, state: str, **more: object) -> int:
    body = {"state": state} | WHY | more
    return client.post(f"{API}/organisations/{organisation}/state", json=body, headers=office).status_code


def test_an_application_becomes_an_admitted_organisation_whose_admin_comes_by_the_code(
    client: TestClient, world: World, office: dict[str, str]
) -> None:
    id = client.post(f"{API}/registrations", json=APPLICATION).json()["id"]
    assert client.get(f"{API}/registrations", headers=world.header("north-admin")).status_code == 403
    (waiting,) = client.get(f"{API}/registrations", params={"state": "open"}, headers=office).json()
    assert waiting["id"] == id and waiting["contact_email"] == "ada@east.example"

    address = f"{API}/registrations/{id}"
    approval = {"organisation": "east"} | WHY
    assert client.post(f"{address}/approve", json=approval, headers=world.header("north")).status_code == 403
    taken = client.post(f"{address}/approve", json={"organisation": "north"} | WHY, headers=office)
    assert taken.status_code == 409
    approved = client.post(f"{address}/approve", json=approval, headers=office).json()
    assert approved["invitation"]["roles"] == ["admin"] and approved["invitation"]["code"]
    assert client.post(f"{address}/decline", json=WHY, headers=office).status_code == 409

    shown = client.get(f"{API}/organisations/east", headers=world.header("north")).json()
    assert (shown["state"], shown["country"], shown["contact"]) == ("admitted", "PL", None)
    history = client.get(f"{API}/organisations/east/history", headers=office).json()
    assert [(one["state"], one["by"]) for one in history] == [("applied", None), ("admitted", "office")]
    assert history[1]["reason"] == "For this test"


def test_a_declined_application_leaves_no_organisation(client: TestClient, office: dict[str, str]) -> None:
    id = client.post(f"{API}/registrations", json=APPLICATION).json()["id"]
    declined = client.post(f"{API}/registrations/{id}/decline", json=WHY, headers=office).json()
    assert (declined["state"], declined["reason"], declined["decided_by"]) == ("declined", WHY["reason"], "office")
    assert client.get(f"{API}/organisations/east", headers=office).status_code == 404
    assert client.post(f"{API}/registrations/{'0' * 26}/decline", json=WHY, headers=office).status_code == 404


def test_applications_from_one_address_are_limited(client: TestClient) -> None:
    answers = [client.post(f"{API}/registrations", json=APPLICATION) for _ in range(6)]
    assert [one.status_code for one in answers] == [201] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 2 * 3600


def test_of_several_who_take_one_id_at_once_one_gets_it(client: TestClient, office: dict[str, str]) -> None:
    def enter(at: int) -> list[int]:
        organisation = {"id": "east", "name": f"East {at}", "standing": "member"} | WHY
        group = {"id": "eg1", "name": f"EG1 {at}"}
        asked = ((f"{API}/organisations", organisation), (f"{API}/groups", group))
        return [client.post(address, json=body, headers=office).status_code for address, body in asked]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(enter, range(4)))
    for at in (0, 1):
        assert sorted(one[at] for one in answers) == [201, 409, 409, 409]


def test_an_application_with_a_wrong_ror_id_names_it(client: TestClient) -> None:
    answer = client.post(f"{API}/registrations", json=APPLICATION | {"ror": "https://ror.org/02mhbdp95"})
    assert answer.status_code == 422 and "wrong check digits" in answer.json()["errors"][0]["message"]


def test_an_organisation_that_has_only_applied_is_seen_by_the_office_alone(
    client: TestClient, world: World, office: dict[str, str]
) -> None:
    wanted = {"id": "east", "name": "East", "standing": "partner"} | WHY
    assert client.post(f"{API}/organisations", json=wanted, headers=office).json()["state"] == "applied"
    assert client.get(f"{API}/organisations/east", headers=office).status_code == 200
    assert client.get(f"{API}/organisations/east", headers=world.header("north")).status_code == 404
    assert "east" not in str(client.get(f"{API}/directory", headers=world.header("north")).json())


def test_a_suspension_takes_effect_at_once_and_is_lifted(
    client: TestClient, world: World, office: dict[str, str]
) -> None:
    west = world.header("west")
    assert client.post(f"{API}/datasets", json={}, headers=west).status_code == 201
    assert bring(client, office, "west", "suspended") == 200
    assert client.post(f"{API}/datasets", json={}, headers=west).status_code == 403
    assert client.get(f"{API}/people", headers=west).status_code == 403
    assert len(client.get(f"{API}/datasets", headers=west).json()["items"]) == 1
    assert client.get(f"{API}/lines/west-1", headers=world.header("north")).status_code == 200
    assert "west-1" not in str(client.get(f"{API}/lines", headers=world.header("north")).json())
    own = client.get(f"{API}/organisations/west/history", headers=west).json()
    assert own[-1]["reason"] == WHY["reason"] and own[-1]["state"] == "suspended"
    assert bring(client, office, "west", "applied") == 409
    assert bring(client, office, "west", "admitted") == 200
    assert client.post(f"{API}/datasets", json={}, headers=west).status_code == 201


def test_whoever_has_left_is_let_in_no_more_and_coming_back_revives_nothing(
    services: Services, client: TestClient, world: World, office: dict[str, str]
) -> None:
    draft = client.post(f"{API}/datasets", json={}, headers=world.header("north")).json()["id"]
    with services.sessions.begin() as session:
        given = {"dataset": draft, "level": Level.RAW, "created_at": services.now()}
        for at, kind in enumerate((GranteeKind.ORGANISATION, GranteeKind.USER)):
            grants.add(session, Grant(id=f"g{at}", grantee_kind=kind, grantee="west", **given), "north")
    assert bring(client, office, "west", "left") == 200

    assert client.get(f"{API}/me", headers=world.header("west")).status_code == 401
    with services.sessions.read() as session:
        assert all(one.revoked_at for one in grants.on(session, [draft]))
        assert members.group(session, "eg5").organisations == ("north",)
        assert not people.user_active(session, "west")
    assert bring(client, office, "west", "admitted") == 200
    assert client.get(f"{API}/me", headers=world.header("west")).status_code == 401
    states = client.get(f"{API}/organisations/west/history", headers=world.header("north")).json()
    assert [one["state"] for one in states] == ["admitted", "left", "admitted"]
    assert {one["reason"] for one in states} == {None}


def test_the_only_office_cannot_be_closed_and_others_cannot_close_anybody(
    client: TestClient, world: World, office: dict[str, str]
) -> None:
    assert bring(client, office, "office", "left") == 409
    assert bring(client, world.header("north-admin"), "west", "suspended") == 403
    assert bring(client, office, "nobody", "suspended") == 404


def test_its_own_people_change_the_contact_and_the_office_everything_else(
    client: TestClient, world: World, office: dict[str, str]
) -> None:
    address, contact = f"{API}/organisations/north", {"contact": "data@north.example"}
    assert client.patch(address, json=contact, headers=world.header("north-viewer")).status_code == 403
    assert client.patch(address, json=contact, headers=world.header("west")).status_code == 403
    assert (
        client.patch(address, json=contact, headers=world.header("north-admin")).json()["contact"] == contact["contact"]
    )
    renamed = contact | {"name": "Northern Line"}
    assert client.patch(address, json=renamed, headers=world.header("north-admin")).status_code == 403
    assert client.patch(address, json=renamed, headers=office).json()["name"] == "Northern Line"
    assert client.patch(address, json={"name": "West Line"}, headers=office).status_code == 409


def test_who_sits_in_a_group_gets_and_loses_what_it_was_granted_at_once(
    services: Services, client: TestClient, world: World, office: dict[str, str]
) -> None:
    def groups_of(user: str) -> list[str]:
        found: list[str] = client.get(f"{API}/me", headers=world.header(user)).json()["groups"]
        return found

    assert (
        client.post(f"{API}/groups", json={"id": "eg1", "name": "EG1"}, headers=world.header("north")).status_code
        == 403
    )
    assert client.post(f"{API}/groups", json={"id": "eg1", "name": "EG1"}, headers=office).status_code == 201
    assert client.post(f"{API}/groups", json={"id": "eg1b", "name": "EG1"}, headers=office).status_code == 409
    seats = f"{API}/groups/eg1"
    assert client.put(f"{seats}/organisations/south", headers=office).json()["organisations"] == ["south"]
    assert client.put(f"{seats}/people/north-viewer", headers=office).json()["users"] == ["north-viewer"]
    assert client.put(f"{seats}/people/nobody", headers=office).status_code == 404
    assert (
        groups_of("south") == ["eg1"] and groups_of("north-viewer") == ["eg1", "eg5"] and groups_of("north") == ["eg5"]
    )
    seen = client.get(f"{API}/groups", headers=world.header("west")).json()
    (eg1,) = (one for one in seen if one["id"] == "eg1")
    assert (eg1["people"], eg1["users"]) == (1, None)
    assert client.delete(f"{seats}/organisations/south", headers=office).status_code == 204
    assert client.delete(f"{seats}/organisations/south", headers=office).status_code == 404
    assert client.delete(f"{seats}/people/north-viewer", headers=office).status_code == 204
    assert groups_of("south") == [] and groups_of("north-viewer") == ["eg5"]


def test_nobody_of_the_office_gives_themselves_a_role_for_the_network(
    services: Services, client: TestClient, world: World, office: dict[str, str]
) -> None:
    address = f"{API}/people/north-viewer/network-roles"
    assert client.put(address, json={"roles": ["auditor"]}, headers=office).json()["network_roles"] == ["auditor"]
    assert client.put(address, json={"roles": ["auditor", "office"]}, headers=office).status_code == 422
    assert client.put(f"{API}/people/office/network-roles", json={"roles": []}, headers=office).status_code == 403
    assert client.put(address, json={"roles": []}, headers=world.header("north-admin")).status_code == 403
    assert client.put(address, json={"roles": []}, headers=office).json()["network_roles"] == []


def test_an_organisation_that_left_keeps_no_say_through_its_office_role(
    services: Services, client: TestClient, world: World, office: dict[str, str]
) -> None:
    with services.sessions.begin() as session:
        people.add_user(session, User(id="eve", organisation="west", name="Eve"), (), services.now())
        people.give_network_role(session, "west", NetworkRole.OFFICE, services.now())
    west = {"Authorization": f"Bearer {issue_token(services, 'west', 'test', ALL)}"}
    assert bring(client, west, "south", "suspended") == 200
    assert bring(client, office, "west", "suspended") == 200
    assert bring(client, west, "south", "admitted") == 403
