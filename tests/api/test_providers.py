"""Signing in at an identity provider: the whole way, and everything that must not pass."""

import base64
import hashlib
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from oidc_provider_mock import User, run_server_in_thread

from exchange.services import Services
from exchange.settings import Settings
from schemas.organisation import Membership, Role
from schemas.signing_in import IdentityProvider
from storage import identities, people
from storage.tables import UserRow
from tests.hostile_provider import HostileProvider, hostile_provider
from tests.signing_in import SITE, Clock, at_site, browsing, events, link_for, sign_in, with_password
from tests.worlds import World

STEWARDS = {"claim": "groups", "value": "north-stewards", "organisation": "north", "roles": ["steward"]}
STAFF = {"email_domain": "north.example", "organisation": "north", "roles": ["viewer"]}
NESTED = {"claim": "realm_access.roles", "value": "west", "organisation": "west", "roles": ["contributor"]}


class Now(Clock):
    """The clock of the wall, as far as nobody puts it forward: providers of others go by it."""

    def __init__(self) -> None:
        from datetime import UTC, datetime

        self.at = datetime.now(UTC)


@pytest.fixture
def clock() -> Clock:
    return Now()


@pytest.fixture
def idp() -> Iterator[HostileProvider]:
    with hostile_provider() as provider:
        yield provider


@pytest.fixture
def site(services: Services, world: World, clock: Clock, idp: HostileProvider) -> Services:
    provider = idp.settings(rules=[STEWARDS, STAFF, NESTED], create=True)
    return at_site(services, clock, oidc=(provider,))


@pytest.fixture
def client(site: Services) -> Iterator[TestClient]:
    with browsing(site) as client:
        yield client


def go(client: TestClient, idp: HostileProvider, next: str = "/", **claims: object) -> str:
    """Off to the provider; returns the address by which it sends the browser back."""
    off = client.get("/signin/idp", params={"next": next})
    assert off.status_code == 303, off.text
    state = idp.sent_there(off.headers["location"])["state"]
    idp.claims |= {"groups": ["north-stewards"], **claims}
    return f"/signin/idp/callback?state={state}&code=abc&session_state=of-no-interest"


def test_the_whole_way_against_a_provider_of_others(services: Services, world: World, clock: Clock) -> None:
    claims = {"email": "ada@north.example", "email_verified": True, "name": "Ada\nLovelace"}
    with run_server_in_thread(user_claims=[User(sub="ada", claims=claims)], require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        told = {"name": "mock", "title": "Mock", "issuer": issuer, "client_id": "exchange", "client_secret": "hush"}
        provider = IdentityProvider.model_validate(told | {"rules": [STAFF], "create": True})
        site = at_site(services, clock, oidc=(provider,))
        with browsing(site) as client:
            assert client.get("/api/v1/signin").json()["providers"] == [
                {"name": "mock", "title": "Mock", "start": "/signin/mock"}
            ]
            off = client.get("/signin/mock", params={"next": "/datasets?kind=cell"})
            back = httpx.post(off.headers["location"], data={"sub": "ada"})
            assert back.headers["location"].startswith(f"{SITE}/signin/mock/callback?")
            came = client.get(back.headers["location"])
            assert (came.status_code, came.headers["location"]) == (303, "/datasets?kind=cell")
            shown = client.get("/api/v1/session").json()
            assert (shown["organisation"], shown["roles"], shown["name"]) == ("north", ["viewer"], "Ada Lovelace")
            first = shown["user"]
            # A callback that is played again opens nothing, in no browser.
            assert client.get(back.headers["location"]).status_code == 401
        with browsing(site) as again:
            off = again.get("/signin/mock")
            assert again.get(httpx.post(off.headers["location"], data={"sub": "ada"}).headers["location"]).is_redirect
            assert again.get("/api/v1/me").json()["user"] == first
            off = again.get("/signin/mock")
            denied = httpx.post(off.headers["location"], data={"action": "deny"})
            assert again.get(denied.headers["location"]).status_code == 401
    assert len(events(site, "identity:join")) == 1
    with site.sessions.read() as session:
        row = session.get(UserRow, first)
        assert row is not None and row.email == "ada@north.example" and "ada" not in first


def test_the_request_carries_a_proof_that_only_its_browser_can_give(client: TestClient, idp: HostileProvider) -> None:
    off = client.get("/signin/idp")
    asked = idp.sent_there(off.headers["location"])
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{SITE}/signin/idp/callback" and len(asked["state"]) >= 43
    idp.claims["groups"] = "north-stewards"
    assert client.get(f"/signin/idp/callback?state={asked['state']}&code=abc").status_code == 303
    form = next(form for path, form in idp.asked if path == "/token")
    digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]


BAD_CLAIMS = {
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "wrong audience": {"aud": "somebody-else"},
    "several audiences, not for us": {"aud": ["exchange", "somebody-else"]},
    "several audiences, given to another": {"aud": ["exchange", "somebody-else"], "azp": "somebody-else"},
    "not for us, though given to us": {"aud": ["somebody-else"], "azp": "exchange"},
    "given to another": {"azp": "somebody-else"},
    "wrong issuer": {"iss": "https://evil.example"},
    "expired": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 3700},
    "old": {"iat": int(time.time()) - 3700, "exp": int(time.time()) + 3700},
    # A day ahead: these are reckoned when the tests are collected, and a long run must not catch up with them.
    "of the future": {"iat": int(time.time()) + 86_400, "exp": int(time.time()) + 90_000},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_a_token_that_does_not_fit_is_refused(
    client: TestClient, site: Services, idp: HostileProvider, claims: dict[str, object]
) -> None:
    back = go(client, idp, **claims)
    idp.claims = {name: value for name, value in idp.claims.items() if value is not None}
    refused(client, site, back)


@pytest.mark.parametrize("signed", ["unsigned", "signed_by_the_public_key", "signed_by_another"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    client: TestClient, site: Services, idp: HostileProvider, signed: str
) -> None:
    idp.signed = getattr(idp, signed)
    refused(client, site, go(client, idp))


def refused(client: TestClient, site: Services, back: str) -> None:
    answer = client.get(back)
    assert answer.status_code == 401, answer.text
    assert not any("session=" in one for one in answer.headers.get_list("set-cookie"))
    assert client.get("/api/v1/me").status_code == 401
    assert [one.allowed for one in events(site, "sign-in")] == [False]


def test_a_sign_in_comes_back_once_in_time_and_to_the_browser_that_began_it(
    client: TestClient, site: Services, idp: HostileProvider, clock: Clock
) -> None:
    back = go(client, idp)
    with browsing(site) as other:  # Somebody is lured to finish the sign-in that an attacker began.
        assert other.get(back).status_code == 401
        go(other, idp)
        assert other.get(back).status_code == 401
    back = go(client, idp)
    kept = client.cookies["__Host-plx-going"]
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 401
    client.cookies.set("__Host-plx-going", kept, domain="exchange.example")
    assert client.get(back).status_code == 401  # Nor in a browser that keeps what it was told to forget.
    late = go(client, idp)
    clock.forward(minutes=11)
    assert client.get(late).status_code == 401
    for made_up in ("", "?state=x&code=y", "?error=access_denied", "?code=y"):
        assert client.get(f"/signin/idp/callback{made_up}").status_code == 401


def test_what_the_provider_says_is_told_unless_it_is_more_than_a_word(client: TestClient, idp: HostileProvider) -> None:
    for error, told in (("access_denied", "(access_denied)"), ("<script>", "(no code)"), ("", "(no code)")):
        back = go(client, idp).replace("&code=abc", f"&error={error}")
        answer = client.get(back)
        assert answer.status_code == 401 and told in answer.json()["detail"]


def test_an_answer_that_says_it_is_from_another_provider_is_refused(client: TestClient, idp: HostileProvider) -> None:
    assert client.get(go(client, idp) + "&iss=https://evil.example").status_code == 401
    assert client.get(go(client, idp) + f"&iss={idp.issuer}").status_code == 303


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil.example",
        "/a\nb",
        "/%0d\r",
        "/\t/evil.example",
    ],
)
def test_nobody_is_sent_on_to_another_site(client: TestClient, site: Services, next: str) -> None:
    assert client.get("/signin/idp", params={"next": next}).status_code == 422
    body = {"link": link_for(site, "north"), "next": next}
    assert client.post("/api/v1/signin/idp", json=body).status_code == 422


def test_whom_no_rule_names_gets_no_account(client: TestClient, idp: HostileProvider, site: Services) -> None:
    strangers: tuple[dict[str, object], ...] = (
        {"groups": ["others"]},
        {"groups": [], "email": "eve@north.example"},
        {"groups": [], "email": "eve@north.example", "email_verified": "true"},
        {"groups": [], "email": "eve@north.example.evil.example", "email_verified": True},
        {"groups": [], "email": "a@b@sub.north.example", "email_verified": True},
        {"groups": {"north-stewards": 1}},
        {"groups": "north-stewards,others"},
    )
    for claims in strangers:
        answer = client.get(go(client, idp, **claims))
        assert answer.status_code == 401 and "invitation" in answer.json()["detail"], claims
    assert events(site, "user:create") == []


def test_an_account_is_found_by_issuer_and_subject_alone(
    client: TestClient, site: Services, idp: HostileProvider
) -> None:
    with site.sessions.begin() as session:
        row = session.get(UserRow, "north")
        assert row is not None
        row.email = "boss@north.example"
    back = go(client, idp, email="boss@north.example", email_verified=True, preferred_username="north")
    assert client.get(back).status_code == 303
    assert client.get("/api/v1/me").json()["user"] != "north"


def test_roles_follow_the_claims_and_those_from_elsewhere_stay(
    client: TestClient, site: Services, idp: HostileProvider
) -> None:
    assert client.get(go(client, idp, realm_access={"roles": ["west"]})).status_code == 303
    shown = client.get("/api/v1/session").json()
    user, client.headers["X-CSRF-Token"] = shown["user"], shown["csrf"]
    assert {one["organisation"]: one["roles"] for one in shown["memberships"]} == {
        "north": ["steward"],
        "west": ["contributor"],
    }
    made = client.post("/api/v1/tokens", json={"name": "a", "scopes": ["read"]}).json()["token"]
    with site.sessions.begin() as session:
        roles = frozenset({Role.CONTRIBUTOR, Role.ADMIN})
        people.set_membership(session, Membership(user=user, organisation="west", roles=roles))

    assert client.get(go(client, idp, groups=[])).status_code == 303
    shown = client.get("/api/v1/session").json()
    assert {one["organisation"]: one["roles"] for one in shown["memberships"]} == {"west": ["admin"]}
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {made}"}).status_code == 401
    with site.sessions.begin() as session:
        people.set_membership(session, Membership(user=user, organisation="west", roles=frozenset()))
    assert client.get(go(client, idp, groups=[])).status_code == 401


def test_roles_are_taken_even_where_nothing_is_left_to_sign_in_for(
    client: TestClient, site: Services, idp: HostileProvider
) -> None:
    assert client.get(go(client, idp)).status_code == 303
    user = client.get("/api/v1/me").json()["user"]
    assert client.get(go(client, idp, groups=[])).status_code == 401
    assert client.get("/api/v1/me").status_code == 401
    with site.sessions.read() as session:
        assert people.roles(session, user, "north") == frozenset()


def test_a_link_joins_an_identity_to_its_account_once(client: TestClient, site: Services, idp: HostileProvider) -> None:
    link = link_for(site, "partner")

    def by_link(secret: str) -> httpx.Response:
        return client.post("/api/v1/signin/idp", json={"link": secret, "next": "/datasets"})

    place = by_link(link)
    assert place.status_code == 200 and link not in place.text
    state = idp.sent_there(place.json()["location"])["state"]
    came = client.get(f"/signin/idp/callback?state={state}&code=abc")
    assert (came.status_code, came.headers["location"]) == (303, "/datasets")
    assert client.get("/api/v1/me").json()["user"] == "partner"
    assert by_link(link).status_code == 401

    state = idp.sent_there(by_link(link_for(site, "west")).json()["location"])["state"]
    assert client.get(f"/signin/idp/callback?state={state}&code=abc").status_code == 409
    with site.sessions.read() as session:
        assert [one.user for one in identities.of_user(session, "partner")] == ["partner"]
        assert identities.of_user(session, "west") == []


def test_an_account_that_has_ended_does_not_come_back_by_its_provider(
    client: TestClient, site: Services, idp: HostileProvider
) -> None:
    assert client.get(go(client, idp)).status_code == 303
    user = client.get("/api/v1/me").json()["user"]
    with site.sessions.begin() as session:
        people.end_user(session, user, site.now())
    assert client.get("/api/v1/me").status_code == 401
    assert client.get(go(client, idp)).status_code == 401


def test_claims_of_somebody_else_are_not_mixed_in(client: TestClient, idp: HostileProvider) -> None:
    idp.userinfo = {"sub": "eve", "groups": ["north-stewards"]}
    assert client.get(go(client, idp)).status_code == 401
    idp.userinfo = {"sub": "ada", "name": "Ada"}
    assert client.get(go(client, idp)).status_code == 303
    assert client.get("/api/v1/session").json()["name"] == "Ada"


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"{}", b"<html>", b'{"issuer": "https://evil.example"}', b'{"a": "' + b"x" * 300_000 + b'"}'],
    ids=["empty", "list", "nothing in it", "no JSON", "another issuer", "too long"],
)
def test_a_provider_that_answers_nonsense_is_unavailable(
    client: TestClient, idp: HostileProvider, document: bytes
) -> None:
    idp.documents["/.well-known/openid-configuration"] = document
    answer = client.get("/signin/idp")
    assert answer.status_code == 503 and "The provider" in answer.json()["detail"]


def test_a_provider_that_is_gone_is_unavailable(services: Services, world: World, clock: Clock) -> None:
    told = {"name": "gone", "title": "Gone", "issuer": "http://127.0.0.1:1", "client_id": "a", "client_secret": "hush"}
    with browsing(at_site(services, clock, oidc=(IdentityProvider.model_validate(told),))) as client:
        answer = client.get("/signin/gone")
        assert answer.status_code == 503 and "hush" not in answer.text
        assert client.get("/signin/other").status_code == 404


def test_begun_too_often_from_one_address_it_waits(client: TestClient) -> None:
    statuses = [client.get("/signin/idp").status_code for _ in range(61)]
    assert statuses == [303] * 60 + [429]


def test_a_person_with_a_password_can_join_an_identity_too(
    client: TestClient, site: Services, idp: HostileProvider
) -> None:
    with_password(site, "west")
    sign_in(client, "west")
    first = client.cookies["__Host-plx-session"]
    place = client.post("/api/v1/signin/idp", json={"link": link_for(site, "west")}).json()["location"]
    state = parse_qs(urlsplit(place).query)["state"][0]
    idp.sent_there(place)
    assert client.get(f"/signin/idp/callback?state={state}&code=abc").status_code == 303
    assert client.cookies["__Host-plx-session"] != first
    assert client.get("/api/v1/me").json()["user"] == "west"


def test_providers_that_cannot_work_are_named_without_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    good = '{"name": "a", "title": "A", "issuer": "https://idp.example", "client_id": "x", "client_secret": "hush"'
    for wrong in (
        "hush",
        f"[{good}}}, {good}}}]",
        f'[{good}, "rules": [{{"claim": "groups", "organisation": "north", "roles": ["viewer"]}}]}}]',
        f'[{good}, "unknown": 1}}]',
        '[{"name": "a", "title": "A", "issuer": "http://idp.example", "client_id": "x"}]',
    ):
        monkeypatch.setenv("EXCHANGE_OIDC", wrong)
        with pytest.raises(ValueError) as told:
            Settings(_env_file=None)  # type: ignore[call-arg]  # no .env here
        sentences = [one["msg"] for one in told.value.errors(include_input=False)]  # type: ignore[attr-defined]  # pydantic's
        assert sentences and "hush" not in str(sentences)
    monkeypatch.setenv("EXCHANGE_OIDC", f"[{good}}}]")
    found = Settings(_env_file=None)  # type: ignore[call-arg]
    assert found.oidc[0].issuer == "https://idp.example" and "hush" not in repr(found)
