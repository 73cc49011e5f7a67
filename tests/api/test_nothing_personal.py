"""The audit stands for ever: nothing in it names who acts or whom it is about, or holds what somebody typed."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from exchange.identify import issue_token
from exchange.services import Services
from schemas.organisation import NetworkRole, Role, User
from storage import people
from tests.api.test_every_route import _address, _bodies, doors
from tests.apps import create_app
from tests.hostile_provider import hostile_provider
from tests.signing_in import PASSWORD, Clock, at_site, browsing, with_password
from tests.worlds import ALL, World

TYPED = "Karla Kowalska"
FREE = {
    *("reason", "text", "words", "statement", "name", "title", "function", "basis", "given_by", "contact_name"),
    *("note", "rule", "file", "choices", "message"),
}
"""Fields of bodies into which people type what they like."""
USERS = {
    "ada-0815": ("north", {Role.STEWARD, Role.ADMIN, Role.SIGNATORY, Role.CONTRIBUTOR}, None),
    "bob-0815": ("north", {Role.VIEWER}, None),
    "cem-0815": ("office", {Role.STEWARD}, NetworkRole.OFFICE),
    "dia-0815": ("west", {Role.STEWARD, Role.SIGNATORY}, None),
    "eva-0815": ("west", {Role.VIEWER}, NetworkRole.AUDITOR),
}
SECRETS = {*USERS, "new-0815", "at-0815", "kowalska", "personal.example"}


@pytest.fixture
def named(services: Services, world: World) -> dict[str, dict[str, str]]:
    """Headers by user id: five people, each with a name and an address of their own."""
    with services.sessions.begin() as session:
        for id, (organisation, roles, network_role) in USERS.items():
            user = User(id=id, organisation=organisation, name=f"{id} {TYPED}", email=f"{id}@personal.example")
            people.add_user(session, user, roles, services.now())
            if network_role is not None:
                people.give_network_role(session, id, network_role, services.now())
    return {id: {"Authorization": f"Bearer {issue_token(services, id, TYPED, ALL)}"} for id in USERS}


def told(services: Services) -> list[str]:
    """Every event as the database keeps it for ever."""
    with services.sessions.read() as session:
        rows = session.execute(text("SELECT * FROM plx_audit ORDER BY id")).all()
    return [" ".join(str(value) for value in row).lower() for row in rows]


def names_nobody(services: Services) -> None:
    found = [event for event in told(services) if any(secret in event for secret in SECRETS)]
    assert found == [], "\n".join(found)


def typed(body: object, key: str = "") -> object:
    """The same body, with a name in every field where people type."""
    if isinstance(body, dict):
        return {name: typed(value, name) for name, value in body.items()}
    if isinstance(body, list):
        return [typed(one, key) for one in body]
    return f"{body} {TYPED}" if key in FREE and isinstance(body, str) else body


def sweep(services: Services, client: TestClient, header: dict[str, str], dataset: str) -> Iterator[str]:
    """Every route but those that end the dataset or the caller, with well-formed requests that hold names."""
    for method, path in doors(services):
        if path.endswith(("/withdraw", "/session")) or (method == "DELETE" and path.endswith("/membership")):
            continue
        address = path.replace("{user}", "bob-0815").replace("{filename}", f"{TYPED}.csv").replace("{group}", "eg5")
        address = address.replace("{service}", "bob-0815").replace("{line}", "north-1")
        address = _address(address.replace("{organisation}", "north")).replace("PLX-0000-0000", dataset)
        body = dict(_bodies(dataset).get((method, path), {}))
        if "json" in body:
            body["json"] = typed(body["json"])
        if isinstance(body.get("params"), dict) and "y" in body["params"]:  # type: ignore[operator]  # a mapping
            body["params"] = {"y": TYPED}
        answer = client.request(method, address, headers=header | body.pop("headers", {}), **body)  # type: ignore[arg-type, operator]  # of any kind
        assert answer.status_code < 500, f"{method} {path}: {answer.text}"
        yield f"{method} {path} {answer.status_code}"


def test_no_event_of_any_route_holds_a_users_id_name_address_or_typed_text(
    services: Services, named: dict[str, dict[str, str]]
) -> None:
    with TestClient(create_app(services), raise_server_exceptions=False) as client:
        own = client.post("/api/v1/datasets", json={}, headers=named["ada-0815"]).json()["id"]
        done = []
        for id in ("ada-0815", "dia-0815", "cem-0815", "eva-0815"):
            done += list(sweep(services, client, named[id], own))
    names_nobody(services)
    assert sum(one.endswith((" 200", " 201", " 204")) for one in done) > 100


def test_no_event_of_what_is_done_about_a_person_names_them(
    services: Services, named: dict[str, dict[str, str]]
) -> None:
    api, because = "/api/v1", {"reason": f"Because of {TYPED}"}
    with TestClient(create_app(services), raise_server_exceptions=False) as client:

        def done(user: str, method: str, path: str, body: object = None) -> object:
            answer = client.request(method, api + path, json=body, headers=named[user])
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
            return answer.json() if answer.content else None

        dataset = done("ada-0815", "POST", "/datasets", {"title": TYPED})
        assert isinstance(dataset, dict)
        one = f"/datasets/{dataset['id']}"
        done("ada-0815", "POST", f"{one}/grants", {"grantee_kind": "user", "grantee": "dia-0815", "level": "tables"})
        done("ada-0815", "POST", "/blocks", {"blocked_kind": "user", "blocked": "eva-0815"} | because)
        done("ada-0815", "PUT", "/people/bob-0815/roles", {"roles": ["viewer", "contributor"]})
        done("ada-0815", "POST", "/invitations", {"email": "new-0815@personal.example", "roles": ["viewer"]})
        done("ada-0815", "POST", "/people/services", {"name": TYPED, "roles": ["viewer"]})
        done("ada-0815", "POST", "/tokens", {"name": TYPED, "scopes": ["read"]})
        done("cem-0815", "PUT", "/groups/eg5/people/dia-0815")
        done("cem-0815", "PUT", "/people/dia-0815/network-roles", {"roles": ["vocabulary-editor"]})
        done("cem-0815", "POST", f"{one}/break-glass", because)
        done("eva-0815", "GET", "/audit?actor=dia-0815")
        done("dia-0815", "GET", f"/datasets?text={TYPED}")
        for method, path, body in (
            ("POST", f"{one}/split", {"choices": [TYPED]}),
            ("POST", f"{one}/report/acceptances", {"rule": TYPED, "file": f"{TYPED}.csv"} | because),
            ("GET", f"{one}/tables/timeseries?columns={TYPED}", None),
            ("GET", f"{one}/series?y={TYPED}&x={TYPED}", None),
        ):
            answer = client.request(method, api + path, json=body, headers=named["ada-0815"])
            assert answer.status_code in (404, 409, 422), f"{path}: {answer.status_code} {answer.text}"
        done("ada-0815", "DELETE", "/people/bob-0815/membership")
        done("cem-0815", "POST", "/people/dia-0815/end", because)
    names_nobody(services)


def test_no_event_of_a_sign_in_holds_what_a_provider_sent_or_somebody_typed(
    services: Services, named: dict[str, dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    with hostile_provider() as idp:
        site = at_site(services, Clock(), oidc=(idp.settings(),))
        with_password(site, "ada-0815")
        idp.documents["/token"] = json.dumps({"access_token": "at-0815", "id_token": 4711, "name": TYPED}).encode()
        with browsing(site) as client:
            for account in ("ada-0815", "ada-0815@personal.example", TYPED):
                for password in (PASSWORD, f"{TYPED} is not it"):
                    client.post("/api/v1/session", json={"account": account, "password": password})
            client.post("/api/v1/password/reset", json={"account": "ada-0815"})
            for error in ("", "denied_to_Kowalska"):
                state = idp.sent_there(client.get("/signin/idp").headers["location"])["state"]
                client.get("/signin/idp/callback", params={"state": state, "code": "kowalska", "error": error})
    assert any("gave no identity token" in event for event in told(services))
    names_nobody(services)
