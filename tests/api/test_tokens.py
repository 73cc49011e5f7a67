"""Tokens that people make for themselves and for service accounts; and that none stands in an address or a log."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import structlog
from fastapi.testclient import TestClient

from exchange.asked import asked
from exchange.log import configure
from exchange.services import Services
from exchange.settings import Settings
from schemas.organisation import Role, User
from storage import people
from storage.tables import TokenRow
from tests.signing_in import PASSWORD, Clock, at_site, browsing, events, link_for, sign_in, with_password
from tests.worlds import World

TOKENS = "/api/v1/tokens"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(services: Services, world: World, clock: Clock) -> Services:
    site = at_site(services, clock)
    with_password(site, "north")
    with_password(site, "north-admin")
    with site.sessions.begin() as session:
        people.add_user(
            session, User(id="bench", organisation="north", name="Bench", service=True), {Role.CONTRIBUTOR}, site.now()
        )
    return site


@pytest.fixture
def client(site: Services) -> Iterator[TestClient]:
    with browsing(site) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_is_shown_once_and_ends_when_it_is_told_to(client: TestClient, site: Services, clock: Clock) -> None:
    sign_in(client, "north")
    made = client.post(TOKENS, json={"name": "laptop", "scopes": ["read"], "days": 30})
    assert made.status_code == 201
    token, id = made.json()["token"], made.json()["id"]
    assert token.startswith("plx_") and made.json()["organisation"] == "north"
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    listed = next(one for one in client.get(TOKENS).json() if one["id"] == id)
    assert listed["prefix"] == token[:8] and "token" not in listed and listed["last_used_at"] is not None
    assert datetime.fromisoformat(listed["expires_at"]) == clock() + timedelta(days=30)
    with site.sessions.read() as session:
        assert token not in str(vars(session.get(TokenRow, id)))

    assert client.delete(f"{TOKENS}/{id}").status_code == 204
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 401
    assert client.delete(f"{TOKENS}/{id}").status_code == 404
    assert [(one.actor, one.target) for one in events(site, "token:create")] == [("north", id)]
    assert [(one.actor, one.target) for one in events(site, "token:revoke")] == [("north", id)]

    short = client.post(TOKENS, json={"name": "short", "scopes": ["read"], "days": 1}).json()["token"]
    clock.forward(days=1)
    assert client.get("/api/v1/me", headers=bearer(short)).status_code == 401


@pytest.mark.parametrize("days", [0, 367])
def test_no_token_lasts_longer_than_a_year(client: TestClient, days: int) -> None:
    sign_in(client, "north")
    assert client.post(TOKENS, json={"name": "a", "scopes": ["read"], "days": days}).status_code == 422


def test_a_token_makes_none_that_may_more_or_lasts_longer_than_itself(client: TestClient, clock: Clock) -> None:
    sign_in(client, "north")

    def made(headers: dict[str, str], *scopes: str, days: int = 300) -> dict[str, str]:
        answer = client.post(TOKENS, json={"name": "a", "scopes": scopes, "days": days}, headers=headers)
        return answer.json() | {"status": str(answer.status_code)}

    reading, managing = made({}, "read", days=9)["token"], made({}, "read", "manage", days=9)["token"]
    assert made(bearer(reading), "read")["status"] == "403"
    assert made(bearer(managing), "read", "upload")["status"] == "403"
    child = made(bearer(managing), "read")
    assert datetime.fromisoformat(child["expires_at"]) == clock() + timedelta(days=9)


def test_nobody_ends_or_sees_the_token_of_another(client: TestClient, world: World) -> None:
    sign_in(client, "north")
    id = client.post(TOKENS, json={"name": "a", "scopes": ["read"]}).json()["id"]
    for other in ("north-admin", "west"):
        assert client.delete(f"{TOKENS}/{id}", headers=world.header(other)).status_code == 404
        assert id not in client.get(TOKENS, headers=world.header(other)).text


def test_last_use_is_written_once_a_minute_at_most(client: TestClient, site: Services, clock: Clock) -> None:
    sign_in(client, "north")
    made = client.post(TOKENS, json={"name": "a", "scopes": ["read"]}).json()

    def used() -> datetime | None:
        with site.sessions.read() as session:
            row = session.get(TokenRow, made["id"])
            assert row is not None
            return row.last_used_at

    first = clock()
    assert used() is None
    for seconds, expected in ((0, 0), (60, 0), (1, 61), (30, 61)):
        clock.forward(seconds=seconds)
        assert client.get("/api/v1/me", headers=bearer(made["token"])).status_code == 200
        assert used() == first + timedelta(seconds=expected)


def test_too_many_tokens_are_refused_for_a_while(client: TestClient) -> None:
    sign_in(client, "north")
    body = {"name": "a", "scopes": ["read"]}
    assert [client.post(TOKENS, json=body).status_code for _ in range(21)] == [201] * 20 + [429]


def test_the_admin_alone_makes_tokens_for_the_organisations_services(
    client: TestClient, site: Services, world: World
) -> None:
    address, body = "/api/v1/service-accounts/bench/tokens", {"name": "bench 3", "scopes": ["read", "upload"]}
    sign_in(client, "north-admin")
    made = client.post(address, json=body)
    assert made.status_code == 201 and made.json()["user"] == "bench"
    service = bearer(made.json()["token"])
    assert client.post("/api/v1/datasets", json={}, headers=service).status_code == 201
    assert [one["name"] for one in client.get(address).json()] == ["bench 3"]
    for other, status in (("north", 403), ("west", 403), ("north-viewer", 403)):
        assert client.post(address, json=body, headers=world.header(other)).status_code == status
        assert client.get(address, headers=world.header(other)).status_code == status
    for wrong in ("north", "west", "nobody"):
        assert client.post(address.replace("bench", wrong), json=body).status_code == 404
    assert client.delete(f"{address}/{made.json()['id']}").status_code == 204
    assert client.get("/api/v1/me", headers=service).status_code == 401


def test_a_service_does_not_sign_in(client: TestClient, site: Services) -> None:
    with_password(site, "bench")
    assert client.post("/api/v1/session", json={"account": "bench", "password": PASSWORD}).status_code == 401


def test_a_token_in_an_address_is_refused_with_a_sentence_and_stands_in_no_log(
    client: TestClient, site: Services, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    configure("DEBUG")
    link, token = link_for(site, "north"), world.tokens["north"]
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        for address in (f"/api/v1/me?access_token={token}", f"{TOKENS}/{token}", f"/{token.replace('_', '%5F')}"):
            answer = client.get(address, headers=world.header("north"))
            assert answer.status_code == 422 and "revoke it" in answer.json()["detail"], answer.text
            assert token not in answer.text
        client.get("/api/v1/me", headers=world.header("north"))
        client.get("/api/v1/me", headers=bearer("plx_" + "w" * 43))
        client.post("/api/v1/session", json={"account": "north", "password": PASSWORD})
        cookie = client.cookies["__Host-plx-session"]
        client.get("/api/v1/me")
        client.post("/api/v1/password", json={"link": link, "password": "kein guter"})
        client.post("/api/v1/password/reset", json={"account": "north"})
    finally:
        root.setLevel(before)
        structlog.reset_defaults()
    said = "".join(capfd.readouterr())
    assert "answered" in said and "password reset asked for" in said
    for secret in (token, "w" * 20, link, PASSWORD, cookie):
        assert secret not in said


@pytest.mark.parametrize(
    ("proxies", "connecting", "told", "believed"),
    [
        ("", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("", "127.0.0.1", "198.51.100.1", "127.0.0.1"),
        ("10.0.0.0/8", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.5", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.5", "1.1.1.1, 198.51.100.1, 10.0.0.9", "198.51.100.1"),
        ("10.0.0.0/8,2001:db8::/32", "2001:db8::5", "2001:db9::1", "2001:db9::1"),
        ("10.0.0.0/8", "10.0.0.5", "1.1.1.1, <script>", "10.0.0.5"),
        ("10.0.0.0/8", "10.0.0.5", "", "10.0.0.5"),
    ],
)
def test_a_forwarded_address_is_believed_from_configured_proxies_alone(
    services: Services, clock: Clock, proxies: str, connecting: str, told: str, believed: str
) -> None:
    from fastapi import FastAPI

    from exchange.api.requests import EveryRequest

    settings = Settings(_env_file=None, trusted_proxies=proxies)  # type: ignore[call-arg, arg-type]  # as an operator writes it
    app = FastAPI()
    app.add_middleware(EveryRequest, trusted=settings.trusted_proxies)
    app.get("/")(lambda: asked.get().address)
    with TestClient(app, client=(connecting, 1)) as client:
        assert client.get("/", headers={"X-Forwarded-For": told}).json() == believed
