"""People through the doors: invitations, roles, memberships, service accounts, and how they end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from exchange.identify import issue_token
from exchange.members import invite
from exchange.services import Services
from schemas.errors import Conflict, NotFound
from schemas.organisation import Role
from storage import audit, invitations, members, outbox, people
from tests.apps import create_app
from tests.worlds import ALL, World

API = "/api/v1"
ADA = {"email": "ada@north.example", "roles": ["contributor", "signatory"]}


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def admin(world: World) -> dict[str, str]:
    return world.header("north-admin")


def token(services: Services, user: str, organisation: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(services, user, 'test', ALL, organisation=organisation)}"}


def invited(client: TestClient, header: dict[str, str], **changes: object) -> str:
    made = client.post(f"{API}/invitations", json=ADA | changes, headers=header)
    assert made.status_code == 201, made.text
    return str(made.json()["code"])


def test_an_invitation_makes_one_account_and_works_once(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    code = invited(client, admin)
    user = invite.redeem(services, code, "Ada Example")
    me = client.get(f"{API}/me", headers=token(services, user)).json()
    assert (me["organisation"], me["roles"]) == ("north", ["contributor", "signatory"])
    with pytest.raises(NotFound, match="unknown, used"):
        invite.redeem(services, code, "Eve Example")
    (kept,) = client.get(f"{API}/invitations", headers=admin).json()
    assert (kept["state"], kept["accepted_by"], kept["code"]) == ("accepted", user, None)
    with services.sessions.read() as session:
        last = [(one.organisation, one.allowed) for one in audit.events(session) if one.action == "invitation:accept"]
    assert last == [("north", True), (None, False)]


def test_whoever_is_new_sets_a_password_by_the_link_that_the_code_gives(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    body = {"code": invited(client, admin), "name": "Ada Example"}
    welcome = client.post(f"{API}/invitations/redeem", json=body)
    assert welcome.status_code == 201, welcome.text
    assert client.post(f"{API}/invitations/redeem", json=body).status_code == 404
    home = {"Origin": services.settings.base_url}
    password = {"link": welcome.json()["link"], "password": "a long enough pass phrase"}
    signed_in = client.post(f"{API}/password", json=password, headers=home)
    assert (signed_in.status_code, signed_in.json()["organisation"]) == (201, "north"), signed_in.text
    assert client.post(f"{API}/password", json=password, headers=home).status_code == 401


def test_the_invited_address_gets_the_link_by_mail(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    code = invited(client, admin)
    with services.sessions.begin() as session:
        (due,) = outbox.take(session, services.now(), services.now() + timedelta(minutes=1), 10)
    assert (due.address, due.facts["organisation"]) == ("ada@north.example", "North Line")
    assert due.facts["link"].endswith(f"/invitation#{code}")


def test_of_two_who_use_one_code_at_once_one_gets_in(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    code = invited(client, admin)

    def come(name: str) -> str:
        try:
            return invite.redeem(services, code, name)
        except (NotFound, Conflict):
            return ""

    with ThreadPoolExecutor(4) as pool:
        let_in = [one for one in pool.map(come, ("Ada", "Bea", "Cem", "Dan")) if one]
    assert len(let_in) == 1
    with services.sessions.begin() as session:
        (kept,) = invitations.of(session, "north", services.now())
        assert kept.accepted_by == let_in[0]
        assert not invitations.accept(session, kept.id, "north", services.now())


def test_of_two_admins_who_remove_each_other_at_once_one_remains(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    client.put(f"{API}/people/north/roles", json={"roles": ["admin"]}, headers=admin)

    def remove(pair: tuple[str, str]) -> int:
        return client.delete(f"{API}/people/{pair[1]}/membership", headers=world.header(pair[0])).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(remove, (("north", "north-admin"), ("north-admin", "north"))))
    assert sorted(answers)[0] == 204 and sorted(answers)[1] in (401, 403, 404, 409)
    with services.sessions.begin() as session:
        assert len(members.admins(session, "north")) == 1


def test_a_code_stands_nowhere_but_in_the_answer(services: Services, client: TestClient, admin: dict[str, str]) -> None:
    code = invited(client, admin)
    assert code not in str(client.get(f"{API}/invitations", headers=admin).json())
    with services.sessions.read() as session:
        connection = session.connection().connection.dbapi_connection
        assert connection is not None
        rows = session.connection().exec_driver_sql("SELECT * FROM plx_invitation").all()
        seen = session.connection().exec_driver_sql("SELECT * FROM plx_audit").all()
    assert code not in str(rows) + str(seen)


def test_a_code_that_is_revoked_or_past_its_end_lets_nobody_in(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    code = invited(client, admin, days=3)
    later = replace(services, now=lambda: services.now() + timedelta(days=3))
    with pytest.raises(NotFound):
        invite.redeem(later, code, "Ada")
    (open_one,) = client.get(f"{API}/invitations", headers=admin).json()
    address = f"{API}/invitations/{open_one['id']}"
    assert client.delete(address, headers=world.header("west")).status_code == 403
    assert client.delete(address, headers=admin).status_code == 204
    assert client.delete(address, headers=admin).status_code == 404
    with pytest.raises(NotFound):
        invite.redeem(services, code, "Ada")


def test_whoever_has_an_account_joins_besides_and_roles_add_up(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    code = invited(client, admin)
    joined = client.post(f"{API}/invitations/accept", json={"code": code}, headers=world.header("west"))
    assert joined.json()["organisation"] == "north"
    memberships = client.get(f"{API}/me", headers=world.header("west")).json()["memberships"]
    assert [(one["organisation"], sorted(one["roles"])) for one in memberships] == [
        ("north", ["contributor", "signatory"]),
        ("west", ["steward"]),
    ]
    again = invited(client, admin, roles=["viewer"])
    more = client.post(f"{API}/invitations/accept", json={"code": again}, headers=world.header("west")).json()
    assert sorted(more["roles"]) == ["contributor", "signatory", "viewer"]


def test_an_address_that_has_an_account_gets_no_second_one(
    services: Services, client: TestClient, admin: dict[str, str]
) -> None:
    invite.redeem(services, invited(client, admin), "Ada")
    with pytest.raises(Conflict, match="sign in"):
        invite.redeem(services, invited(client, admin, email="ADA@north.example"), "Ada")


def test_an_admin_invites_into_their_own_organisation_alone(
    client: TestClient, world: World, admin: dict[str, str]
) -> None:
    assert client.post(f"{API}/invitations", json=ADA | {"organisation": "west"}, headers=admin).status_code == 403
    assert client.post(f"{API}/invitations", json=ADA, headers=world.header("north")).status_code == 403
    assert client.get(f"{API}/invitations", params={"organisation": "west"}, headers=admin).status_code == 403


def test_the_office_gives_no_role_in_other_organisations(services: Services, client: TestClient, world: World) -> None:
    office = world.header("office")
    for into, roles in (("west", ["steward"]), ("west", ["admin", "steward"]), ("north", ["admin"])):
        wanted = ADA | {"organisation": into, "roles": roles}
        assert client.post(f"{API}/invitations", json=wanted, headers=office).status_code == 409
    code = invited(client, office, organisation="west", roles=["admin"])
    refused = client.post(f"{API}/invitations/accept", json={"code": code}, headers=office)
    assert refused.status_code == 403 and "gives itself no role" in refused.json()["detail"]
    assert client.put(f"{API}/people/west/roles", json={"roles": ["viewer"]}, headers=office).status_code == 403
    user = invite.redeem(services, code, "Wanda")
    assert client.get(f"{API}/me", headers=token(services, user)).json()["roles"] == ["admin"]


def test_roles_change_at_once_and_the_last_admin_remains(
    client: TestClient, world: World, admin: dict[str, str]
) -> None:
    north = world.header("north")
    assert client.put(f"{API}/people/north/roles", json={"roles": ["viewer"]}, headers=admin).status_code == 200
    assert client.post(f"{API}/datasets", json={}, headers=north).status_code == 403
    own = f"{API}/people/north-admin"
    assert client.put(f"{own}/roles", json={"roles": ["steward"]}, headers=admin).status_code == 409
    assert client.delete(f"{own}/membership", headers=admin).status_code == 409
    assert client.put(f"{API}/people/north/roles", json={"roles": ["admin"]}, headers=admin).status_code == 200
    assert client.put(f"{own}/roles", json={"roles": ["steward"]}, headers=admin).status_code == 200
    assert client.put(f"{API}/people/north/roles", json={"roles": ["viewer"]}, headers=admin).status_code == 403
    assert client.put(f"{API}/people/west/roles", json={"roles": ["viewer"]}, headers=north).status_code == 404


def test_a_membership_ends_with_everything_that_hung_on_it(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    west = world.header("west")
    client.post(f"{API}/invitations/accept", json={"code": invited(client, admin)}, headers=west)
    for_north = token(services, "west", "north")
    assert client.get(f"{API}/me", headers=for_north).json()["organisation"] == "north"
    assert client.delete(f"{API}/people/west/membership", headers=admin).status_code == 204
    assert client.get(f"{API}/me", headers=for_north).status_code == 401
    assert client.get(f"{API}/me", headers=west).status_code == 200

    viewer = world.header("north-viewer")
    assert client.delete(f"{API}/people/north-viewer/membership", headers=admin).status_code == 204
    assert client.get(f"{API}/me", headers=viewer).status_code == 401
    with services.sessions.read() as session:
        assert not people.user_active(session, "north-viewer") and people.user_active(session, "west")


def test_an_account_goes_along_to_the_organisation_that_its_person_stays_with(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    with services.sessions.begin() as session:
        people.set_membership(session, _membership("north-viewer", "west", Role.VIEWER))
    client.delete(f"{API}/people/north-viewer/membership", headers=admin)
    seen = client.get(f"{API}/people", headers=world.header("west")).json()
    (moved,) = (one for one in seen if one["id"] == "north-viewer")
    assert moved["home"] and moved["active"] and moved["roles"] == ["viewer"]


def test_the_office_ends_anybody_but_themselves(client: TestClient, world: World) -> None:
    office, why = world.header("office"), {"reason": "Misused"}
    assert client.post(f"{API}/people/north-admin/end", json=why, headers=world.header("north")).status_code == 403
    assert client.post(f"{API}/people/north-admin/end", json=why, headers=office).status_code == 204
    assert client.get(f"{API}/me", headers=world.header("north-admin")).status_code == 401
    assert client.post(f"{API}/people/office/end", json=why, headers=office).status_code == 409
    assert client.post(f"{API}/people/nobody/end", json=why, headers=office).status_code == 404


def test_names_and_addresses_are_for_the_own_admin_and_steward_and_the_office(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    user = invite.redeem(services, invited(client, admin), "Ada Lovelace-Example")
    people_of = {"organisation": "north"}
    for reader in ("north", "north-admin", "office"):
        seen = client.get(f"{API}/people", params=people_of, headers=world.header(reader)).json()
        assert ("Ada Lovelace-Example", "ada@north.example") in [(one["name"], one["email"]) for one in seen]
    for other in ("north-viewer", "north-contributor", "west", "partner"):
        assert client.get(f"{API}/people", params=people_of, headers=world.header(other)).status_code == 403
    for other in ("west", "partner", "north-viewer"):
        for path in ("/organisations", "/organisations/north", "/organisations/north/history", "/directory", "/groups"):
            answer = client.get(f"{API}{path}", headers=world.header(other))
            assert "Lovelace" not in answer.text and "ada@" not in answer.text and user not in answer.text


def test_a_service_account_acts_by_tokens_and_manages_nobody(
    services: Services, client: TestClient, world: World, admin: dict[str, str]
) -> None:
    body = {"name": "Cycler hall 2", "roles": ["contributor"]}
    assert client.post(f"{API}/people/services", json=body, headers=world.header("north")).status_code == 403
    made = client.post(f"{API}/people/services", json=body, headers=admin).json()
    assert made["service"] and made["roles"] == ["contributor"]
    machine = token(services, made["id"])
    assert client.post(f"{API}/datasets", json={}, headers=machine).status_code == 201
    roles = f"{API}/people/{made['id']}/roles"
    assert client.put(roles, json={"roles": ["admin"]}, headers=admin).status_code == 422
    code = invited(client, world.header("office"), organisation="west", roles=["admin"])
    assert client.post(f"{API}/invitations/accept", json={"code": code}, headers=machine).status_code == 403
    assert client.delete(f"{API}/people/{made['id']}/membership", headers=admin).status_code == 204
    assert client.get(f"{API}/me", headers=machine).status_code == 401


def _membership(user: str, organisation: str, role: Role):  # type: ignore[no-untyped-def]  # a noun
    from schemas.organisation import Membership

    return Membership(user=user, organisation=organisation, roles=frozenset({role}))
