"""Signing in with a password: who gets in, who is told to wait, and what nobody learns from it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.policy import default

import pytest
from fastapi.testclient import TestClient

from access import passwords
from exchange.services import Services
from storage import people
from storage.tables import PasswordRow, UserRow
from tests.signing_in import (
    OTHER,
    PASSWORD,
    SITE,
    Clock,
    at_site,
    browsing,
    events,
    link_for,
    sign_in,
    with_password,
)
from tests.worlds import World

WRONG = {"account": "north", "password": "not this one at all"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(services: Services, world: World, clock: Clock) -> Services:
    """The small network at an address with TLS; `north` has a password and an e-mail address."""
    site = at_site(services, clock)
    with_password(site, "north")
    with site.sessions.begin() as session:
        row = session.get(UserRow, "north")
        assert row is not None
        row.email = "Nora@north.example"
    return site


@pytest.fixture
def client(site: Services) -> Iterator[TestClient]:
    with browsing(site) as client:
        yield client


@pytest.mark.parametrize("account", ["north", "NORTH ", "nora@North.example"])
def test_whoever_knows_the_password_gets_a_session(client: TestClient, site: Services, account: str) -> None:
    answer = client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    assert answer.status_code == 201
    assert (answer.json()["user"], answer.json()["organisation"]) == ("north", "north")
    session = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-plx-session="))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(session.split("; ")) and "Domain" not in session
    assert client.get("/api/v1/me").json()["user"] == "north"
    (event,) = events(site, "sign-in")
    assert (event.actor, event.organisation, event.allowed, event.detail) == (
        "north",
        "north",
        True,
        {"how": "password"},
    )


def test_without_tls_the_cookie_has_a_name_that_browsers_take(site: Services, clock: Clock) -> None:
    plain = at_site(site, clock, base_url="http://127.0.0.1:8000")
    with browsing(plain) as client:
        answer = client.post(
            "/api/v1/session",
            json={"account": "north", "password": PASSWORD},
            headers={"Origin": "http://127.0.0.1:8000"},
        )
    assert answer.status_code == 201
    assert all(one.startswith("plx-") and "Secure" not in one for one in answer.headers.get_list("set-cookie"))


def test_a_failure_tells_not_what_was_wrong_and_the_audit_names_no_unknown_account(
    client: TestClient, site: Services
) -> None:
    people_without = ("north", "west", "nobody", "my secret typed here")
    answers = [client.post("/api/v1/session", json=WRONG | {"account": one}) for one in people_without]
    told = [(one.status_code, one.json() | {"reference": ""}) for one in answers]
    assert told[0][0] == 401 and all(one == told[0] for one in told)
    failures = events(site, "sign-in")
    assert [one.actor for one in failures] == ["north", None, None, None]
    assert not any(one.allowed for one in failures)
    assert not any(name in str(one.detail) for one in failures for name in ("west", "nobody", "secret"))


def test_an_account_that_is_not_there_takes_as_long(client: TestClient, site: Services) -> None:
    def took(account: str) -> float:
        began = time.process_time()
        client.post("/api/v1/session", json=WRONG | {"account": account})
        return time.process_time() - began

    took("north")  # The first of all loads what the others use.
    there, absent = (min(took(one) for _ in range(2)) for one in ("north", "nobody"))
    assert 0.5 < there / absent < 2


def test_guesses_from_one_address_end_and_nobody_else_is_kept_out(
    client: TestClient, site: Services, clock: Clock
) -> None:
    assert [client.post("/api/v1/session", json=WRONG).status_code for _ in range(5)] == [401] * 5
    refusal = client.post("/api/v1/session", json={"account": "north", "password": PASSWORD})
    assert refusal.status_code == 429 and refusal.headers["content-type"] == "application/problem+json"
    assert refusal.json()["type"] == "urn:plx:problem:too-many"
    with browsing(site, "192.0.2.2") as elsewhere:
        sign_in(elsewhere, "north")
    clock.forward(seconds=int(refusal.headers["Retry-After"]))
    sign_in(client, "north")


def test_guesses_from_many_addresses_end_but_known_browsers_and_links_still_come_in(
    client: TestClient, site: Services
) -> None:
    from access import throttle
    from exchange.asked import Asked, asked
    from exchange.sign_in.throttle import attempt

    sign_in(client, "north")
    for number in range(50):  # Counted as sign-ins are, without fifty slow hashes.
        asked.set(Asked(address=f"198.51.100.{number}"))
        attempt(site, (throttle.SIGN_IN_ACCOUNT, "north"))
    asked.set(Asked())
    with browsing(site, "203.0.113.9") as stranger:
        assert stranger.post("/api/v1/session", json=WRONG).status_code == 429
        body = {"link": link_for(site, "north"), "password": OTHER}
        assert stranger.post("/api/v1/password", json=body).status_code == 201
        # By the link this browser has become a known one in turn.
        sign_in(stranger, "north", OTHER)


def test_a_known_browser_is_counted_by_itself(client: TestClient, site: Services) -> None:
    sign_in(client, "north")
    with browsing(site) as other:  # Behind the same address.
        assert [other.post("/api/v1/session", json=WRONG).status_code for _ in range(6)] == [401] * 5 + [429]
    sign_in(client, "north")
    del client.cookies["__Host-plx-device"]
    assert client.post("/api/v1/session", json=WRONG).status_code == 429


def test_successes_do_not_count(client: TestClient) -> None:
    for _ in range(7):
        client.cookies.clear()
        sign_in(client, "north")


def test_a_link_sets_a_password_once_and_ends_what_was_open(client: TestClient, site: Services, clock: Clock) -> None:
    sign_in(client, "north")
    unused, link = link_for(site, "north"), link_for(site, "north")
    with browsing(site, "192.0.2.2") as other:
        for wrong in (unused, "plx_link_made-up-by-somebody-else", link[:-1]):
            assert other.post("/api/v1/password", json={"link": wrong, "password": OTHER}).status_code == 401
        easy = other.post("/api/v1/password", json={"link": link, "password": "password1234"})
        assert easy.status_code == 422 and "password1234" not in easy.text and link not in easy.text
        assert other.post("/api/v1/password", json={"link": link, "password": OTHER}).status_code == 201
        assert other.get("/api/v1/me").status_code == 200
        assert other.post("/api/v1/password", json={"link": link, "password": PASSWORD}).status_code == 401
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/session", json={"account": "north", "password": PASSWORD}).status_code == 401
    late = link_for(site, "north")
    clock.forward(hours=25)
    assert client.post("/api/v1/password", json={"link": late, "password": OTHER}).status_code == 401


def test_a_person_without_password_gets_their_first_by_a_link(client: TestClient, site: Services) -> None:
    answer = client.post("/api/v1/password", json={"link": link_for(site, "west"), "password": OTHER})
    assert answer.status_code == 201 and answer.json()["organisation"] == "west"
    with site.sessions.read() as session:
        row = session.get(PasswordRow, "west")
        assert row is not None and row.hash.startswith("$argon2id$") and OTHER not in row.hash


def test_a_changed_password_ends_other_sessions_and_tokens_where_wished(
    client: TestClient, site: Services, world: World
) -> None:
    sign_in(client, "north")
    with browsing(site, "192.0.2.2") as other:
        sign_in(other, "north")
        change = {"current": "wrong one, sorry", "password": OTHER}
        assert client.put("/api/v1/password", json=change).status_code == 403
        easy = client.put("/api/v1/password", json={"current": PASSWORD, "password": "north north north"})
        assert easy.status_code == 422 and easy.json()["errors"][0]["pointer"] == "/body/password"
        assert client.put("/api/v1/password", json={"current": PASSWORD, "password": OTHER}).status_code == 204
        assert other.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers=world.header("north")).status_code == 200
    change = {"current": OTHER, "password": PASSWORD, "revoke_tokens": True}
    assert client.put("/api/v1/password", json=change).status_code == 204
    assert client.get("/api/v1/me", headers=world.header("north")).status_code == 401


def test_a_reset_is_answered_alike_for_every_name_and_seldom(client: TestClient, site: Services) -> None:
    answers = [client.post("/api/v1/password/reset", json={"account": one}) for one in ("north", "nobody")]
    assert [(one.status_code, one.text) for one in answers] == [(202, "null")] * 2
    assert [one.actor for one in events(site, "password:reset")] == ["north", None]
    for _ in range(2):
        client.post("/api/v1/password/reset", json={"account": "nobody"})
    refusal = client.post("/api/v1/password/reset", json={"account": "nobody"})
    assert refusal.status_code == 429 and int(refusal.headers["Retry-After"]) > 0


def test_a_reset_comes_by_mail_and_its_link_works_once(client: TestClient, site: Services, clock: Clock) -> None:
    from exchange.telling.post import send_due

    mailing = at_site(site, clock, mail="file", mail_from="exchange@exchange.example")
    with browsing(mailing) as other:
        assert other.post("/api/v1/password/reset", json={"account": "nora@north.example"}).status_code == 202
    assert send_due(mailing) == 1
    (sent,) = (site.settings.data / "mail").glob("*.eml")
    mail = message_from_bytes(sent.read_bytes(), policy=default)
    assert mail["To"] == "Nora@north.example"
    text = mail.get_body().get_content()
    link = text.split(f"{SITE}/welcome#")[1].split()[0]
    assert client.post("/api/v1/password", json={"link": link, "password": OTHER}).status_code == 201
    assert client.post("/api/v1/password", json={"link": link, "password": OTHER}).status_code == 401


def test_an_invited_person_makes_an_account_and_sets_its_password(client: TestClient, world: World) -> None:
    new = {"email": "ada@north.example", "roles": ["contributor"], "days": 14}
    code = client.post("/api/v1/invitations", json=new, headers=world.header("north-admin")).json()["code"]
    redeemed = client.post("/api/v1/invitations/redeem", json={"code": code, "name": "Ada Example"})
    assert redeemed.status_code == 201, redeemed.text
    again = client.post("/api/v1/invitations/redeem", json={"code": code, "name": "Eve Example"})
    assert again.status_code == 404 and code not in again.text
    own = client.post("/api/v1/password", json={"link": redeemed.json()["link"], "password": "Ada-Example-2026"})
    assert own.status_code == 422
    done = client.post("/api/v1/password", json={"link": redeemed.json()["link"], "password": OTHER})
    assert done.status_code == 201 and done.json()["roles"] == ["contributor"]
    client.cookies.clear()
    sign_in(client, "ADA@north.example", OTHER)
    assert client.get("/api/v1/me").json()["user"] == redeemed.json()["user"]


def test_of_guesses_at_the_same_moment_no_more_pass_than_the_limit_lets(site: Services) -> None:
    from access import throttle
    from exchange.sign_in.throttle import attempt
    from schemas.errors import TooMany

    def tried(_number: int) -> bool:
        try:
            attempt(site, (throttle.SIGN_IN_PAIR, "north 192.0.2.9"), (throttle.SIGN_IN_ADDRESS, "192.0.2.9"))
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(24))) == 5


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_sign_somebody_in(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/session", json={"account": "north", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_an_account_that_has_ended_or_acts_for_nobody_gets_no_session(client: TestClient, site: Services) -> None:
    with site.sessions.begin() as session:
        people.end_user(session, "north", site.now())
    assert client.post("/api/v1/session", json={"account": "north", "password": PASSWORD}).status_code == 401


def test_an_installation_without_passwords_takes_none(site: Services, clock: Clock) -> None:
    with browsing(at_site(site, clock, passwords=False)) as client:
        assert client.get("/api/v1/signin").json() == {"password": False, "providers": []}
        assert client.post("/api/v1/session", json={"account": "north", "password": PASSWORD}).status_code == 403


def test_a_password_that_does_not_fit_the_form_is_not_repeated(client: TestClient) -> None:
    for body in ({"account": "north", "password": ["hunter2hunter2"]}, {"password": "hunter2hunter2", "x": 1}):
        answer = client.post("/api/v1/session", json=body)
        assert answer.status_code == 422 and "hunter2" not in answer.text, answer.text


def test_a_hash_of_an_older_cost_is_renewed_when_it_is_used(client: TestClient, site: Services) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    cheap = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash(passwords.plainly(PASSWORD))
    with site.sessions.begin() as session:
        row = session.get(PasswordRow, "north")
        assert row is not None
        row.hash = cheap
    sign_in(client, "north")
    with site.sessions.read() as session:
        row = session.get(PasswordRow, "north")
        assert row is not None and row.hash != cheap
    assert client.get("/api/v1/session").json()["user"] == "north"
